using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Tests.Providers.Imap;

public sealed class ImapStructureTests
{
    [Fact]
    public void Plain_mail_has_a_body_and_no_attachments()
    {
        var structure = ImapStructure.Of(Part("text/plain"));

        structure.Shown.Select(l => l.Part.MediaType).ShouldBe(["text/plain"]);
        structure.Attachments(null).ShouldBeEmpty();
        ImapStructure.HasFiles(structure.Attachments(null)).ShouldBeFalse();
    }

    [Fact]
    public void Attachments_are_numbered_in_the_order_of_the_mail()
    {
        var structure = ImapStructure.Of(Multi(
            "mixed",
            Multi("alternative", Part("text/plain"), Part("text/html")),
            File("application/pdf", "a.pdf"),
            File("image/png", "b.png")));

        structure.Shown.Select(l => l.Part.MediaType).ShouldBe(["text/plain", "text/html"]);
        structure.Attachments(null).Select(a => $"{a.Id} {a.Filename} {a.MimeType} {a.IsInline}").ShouldBe(
            ["0 a.pdf application/pdf False", "1 b.png image/png False"]);
        ImapStructure.HasFiles(structure.Attachments(null)).ShouldBeTrue();
    }

    [Fact]
    public void Related_image_is_inline_and_no_attachment_for_a_person()
    {
        var structure = ImapStructure.Of(Multi("related", Part("text/html"), Part("image/png") with { Id = "<logo@x>" }));

        var logo = structure.Attachments(null).Single();
        logo.Id.ShouldBe("0");
        logo.IsInline.ShouldBeTrue();
        logo.ContentId.ShouldBe("logo@x");
        logo.Filename.ShouldBe("attachment-0.png");
        ImapStructure.HasFiles(structure.Attachments(null)).ShouldBeFalse();
    }

    [Fact]
    public void Inline_image_takes_its_number_like_any_attachment()
    {
        var structure = ImapStructure.Of(Multi(
            "mixed",
            Multi("related", Part("text/html"), Part("image/png") with { Id = "<logo@x>" }),
            File("application/pdf", "a.pdf")));

        structure.Attachments(null).Select(a => $"{a.Id} {a.MimeType} {a.IsInline}").ShouldBe(["0 image/png True", "1 application/pdf False"]);
        ImapStructure.HasFiles(structure.Attachments(null)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("application/pgp-signature")]
    [InlineData("application/pkcs7-signature")]
    [InlineData("message/delivery-status")]
    [InlineData("text/rfc822-headers")]
    public void Machinery_is_listed_and_not_counted(string mediaType)
    {
        var structure = ImapStructure.Of(Multi("signed", Part("text/plain"), Part(mediaType)));

        structure.Attachments(null).Single().MimeType.ShouldBe(mediaType);
        ImapStructure.HasFiles(structure.Attachments(null)).ShouldBeFalse();
    }

    [Fact]
    public void Forwarded_mail_is_one_attachment()
    {
        var inner = Part("message/rfc822") with { Section = "2", Children = [Multi("mixed", Part("text/plain"), File("application/pdf", "inner.pdf"))] };

        var structure = ImapStructure.Of(Multi("mixed", Part("text/plain"), inner));

        structure.Attachments(null).Select(a => $"{a.Id} {a.Filename}").ShouldBe(["0 message-0.eml"]);
        ImapStructure.HasFiles(structure.Attachments(null)).ShouldBeTrue();
    }

    [Fact]
    public void File_called_inline_is_one_for_a_person_unless_the_html_names_it()
    {
        var file = File("application/pdf", "a.pdf") with { Disposition = "inline", Id = "<a@x>" };
        var structure = ImapStructure.Of(Multi("mixed", Part("text/html"), file));

        structure.Attachments("<p>see the file</p>").Single().IsInline.ShouldBeFalse();
        structure.Attachments("<object data='cid:a@x'></object>").Single().IsInline.ShouldBeTrue();
    }

    [Fact]
    public void Encoded_name_is_decoded()
    {
        var byWord = Part("application/pdf") with { Disposition = "attachment", Parameters = Parameters("name", "=?utf-8?B?5oql5Lu3LnBkZg==?=") };
        var byParameter = Part("application/pdf") with { Disposition = "attachment", DispositionParameters = Parameters("filename*", "utf-8''%E6%8A%A5%E4%BB%B7.pdf") };

        ImapStructure.Of(Multi("mixed", Part("text/plain"), byWord, byParameter)).Attachments(null).Select(a => a.Filename).ShouldBe(["报价.pdf", "报价.pdf"]);
    }

    [Fact]
    public void Size_of_base64_is_told_decoded()
    {
        var part = File("application/pdf", "a.pdf") with { Encoding = "base64", Size = 780 };

        ImapStructure.Of(Multi("mixed", Part("text/plain"), part)).Attachments(null).Single().Size.ShouldBe(570);
    }

    [Fact]
    public void Type_without_a_slash_is_a_file_of_unknown_type()
    {
        ImapStructure.Of(Part("pdf") with { Disposition = "attachment" }).Attachments(null).Single().MimeType.ShouldBe("application/octet-stream");
    }

    [Fact]
    public void Depth_does_not_exhaust_the_stack()
    {
        var part = Part("text/plain");
        for (var i = 0; i < 20_000; i++)
            part = Multi("mixed", part);

        ImapStructure.Of(part).Shown.Single().Part.MediaType.ShouldBe("text/plain");
    }

    private static BodyPart Part(string mediaType) => new() { Section = "1", MediaType = mediaType, Encoding = "7bit", Size = 10 };

    private static BodyPart File(string mediaType, string name) =>
        Part(mediaType) with { Disposition = "attachment", DispositionParameters = Parameters("filename", name) };

    private static BodyPart Multi(string kind, params BodyPart[] children) => new() { Section = "", MediaType = $"multipart/{kind}", Children = children };

    private static Dictionary<string, string> Parameters(string name, string value) => new(StringComparer.OrdinalIgnoreCase) { [name] = value };
}
