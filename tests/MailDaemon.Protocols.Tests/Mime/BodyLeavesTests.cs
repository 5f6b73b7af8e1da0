using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class BodyLeavesTests
{
    private static readonly LeafDescription Plain = new() { MediaType = "text/plain" };
    private static readonly LeafDescription Html = new() { MediaType = "text/html" };
    private static readonly LeafDescription Picture = new() { MediaType = "image/png" };

    [Fact]
    public void Alternative_shows_its_text_and_its_html()
    {
        var roles = BodyLeaves.Decide([Plain with { ParentKind = "alternative", InAlternative = true }, Html with { ParentKind = "alternative", InAlternative = true, IndexInParent = 1 }]);

        roles.Text.ShouldBe([0]);
        roles.Html.ShouldBe([1]);
        roles.Attachments.ShouldBeEmpty();
    }

    [Fact]
    public void Text_outside_of_the_alternative_is_shown_with_the_html_too()
    {
        var roles = BodyLeaves.Decide([Html with { ParentKind = "mixed" }, Plain with { ParentKind = "mixed", IndexInParent = 1 }]);

        roles.Text.ShouldBe([1]);
        roles.Html.ShouldBe([0, 1]);
    }

    [Fact]
    public void Text_called_attachment_is_one()
    {
        var roles = BodyLeaves.Decide([Plain, Plain with { Disposition = "attachment" }]);

        roles.Text.ShouldBe([0]);
        roles.Attachments.ShouldBe([1]);
        roles.Inline.ShouldBeEmpty();
    }

    [Fact]
    public void Disposition_of_an_unknown_word_is_an_attachment()
    {
        BodyLeaves.Decide([Plain, Plain with { Disposition = "x-odd" }]).Attachments.ShouldBe([1]);
    }

    [Fact]
    public void Named_text_beside_a_body_is_a_file()
    {
        var roles = BodyLeaves.Decide([Plain, Plain with { Filename = "notes.txt", Disposition = "inline" }]);

        roles.Text.ShouldBe([0]);
        roles.Attachments.ShouldBe([1]);
    }

    [Fact]
    public void Named_text_before_an_unnamed_one_is_a_file()
    {
        BodyLeaves.Decide([Plain with { Filename = "notes.txt" }, Plain]).Attachments.ShouldBe([0]);
    }

    [Fact]
    public void Named_text_that_is_all_there_is_is_shown()
    {
        var roles = BodyLeaves.Decide([Plain with { Filename = "body.txt" }, Plain with { Filename = "second.txt" }]);

        roles.Text.ShouldBe([0]);
        roles.Attachments.ShouldBe([1]);
    }

    [Fact]
    public void Named_root_of_a_related_is_shown()
    {
        var roles = BodyLeaves.Decide([Plain, Html with { Filename = "page.htm", ParentKind = "related", ContentId = "a" }]);

        roles.Html.ShouldBe([0, 1]);
    }

    [Fact]
    public void Html_resource_of_a_related_is_attached()
    {
        var roles = BodyLeaves.Decide([Html with { ParentKind = "related" }, Html with { ParentKind = "related", IndexInParent = 1, ContentId = "frame" }]);

        roles.Html.ShouldBe([0]);
        roles.Inline.ShouldBe([1]);
    }

    [Theory]
    [InlineData("inline", null, "mixed", true)]
    [InlineData("inline", "cid", "related", true)]
    [InlineData(null, "cid", "related", true)]
    [InlineData(null, "cid", "mixed", true)]
    [InlineData(null, null, "related", false)]
    [InlineData(null, null, "mixed", false)]
    [InlineData("attachment", "cid", "related", true)]
    [InlineData("attachment", "cid", "mixed", false)]
    [InlineData("attachment", null, "related", false)]
    public void Picture_is_inline_when_the_html_can_name_it(string? disposition, string? contentId, string parent, bool isInline)
    {
        var roles = BodyLeaves.Decide([Html, Picture with { Disposition = disposition, ContentId = contentId, ParentKind = parent, IndexInParent = 1 }]);

        roles.Attachments.ShouldBe([1]);
        roles.Inline.Count.ShouldBe(isInline ? 1 : 0);
    }

    [Fact]
    public void Pdf_of_a_related_called_attachment_is_not_inline()
    {
        var pdf = new LeafDescription { MediaType = "application/pdf", Disposition = "attachment", ContentId = "cid", ParentKind = "related", IndexInParent = 1 };

        BodyLeaves.Decide([Html, pdf]).Inline.ShouldBeEmpty();
    }

    [Fact]
    public void Multipart_with_nothing_in_it_has_no_role()
    {
        var roles = BodyLeaves.Decide([Plain, new LeafDescription { MediaType = "multipart/related", IsEmptyMultipart = true }]);

        roles.Attachments.ShouldBeEmpty();
    }
}
