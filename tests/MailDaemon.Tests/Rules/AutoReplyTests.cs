using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Tests.Rules;

/// <summary>RFC 3834 §2, RFC 5230 §4: which mail a machine must not answer.</summary>
public sealed class AutoReplyTests
{
    private const string Own = "lina@example.com";

    [Theory]
    [InlineData("Auto-Submitted: auto-generated")]
    [InlineData("Auto-Submitted: auto-replied; owner-email=x@y.example")]
    [InlineData("Auto-Submitted: auto-notified")]
    [InlineData("Precedence: bulk")]
    [InlineData("Precedence: List")]
    [InlineData("Precedence: junk")]
    [InlineData("List-Id: <news.example.com>")]
    [InlineData("List-Unsubscribe: <mailto:leave@example.com>")]
    [InlineData("List-Post: NO")]
    [InlineData("Return-Path: <>")]
    [InlineData("Return-Path: <news-bounces@example.org>")]
    [InlineData("Return-Path: <bounce+42@example.org>")]
    [InlineData("Return-Path: <MAILER-DAEMON@example.org>")]
    [InlineData("X-Auto-Response-Suppress: DR, OOF")]
    [InlineData("X-Auto-Response-Suppress: All")]
    [InlineData("X-Autoreply: yes")]
    [InlineData("X-Autorespond: vacation")]
    [InlineData("Feedback-ID: 1:2:3")]
    [InlineData("X-Spam-Flag: YES")]
    [InlineData("Content-Type: multipart/report; report-type=delivery-status")]
    [InlineData("Content-Type: message/disposition-notification")]
    [InlineData("Sender: owner-list@example.org")]
    public void Mail_with_this_field_is_not_answered(string field)
    {
        var parts = field.Split(": ", 2);

        AutoReply.Refusal(RuleSamples.Mail(), [new("Subject", "x"), new(parts[0], parts[1])], Own, new OwnAddresses([Own])).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("noreply@example.org")]
    [InlineData("no-reply+42@example.org")]
    [InlineData("donotreply@example.org")]
    [InlineData("MAILER-DAEMON@example.org")]
    [InlineData("postmaster@example.org")]
    [InlineData("list-request@example.org")]
    [InlineData("owner-list@example.org")]
    [InlineData("news-owner@example.org")]
    [InlineData("")]
    [InlineData("no address")]
    [InlineData(Own)]
    [InlineData("second-own@example.com")]
    public void Mail_of_this_sender_is_not_answered(string sender) =>
        AutoReply.Refusal(RuleSamples.Mail(from: sender), [], Own, new OwnAddresses([Own, "second-own@example.com"])).ShouldNotBeNull();

    [Theory]
    [InlineData("spam")]
    [InlineData("trash")]
    [InlineData("drafts")]
    [InlineData("sent")]
    public void Mail_in_this_folder_is_not_answered(string folder) => AutoReply.Refusal(RuleSamples.Mail(folder: folder), [], Own, new OwnAddresses([Own])).ShouldNotBeNull();

    [Fact]
    public void Mail_that_does_not_name_us_is_not_answered()
    {
        AutoReply.Refusal(RuleSamples.Mail(to: "sales@example.com"), [], Own, new OwnAddresses([Own])).ShouldNotBeNull();
        AutoReply.Refusal(RuleSamples.Mail(to: "sales@example.com"), [new("Resent-To", "Lina <LINA@example.com>")], Own, new OwnAddresses([Own])).ShouldBeNull();
    }

    [Theory]
    [InlineData("Auto-Submitted: no")]
    [InlineData("Precedence: normal")]
    [InlineData("X-Auto-Response-Suppress: DR, RN")]
    [InlineData("Return-Path: <chen@huaxin.example>")]
    [InlineData("Content-Type: multipart/mixed; boundary=report")]
    [InlineData("X-Spam-Flag: NO")]
    public void Mail_of_a_person_is_answered(string field)
    {
        var parts = field.Split(": ", 2);

        AutoReply.Refusal(RuleSamples.Mail(), [new(parts[0], parts[1])], Own, new OwnAddresses([Own])).ShouldBeNull();
    }

    [Fact]
    public void Answer_goes_to_the_return_path_and_never_to_reply_to()
    {
        AutoReply.Recipient(RuleSamples.Mail(), [new("Reply-To", "trap@example.org")]).ShouldBe("chen@huaxin.example");
        AutoReply.Recipient(RuleSamples.Mail(), [new("Return-Path", "<envelope@huaxin.example>")]).ShouldBe("envelope@huaxin.example");
    }

    [Fact]
    public void Placeholders_are_filled_and_what_a_sender_wrote_is_never_markup()
    {
        var mail = RuleSamples.Mail();
        var hostile = new MessageDetail(mail with { Subject = "<script>x</script>" }, new MessageContent { Text = "" }, BodyOptions.AsSent);

        AutoReply.Render("您好 {{from.name}}，收到“{{ subject }}”（{{date}}）{{unknown}}", isHtml: false, mail).ShouldBe("您好 陈静，收到“回复：报价单 LED Panel”（2026-03-04 05:06 UTC）{{unknown}}");
        AutoReply.Render("<p>{{subject}}</p>", isHtml: true, hostile).ShouldBe("<p>&lt;script&gt;x&lt;/script&gt;</p>");
        AutoReply.Render("<p>{{subject}}</p>", isHtml: false, hostile).ShouldBe("<p><script>x</script></p>", "text is no markup");
    }

    [Fact]
    public void Mail_is_not_sent_on_in_circles()
    {
        EmailAddress[] to = [new("", "archive@example.org")];

        AutoForward.Refusal(RuleSamples.Mail(), [], Own, new OwnAddresses([Own]), to).ShouldBeNull();
        AutoForward.Refusal(RuleSamples.Mail(), AutoForward.Header([], Own), Own, new OwnAddresses([Own]), to).ShouldNotBeNull("it was here before");
        AutoForward.Refusal(RuleSamples.Mail(), AutoForward.Header(AutoForward.Header([], Own), "other@example.org"), Own, new OwnAddresses([Own]), to).ShouldNotBeNull("two stations");
        AutoForward.Refusal(RuleSamples.Mail(), [], Own, new OwnAddresses([Own]), [new("", Own)]).ShouldNotBeNull();
        AutoForward.Refusal(RuleSamples.Mail(), [], Own, new OwnAddresses([Own]), [new("", "chen@huaxin.example")]).ShouldNotBeNull();
        AutoForward.Refusal(RuleSamples.Mail(), [], Own, new OwnAddresses([Own, "other@example.com"]), [new("", "Other+tag@Example.com")]).ShouldNotBeNull("another account of ours");
        AutoForward.Refusal(RuleSamples.Mail(), [new("Auto-Submitted", "auto-replied")], Own, new OwnAddresses([Own]), to).ShouldNotBeNull("an answer of a machine");
        AutoForward.Refusal(RuleSamples.Mail(), [new("Auto-Submitted", "auto-generated")], Own, new OwnAddresses([Own]), to).ShouldBeNull("an invoice that a shop sent");
        AutoForward.Refusal(RuleSamples.Mail(), [new("Return-Path", "<>")], Own, new OwnAddresses([Own]), to).ShouldNotBeNull();
        AutoForward.Refusal(RuleSamples.Mail(), [.. Enumerable.Repeat(new HeaderLine("Received", "x"), 31)], Own, new OwnAddresses([Own]), to).ShouldNotBeNull();
    }
}
