using System.Text;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Smtp;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outbox;

/// <summary>Mail to more recipients than the server takes at once (452 4.5.3).</summary>
public sealed class ManyRecipientsTests : IAsyncLifetime
{
    private SandboxApp sandbox = null!;

    public async Task InitializeAsync() => sandbox = await SandboxApp.StartAsync(new SandboxOptions { Smtp = new SmtpServerOptions { MaxRecipients = 3 } });

    public Task DisposeAsync() => sandbox.DisposeAsync();

    [Fact]
    public async Task Mail_goes_to_all_in_several_transactions_of_one_message()
    {
        var to = Addresses(8);

        var sent = await SendAsync(to);

        (sent.Status, sent.Result.GetProperty("status").GetString()).ShouldBe((200, "sent"), sent.Text);
        sandbox.Servers.Accepted.Select(mail => mail.Recipients.Count).ShouldBe([3, 3, 2]);
        sandbox.Servers.Accepted.SelectMany(mail => mail.Recipients).ShouldBe(to);
        sandbox.Servers.Accepted.Select(mail => Encoding.UTF8.GetString(mail.Raw.Span)).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem().ShouldContain(sent.Result.GetProperty("messageId").GetString()!);
        sent.Result.GetProperty("recipients").EnumerateArray().Select(r => (r.GetProperty("address").GetString(), r.GetProperty("status").GetString())).ShouldBe(to.Select(address => ((string?)address, (string?)"sent")));
        sandbox.User.Find("Sent")!.Messages.Count(m => Encoding.UTF8.GetString(m.Raw.Span).Contains("to many", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task One_who_is_refused_after_others_have_it_is_named_and_keeps_it_from_nobody()
    {
        sandbox.Servers.SmtpFaults.RefuseRecipient.Arm("r5@other.example", "550 5.1.1 No such user");

        var sent = await SendAsync(Addresses(8));

        (sent.Status, sent.Result.GetProperty("status").GetString()).ShouldBe((200, "sent"), sent.Text);
        sandbox.Servers.Accepted.SelectMany(mail => mail.Recipients).ShouldBe(Addresses(8).Where(address => address != "r5@other.example"));
        sent.Result.GetProperty("refused").GetProperty("r5@other.example").GetString()!.ShouldContain("No such user");
        sent.Result.GetProperty("recipients")[5].GetProperty("status").GetString().ShouldBe("refused");
    }

    [Fact]
    public async Task One_who_is_refused_within_the_first_part_stops_the_mail()
    {
        sandbox.Servers.SmtpFaults.RefuseRecipient.Arm("r1@other.example", "550 5.1.1 No such user");

        (await SendAsync(Addresses(8))).ShouldBeRefused(400, "recipient_refused");

        sandbox.Servers.Accepted.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lost_answer_in_the_middle_is_uncertain_and_nobody_who_has_it_gets_it_again()
    {
        // Whoever is offered the fourth recipient is in the second transaction.
        sandbox.Servers.SmtpFaults.Delay.Arm("END", TimeSpan.FromSeconds(2));
        var sending = SendAsync(Addresses(5));
        await Eventually.UntilAsync(() => sandbox.Servers.Accepted.Count == 1, "the first part is sent");
        sandbox.Servers.SmtpFaults.LoseMessage.Arm(true, times: 1);
        var uncertain = await sending;
        sandbox.Servers.SmtpFaults.Reset();

        (uncertain.Status, uncertain.Result.GetProperty("status").GetString()).ShouldBe((202, "uncertain"), uncertain.Text);
        uncertain.Result.GetProperty("recipients").EnumerateArray().Select(r => r.GetProperty("status").GetString()).ShouldBe(["sent", "sent", "sent", "uncertain", "uncertain"]);
        var again = await sandbox.App.PostAsync($"/api/outbox/{uncertain.Result.GetProperty("outboxId").GetString()}/retry");
        again.Result.GetProperty("status").GetString().ShouldBe("sent", again.Text);
        sandbox.Servers.Accepted.SelectMany(mail => mail.Recipients).ShouldBe(Addresses(5));
    }

    private static string[] Addresses(int count) => [.. Enumerable.Range(0, count).Select(i => $"r{i}@other.example")];

    private Task<Reply> SendAsync(string[] to) => sandbox.App.PostAsync("/api/imap/send", new { email = "lina@sandbox.test", to, subject = "to many", body = "x" });
}
