using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Actions;

public sealed class ReplyComposerTests
{
    private const string Own = "me@example.com";
    private static readonly EmailAddress me = new("Me", "ME@example.com");
    private static readonly EmailAddress ann = new("Ann", "ann@example.com");
    private static readonly EmailAddress ben = new("Ben", "ben@example.com");
    private static readonly EmailAddress desk = new("Desk", "desk@example.com");

    [Theory]
    [InlineData("Quote", "Re: Quote")]
    [InlineData("Re: Quote", "Re: Quote")]
    [InlineData("RE: Quote", "RE: Quote")]
    [InlineData("re:Quote", "re:Quote")]
    [InlineData("  Re: Quote ", "Re: Quote")]
    [InlineData("回复: 报价", "回复: 报价")]
    [InlineData("回复：报价", "回复：报价")]
    [InlineData("答复: 报价", "答复: 报价")]
    [InlineData("报价", "Re: 报价")]
    [InlineData("Regarding: x", "Re: Regarding: x")]
    [InlineData("Fwd: Quote", "Re: Fwd: Quote")]
    [InlineData("", "Re:")]
    public void One_prefix_is_kept_and_none_doubled(string original, string expected)
    {
        ReplyComposer.Subject(original).ShouldBe(expected);
    }

    [Fact]
    public void Answer_goes_to_the_sender()
    {
        Compose(Original()).To.ShouldBe([ann]);
    }

    [Fact]
    public void Reply_to_goes_before_the_sender()
    {
        Compose(Original(replyTo: [desk, ben])).To.ShouldBe([desk, ben]);
    }

    [Fact]
    public void Answer_to_own_mail_goes_to_those_it_went_to()
    {
        Compose(Original(from: me, to: [ann, ben])).To.ShouldBe([ann, ben]);
    }

    [Fact]
    public void Names_without_an_address_are_left_out_of_an_answer()
    {
        var list = new EmailAddress("Verteiler", "");

        Compose(Original(replyTo: [list])).To.ShouldBe([ann]);
        Compose(Original(replyTo: [list, desk])).To.ShouldBe([desk]);
        Compose(Original(from: me, to: [list, ben])).To.ShouldBe([ben]);
    }

    [Fact]
    public void Without_a_sender_the_answer_is_refused()
    {
        var fault = Should.Throw<MailException>(() => Compose(Original(from: new EmailAddress("", ""))));

        fault.Fault.ShouldBe(MailFault.InvalidInput);
        fault.Code.ShouldBe("no_sender");
    }

    [Fact]
    public void Reply_to_all_names_everybody_once_and_never_oneself()
    {
        var reply = Compose(
            Original(to: [me, ben, new EmailAddress("Ann again", "ANN@example.com")], cc: [new EmailAddress("", "BEN@example.com"), desk, new EmailAddress("x", "")]),
            new ReplyOptions(ReplyAll: true));

        reply.To.ShouldBe([ann]);
        reply.Cc.ShouldBe([ben, desk]);
    }

    [Fact]
    public void Plain_reply_leaves_the_others_out()
    {
        Compose(Original(to: [me, ben], cc: [desk])).Cc.ShouldBeEmpty();
    }

    [Fact]
    public void References_end_with_the_answered_mail()
    {
        ReplyComposer.References(Original(references: ["<a@x>", "<b@x>"], id: "<c@x>")).ShouldBe(["<a@x>", "<b@x>", "<c@x>"]);
        ReplyComposer.References(Original(inReplyTo: "<a@x>", id: "<c@x>")).ShouldBe(["<a@x>", "<c@x>"]);
        ReplyComposer.References(Original(references: ["<a@x>", "<c@x>", "<a@x>"], id: "<c@x>")).ShouldBe(["<a@x>", "<c@x>"]);
        ReplyComposer.References(Original(references: ["<a@x>"], id: null)).ShouldBe(["<a@x>"]);
        ReplyComposer.References(Original(id: null)).ShouldBeEmpty();
    }

    [Fact]
    public void Long_thread_keeps_its_root_and_its_newest()
    {
        var chain = ReplyComposer.References(Original(references: [.. Enumerable.Range(1, 100).Select(i => $"<{i}@x>")], id: "<last@x>"));

        chain.Count.ShouldBe(30);
        chain[0].ShouldBe("<1@x>");
        chain[1].ShouldBe("<73@x>");
        chain[^1].ShouldBe("<last@x>");
    }

    [Fact]
    public void Text_is_quoted_line_by_line()
    {
        Quote("Hi\r\n> old\n\nbye", null, new Draft { Body = "Thanks\n" }).ShouldBe("Thanks\r\n\r\n2026-01-05 08:00 UTC, Ann:\r\n> Hi\r\n>> old\r\n> \r\n> bye\r\n");
    }

    [Fact]
    public void Text_below_html_cannot_become_markup()
    {
        Quote("<script>x</script>\nb & c", null, new Draft { Body = "<p>Thanks</p>", IsHtml = true }, from: new EmailAddress("A <b>", "ann@example.com")).ShouldBe(
            "<p>Thanks</p><br><br><div>2026-01-05 08:00 UTC, A &lt;b&gt;:</div><blockquote type=\"cite\" style=\"margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex\">&lt;script&gt;x&lt;/script&gt;<br>\r\nb &amp; c</blockquote>");
    }

    [Fact]
    public void Long_original_is_quoted_whole() => Quote(new string('a', 300_000) + "😀", null, new Draft { Body = "x" }).ShouldEndWith(new string('a', 1000) + "😀\r\n");

    [Fact]
    public void Named_recipients_and_subject_go_before_those_of_the_original()
    {
        var reply = Compose(Original(to: [me, ben], cc: [desk]), new ReplyOptions(ReplyAll: true), new Draft { To = [desk], Cc = [ann], Subject = "Other" });

        reply.To.ShouldBe([desk]);
        reply.Subject.ShouldBe("Other");
        reply.Cc.ShouldBe([ann, ben]);
    }

    private static string Quote(string text, string? html, Draft answer, EmailAddress? from = null)
    {
        using var original = new Original(Original(from: from), new MessageContent { Text = text, Html = html });
        return ReplyComposer.Quote(original, answer).Body;
    }

    private static Draft Compose(MessageDetail original, ReplyOptions? options = null, Draft? answer = null) =>
        ReplyComposer.Compose(original, answer ?? new Draft { Body = "x" }, options ?? new ReplyOptions(), Own);

    private static MessageDetail Original(
        EmailAddress? from = null,
        IReadOnlyList<EmailAddress>? to = null,
        IReadOnlyList<EmailAddress>? cc = null,
        IReadOnlyList<EmailAddress>? replyTo = null,
        IReadOnlyList<string>? references = null,
        string? inReplyTo = null,
        string? id = "<c@x>",
        string text = "") => new(
        new MessageItem
        {
            Id = "imap:1", Key = "m_1", Provider = "imap", Email = Own, Subject = "Quote", From = from ?? ann, To = to ?? [me],
            Date = new DateTimeOffset(2026, 1, 5, 8, 0, 7, TimeSpan.Zero), SentDateTime = new DateTimeOffset(2026, 1, 5, 8, 0, 0, TimeSpan.Zero),
            Snippet = "", IsRead = true, IsStarred = false, HasAttachments = false, Folder = "inbox", FolderPath = "INBOX", ThreadId = "t",
            InternetMessageId = id, Size = 1,
        },
        new MessageContent
        {
            Text = text, Cc = cc ?? [], ReplyTo = replyTo ?? [], Headers = new MessageHeaders { InReplyTo = inReplyTo, References = references ?? [] },
        },
        BodyOptions.AsSent);
}
