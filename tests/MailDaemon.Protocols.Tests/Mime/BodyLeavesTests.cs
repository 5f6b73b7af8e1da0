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
        LeafDescription[] leaves = [Html with { ParentKind = "related" }, Html with { ParentKind = "related", IndexInParent = 1, ContentId = "frame" }];
        var roles = BodyLeaves.Decide(leaves);

        roles.Html.ShouldBe([0]);
        BodyLeaves.Inline(leaves, roles, "<iframe src='cid:frame'></iframe>").ShouldBe([1]);
        BodyLeaves.Inline(leaves, roles, "<p>no frame</p>").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("inline", null, "mixed", "", true)]
    [InlineData("inline", "cid", "related", "", true)]
    [InlineData(null, "cid", "related", "", true)]
    [InlineData(null, "cid", "mixed", "", true)]
    [InlineData(null, null, "related", "", false)]
    [InlineData(null, null, "mixed", "", false)]
    [InlineData("attachment", "cid", "related", "<img src=\"cid:cid\">", true)]
    [InlineData("attachment", "cid", "mixed", "<img src='CID:cid'>", true)]
    [InlineData("attachment", "a&b c", "mixed", "<td background=cid:a&amp;b%20c>", true)]
    [InlineData("attachment", "cid", "related", "<img src=\"cid:cid2\">", false)]
    [InlineData("attachment", "cid", "mixed", "", false)]
    [InlineData("attachment", null, "related", "", false)]
    public void Picture_is_inline_unless_it_is_called_an_attachment_and_not_named(string? disposition, string? contentId, string parent, string html, bool isInline) =>
        IsInline(Picture with { Disposition = disposition, ContentId = contentId, ParentKind = parent, IndexInParent = 1 }, html).ShouldBe(isInline);

    [Theory]
    [InlineData("application/pdf", "inline", null, "", false)]
    [InlineData("application/pdf", "inline", "cid", "<p>", false)]
    [InlineData("application/pdf", "attachment", "cid", "<a href='cid:cid'>", false)]
    [InlineData("message/rfc822", "inline", null, "", false)]
    [InlineData("video/mp4", "inline", "cid", "<video src='cid:cid'>", true)]
    [InlineData("text/css", null, "cid", "<link href=cid:cid>", true)]
    [InlineData("text/css", null, null, "<link href='http://a.example/style.css'>", true)]
    public void File_is_inline_only_where_the_html_names_it(string type, string? disposition, string? contentId, string html, bool isInline) =>
        IsInline(new() { MediaType = type, Disposition = disposition, ContentId = contentId, Location = "http://a.example/style.css", ParentKind = "mixed", IndexInParent = 1 }, html).ShouldBe(isInline);

    [Theory]
    [InlineData("text/x-markdown", false)]
    [InlineData("text/enriched", false)]
    [InlineData("text/calendar", true)]
    [InlineData("text/x-vcard", true)]
    public void Any_text_is_shown_when_there_is_no_better_one(string type, bool isAttachedToo)
    {
        var roles = BodyLeaves.Decide([Picture, new() { MediaType = type, ParentKind = "mixed", IndexInParent = 1 }]);

        roles.Text.ShouldBe([1]);
        roles.Attachments.ShouldBe(isAttachedToo ? [0, 1] : [0]);
    }

    [Theory]
    [InlineData("text/x-markdown", null)]
    [InlineData("text/calendar", "inline")]
    public void Other_text_beside_a_body_is_attached(string type, string? disposition)
    {
        var roles = BodyLeaves.Decide([Plain, new() { MediaType = type, Disposition = disposition, ParentKind = "mixed", IndexInParent = 1 }]);

        roles.Text.ShouldBe([0]);
        roles.Attachments.ShouldBe([1]);
    }

    [Fact]
    public void Text_called_attachment_is_not_a_body_for_want_of_one() =>
        BodyLeaves.Decide([new() { MediaType = "text/csv", Disposition = "attachment" }]).Text.ShouldBeEmpty();

    [Fact]
    public void Multipart_with_nothing_in_it_has_no_role()
    {
        var roles = BodyLeaves.Decide([Plain, new LeafDescription { MediaType = "multipart/related", IsEmptyMultipart = true }]);

        roles.Attachments.ShouldBeEmpty();
    }

    private static bool IsInline(LeafDescription leaf, string html)
    {
        LeafDescription[] leaves = [Html, leaf];
        var roles = BodyLeaves.Decide(leaves);
        roles.Attachments.ShouldBe([1]);
        return BodyLeaves.Inline(leaves, roles, html).Contains(1);
    }
}
