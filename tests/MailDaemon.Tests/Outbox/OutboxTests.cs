using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Net;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outbox;

/// <summary>Mail that cannot be sent at once, must not be sent twice, or is sent later; each test has servers of its own.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private const string Send = "/api/imap/send";
    private readonly SandboxApp _sandbox = new();

    private DaemonApp App => _sandbox.App;

    private SandboxServers Servers => _sandbox.Servers;

    public Task InitializeAsync() => _sandbox.InitializeAsync();

    public Task DisposeAsync() => _sandbox.DisposeAsync();

    [Theory]
    [InlineData("MAIL", "451 4.3.0 Try again later", "send_deferred")]
    [InlineData("END", "452 4.3.1 Insufficient storage", "send_deferred")]
    public async Task Deferred_mail_waits_and_is_sent_by_itself(string step, string reply, string error)
    {
        Servers.SmtpFaults.Refuse.Arm(step, reply, times: 1);

        var queued = await App.PostAsync(Send, Mail());

        (queued.Status, queued.Result.GetProperty("status").GetString()).ShouldBe((202, "queued"), queued.Text);
        Servers.Accepted.ShouldBeEmpty();
        var waiting = await ItemAsync(queued);
        (waiting.GetProperty("status").GetString(), waiting.GetProperty("attempts").GetInt32(), waiting.GetProperty("errorCode").GetString()).ShouldBe(("pending", 1, error));
        await Eventually.UntilAsync(() => Servers.Accepted.Count == 1, "the next try comes after some seconds");
        await Eventually.UntilAsync(async () => (await ItemAsync(queued)).GetProperty("status").GetString() == "sent", "it is noted");
        Text(0).ShouldContain(queued.Result.GetProperty("messageId").GetString()!);
        await Eventually.UntilAsync(() => _sandbox.User.Find("Sent")!.Messages.Any(m => Encoding.UTF8.GetString(m.Raw.Span).Contains("outbox test", StringComparison.Ordinal)), "the copy is filed");
        await Eventually.UntilAsync(() => Files().Length == 0, "its file is not needed any more");
    }

    [Fact]
    public async Task Unreachable_server_keeps_the_mail_and_a_retry_sends_it()
    {
        Servers.SmtpFaults.CutBeforeReply.Arm("GREETING", true);
        Servers.SmtpFaults.CutBeforeReply.Arm("MAIL", true);
        var queued = await App.PostAsync(Send, Mail());
        queued.Status.ShouldBe(202, queued.Text);

        Servers.SmtpFaults.Reset();
        var sent = await App.PostAsync($"/api/outbox/{Id(queued)}/retry");

        (sent.Status, sent.Result.GetProperty("status").GetString()).ShouldBe((200, "sent"), sent.Text);
        Servers.Accepted.Count.ShouldBe(1);
        (await App.PostAsync($"/api/outbox/{Id(queued)}/retry")).ShouldBeRefused(409, "outbox_state");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lost_answer_to_the_last_word_is_uncertain_and_never_repeated_by_itself(bool isAccepted)
    {
        if (isAccepted)
            Servers.SmtpFaults.CutBeforeReply.Arm("END", true, times: 1);
        else
            Servers.SmtpFaults.LoseMessage.Arm(true, times: 1);

        var reply = await App.PostAsync(Send, Mail(), ("Idempotency-Key", "once"));
        var again = await App.PostAsync(Send, Mail(), ("Idempotency-Key", "once"));

        (reply.Status, reply.Result.GetProperty("status").GetString()).ShouldBe((202, "uncertain"), reply.Text);
        again.Text.ShouldBe(reply.Text);
        Servers.Accepted.Count.ShouldBe(isAccepted ? 1 : 0);
        (await ItemAsync(reply)).GetProperty("status").GetString().ShouldBe("uncertain");
        (await App.GetAsync("/api/outbox?status=uncertain")).Result.GetProperty("total").GetInt32().ShouldBe(1);

        (await App.PostAsync($"/api/outbox/{Id(reply)}/retry")).Result.GetProperty("status").GetString().ShouldBe("sent", "on somebody's word");
        Servers.Accepted.Count.ShouldBe(isAccepted ? 2 : 1);
    }

    [Fact]
    public async Task Uncertain_mail_that_is_found_in_sent_is_not_sent_again()
    {
        Servers.SmtpFaults.CutBeforeReply.Arm("END", true, times: 1);
        var reply = await App.PostAsync(Send, Mail());
        _sandbox.User.Find("Sent")!.Append(Servers.Accepted[0].Raw.ToArray());

        var settled = await App.PostAsync($"/api/outbox/{Id(reply)}/retry");

        settled.Result.GetProperty("status").GetString().ShouldBe("sent", settled.Text);
        settled.Result.GetProperty("sentId").GetString()!.ShouldStartWith("imap:");
        Servers.Accepted.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Same_key_and_body_is_one_mail_and_another_body_is_a_conflict()
    {
        var first = await App.PostAsync(Send, Mail(), ("Idempotency-Key", "k-1"));
        var again = await App.PostAsync(Send, Mail(), ("Idempotency-Key", "k-1"));
        var other = await App.PostAsync(Send, Mail("something else"), ("Idempotency-Key", "k-1"));
        var free = await App.PostAsync(Send, Mail(), ("Idempotency-Key", "k-2"));

        (first.Status, again.Status, free.Status).ShouldBe((200, 200, 200), first.Text);
        again.Text.ShouldBe(first.Text);
        other.ShouldBeRefused(409, "idempotency_conflict");
        Servers.Accepted.Count.ShouldBe(2);
        (await App.PostAsync(Send, Mail(), ("Idempotency-Key", new string('x', 256)))).ShouldBeRefused(400, "invalid_parameter");
        (await App.PostAsync(Send, Mail(), ("Idempotency-Key", "two words"))).ShouldBeRefused(400, "invalid_parameter");
    }

    [Fact]
    public async Task Repeat_while_the_first_still_runs_waits_for_it()
    {
        Servers.SmtpFaults.Delay.Arm("END", TimeSpan.FromMilliseconds(500), times: 1);

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => App.PostAsync(Send, Mail(), ("Idempotency-Key", "k"))));

        replies.Select(r => r.Text).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        replies.ShouldAllBe(r => r.Status == 200);
        Servers.Accepted.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Key_of_a_mail_that_was_not_kept_is_free_again()
    {
        Servers.SmtpFaults.RefuseLogin.Arm(LoginRefusal.WrongPassword, times: 1);
        (await App.PostAsync(Send, Mail(), ("Idempotency-Key", "k"))).ShouldBeRefused(401, "auth_failed");
        Servers.SmtpFaults.RefuseRecipient.Arm("tom@sandbox.test", "550 5.1.1 No such user", times: 1);
        (await App.PostAsync(Send, Mail(), ("Idempotency-Key", "k"))).ShouldBeRefused(400, "recipient_refused");
        (await App.GetAsync("/api/outbox")).Result.GetProperty("total").GetInt32().ShouldBe(0);
        Files().ShouldBeEmpty();

        (await App.PostAsync(Send, Mail("mended"), ("Idempotency-Key", "k"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Refused_for_good_is_kept_as_failed_and_can_be_sent_again()
    {
        Servers.SmtpFaults.Refuse.Arm("END", "554 5.7.1 Looks like spam", times: 1);
        (await App.PostAsync(Send, Mail(), ("Idempotency-Key", "k"))).ShouldBeRefused(502, "send_rejected");
        (await App.PostAsync(Send, Mail(), ("Idempotency-Key", "k"))).ShouldBeRefused(502, "send_rejected");
        Servers.Accepted.ShouldBeEmpty();
        var failed = (await App.GetAsync("/api/outbox?status=failed&provider=imap&email=lina@sandbox.test")).Result.GetProperty("items")[0];
        failed.GetProperty("lastError").GetString()!.ShouldContain("Looks like spam");

        var id = failed.GetProperty("id").GetString();
        (await App.PostAsync($"/api/outbox/{id}/retry")).Result.GetProperty("status").GetString().ShouldBe("sent");
        Servers.Accepted.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Mail_for_later_waits_and_can_be_taken_out()
    {
        var later = await App.PostAsync(Send, new { email = "lina@sandbox.test", toRecipients = Tom, subject = "outbox test", body = "x", sendAt = "2099-01-01T00:00:00Z" });
        var soon = await App.PostAsync(Send, new { email = "lina@sandbox.test", toRecipients = Tom, subject = "soon", body = "x", sendAt = TimeProvider.System.GetUtcNow().AddSeconds(1.5) });
        var past = await App.PostAsync(Send, new { email = "lina@sandbox.test", toRecipients = Tom, subject = "past", body = "x", sendAt = "2001-01-01T00:00:00Z" });

        (later.Status, soon.Status, past.Status).ShouldBe((202, 202, 200), past.Text);
        (await ItemAsync(later)).GetProperty("nextAttemptAt").GetString()!.ShouldStartWith("2099-01-01T00:00:00");
        await Eventually.UntilAsync(() => Servers.Accepted.Count == 2, "what is due soon is sent");
        (await App.DeleteAsync($"/api/outbox/{Id(later)}")).Status.ShouldBe(200);
        (await App.GetAsync($"/api/outbox/{Id(later)}")).ShouldBeRefused(404, "outbox_item_not_found");
        (await App.DeleteAsync($"/api/outbox/{Id(later)}")).ShouldBeRefused(404, "outbox_item_not_found");
        Files().ShouldNotContain(f => f.Contains(Id(later), StringComparison.Ordinal));
        Servers.Accepted.Select(m => Encoding.UTF8.GetString(m.Raw.Span)).ShouldNotContain(m => m.Contains("outbox test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Caller_who_leaves_does_not_undo_the_sending()
    {
        Servers.SmtpFaults.Delay.Arm("END", TimeSpan.FromSeconds(1), times: 1);
        using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        using var request = new HttpRequestMessage(HttpMethod.Post, Send) { Content = new StringContent(JsonSerializer.Serialize(Mail()), Encoding.UTF8, "application/json") };
        await Should.ThrowAsync<OperationCanceledException>(() => App.Client.SendAsync(request, leaving.Token));

        await Eventually.UntilAsync(async () => (await App.GetAsync("/api/outbox?status=sent")).Result.GetProperty("total").GetInt32() == 1, "it is sent all the same");
        Servers.Accepted.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Bcc_is_in_the_copy_alone()
    {
        var sent = await App.PostAsync(Send, new { email = "lina@sandbox.test", toRecipients = new[] { new { address = "lina@sandbox.test" } }, bccRecipients = new[] { new { name = "隐藏", address = "tom@sandbox.test" } }, subject = "outbox test", body = "x" });

        sent.Status.ShouldBe(200, sent.Text);
        Servers.Accepted[0].Recipients.ShouldBe(["lina@sandbox.test", "tom@sandbox.test"]);
        Text(0).ShouldNotContain("tom@sandbox.test");
        Text(0).ShouldNotContain("Bcc:", Case.Insensitive);
        Encoding.UTF8.GetString(_sandbox.User.Find("Sent")!.Messages[^1].Raw.Span).ShouldContain("tom@sandbox.test");
    }

    [Theory]
    [InlineData("/api/outbox/o_nothere", "GET", 404, "outbox_item_not_found")]
    [InlineData("/api/outbox/o_nothere", "DELETE", 404, "outbox_item_not_found")]
    [InlineData("/api/outbox/o_nothere/retry", "POST", 404, "outbox_item_not_found")]
    [InlineData("/api/outbox/..%2F..%2Fstore", "GET", 404, "outbox_item_not_found")]
    [InlineData("/api/outbox?status=lost", "GET", 400, "invalid_parameter")]
    [InlineData("/api/outbox?limit=501", "GET", 400, "invalid_parameter")]
    [InlineData("/api/outbox?email=lina@sandbox.test", "GET", 400, "missing_parameter")]
    public async Task Unknown_item_or_bad_query_is_an_error(string path, string method, int status, string error) =>
        (await App.SendAsync(method, path, null)).ShouldBeRefused(status, error);

    [Fact]
    public void Delays_double_and_a_refused_password_waits_longer()
    {
        Enumerable.Range(0, 4).Select(n => Engine.Actions.Outbox.Delay(MailFault.Unreachable, n, 0.5).TotalSeconds).ShouldBe([5, 10, 20, 40]);
        Engine.Actions.Outbox.Delay(MailFault.Unreachable, 0, 0).TotalSeconds.ShouldBe(4);
        Engine.Actions.Outbox.Delay(MailFault.NotAuthorized, 0, 0.5).TotalSeconds.ShouldBe(300);
    }

    private static readonly object[] Tom = [new { address = "tom@sandbox.test" }];

    private static object Mail(string body = "x") => new { email = "lina@sandbox.test", toRecipients = Tom, subject = "outbox test", body };

    private static string Id(Reply reply) => reply.Result.GetProperty("outboxId").GetString()!;

    private async Task<JsonElement> ItemAsync(Reply reply) => (await App.GetAsync($"/api/outbox/{Id(reply)}")).Result;

    private string Text(int index) => Encoding.UTF8.GetString(Servers.Accepted[index].Raw.Span);

    private string[] Files() => Directory.GetFiles(Path.Combine(App.DataDirectory, "outbox"));
}
