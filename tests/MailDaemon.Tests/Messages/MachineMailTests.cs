using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Messages;

public sealed class MachineMailTests
{
    private static readonly EmailAddress Ann = new("Ann", "ann@example.org");

    [Theory]
    [InlineData("no_reply@example.org")]
    [InlineData("NoReply@example.org")]
    [InlineData("no.reply@example.org")]
    [InlineData("shop-no-reply@example.org")]
    [InlineData("do_not_reply+7@example.org")]
    [InlineData("dont-reply@example.org")]
    [InlineData("ne-pas-repondre@example.org")]
    [InlineData("nicht_antworten@example.org")]
    [InlineData("noresponder@example.org")]
    [InlineData("user@noreply.example.org")]
    [InlineData("reply@bounces.example.org")]
    [InlineData("bounces+12=ann=example.org@mail.example.org")]
    [InlineData("news-bounces@example.org")]
    [InlineData("list-request@example.org")]
    [InlineData("owner-list@example.org")]
    [InlineData("newsletter@example.org")]
    [InlineData("notifications@example.org")]
    [InlineData("MAILER-DAEMON@example.org")]
    [InlineData("postmaster@example.org")]
    public void Address_of_a_machine_is_known(string address) => MachineMail.IsMachine(address).ShouldBeTrue();

    [Theory]
    [InlineData("ann@example.org")]
    [InlineData("casino-reply@example.org")]
    [InlineData("bouncer@example.org")]
    [InlineData("owner@example.org")]
    [InlineData("reply@example.org")]
    [InlineData("sales@replyto.example.org")]
    [InlineData("requests@example.org")]
    [InlineData("陈静@例子.测试")]
    public void Address_of_a_person_is_left(string address) => MachineMail.IsMachine(address).ShouldBeFalse();

    [Theory]
    [InlineData("Auto-Submitted", "no", "auto-generated")]
    [InlineData("Precedence", "normal", "bulk")]
    [InlineData("X-Auto-Response-Suppress", "DR", "OOF; RN")]
    public void Field_that_is_there_twice_counts_in_each_place(string name, string harmless, string telling)
    {
        MachineMail.Reason(Ann, [new(name, harmless)]).ShouldBeNull();
        MachineMail.Reason(Ann, [new(name, harmless), new(name, telling)]).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("Return-Path", "<>")]
    [InlineData("Content-Type", "multipart/report; report-type=delivery-status")]
    [InlineData("Auto-Submitted", "auto-replied (vacation)")]
    [InlineData("Precedence", "auto_reply")]
    [InlineData("X-Autoreply", "yes")]
    public void Answer_of_a_machine_is_told_from_its_news(string name, string value)
    {
        MachineMail.Answer([new(name, value)]).ShouldNotBeNull();
        MachineMail.Answer([new("Auto-Submitted", "auto-generated"), new("List-Id", "<x>")]).ShouldBeNull();
    }

    [Fact]
    public void What_was_kept_of_a_header_is_enough()
    {
        MachineMail.Reason(Ann, new MessageHeaders()).ShouldBeNull();
        MachineMail.Reason(Ann, new MessageHeaders { Machine = "it is bulk mail (Precedence)" }).ShouldBe("it is bulk mail (Precedence)");
        MachineMail.Reason(Ann, new MessageHeaders { ListId = "<x>" }).ShouldNotBeNull();
        MachineMail.Reason(Ann, new MessageHeaders { AutoSubmitted = "auto-generated" }).ShouldNotBeNull();
        MachineMail.Reason(Ann, new MessageHeaders { AutoSubmitted = "No" }).ShouldBeNull();
        MachineMail.Reason(new EmailAddress("Shop", "no-reply@example.org"), new MessageHeaders()).ShouldNotBeNull();
    }
}
