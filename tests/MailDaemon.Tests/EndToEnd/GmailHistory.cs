using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// Random things in any order over a Gmail mailbox: another client and the API deliver, flag, label, move and delete mail, Gmail forgets its
/// history, slips and refuses, and the daemon is killed and starts again, in its first pass too. Now and then all is quiet, and then cache
/// and Gmail must agree. What happens follows from the seed; how it meets the daemon's passes does not.
/// </summary>
internal sealed partial class GmailHistory(SandboxServers servers, string directory, int seed) : IAsyncDisposable
{
    private const int QuietEvery = 100;
    private const int Told = 60;

    private static readonly string[] Verbs = ["read", "unread", "star", "unstar", "archive", "spam", "not-spam"];
    private static readonly string[] Places = ["inbox", "archive", "spam", "trash"];

    private readonly Random random = new(seed);
    private readonly Queue<string> log = new();
    private readonly GmailMarks marks = new();
    private DaemonProcess? daemon;
    private HttpClient? client;
    private List<string> drafts = [];
    private int step;
    private int names;

    private GmailServer Gmail => servers.Gmail;

    private GmailMailbox Mailbox => Gmail.First;

    private string Email => Gmail.Users[0].Address;

    /// <summary>Lives through so many steps, and through a quiet moment at their end.</summary>
    public async Task RunAsync(int steps)
    {
        try
        {
            await BeginAsync();
            for (step = 1; step <= steps; step++)
            {
                await StepAsync();
                if (step % QuietEvery == 0 || step == steps)
                    await QuietAsync();
            }
        }
        catch (Exception e)
        {
            throw new ShouldAssertException($"seed {seed}, step {step}: {e.Message}\nlast steps:\n{string.Join('\n', log)}\n{daemon?.Errors}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (daemon is not null)
            await daemon.DisposeAsync();
    }

    /// <summary>The first pass is cut off twice while mail arrives.</summary>
    private async Task BeginAsync()
    {
        Mailbox.Fill(150);
        await StartAsync();
        (await SendAsync("POST", "/api/rules", new { name = "every mail", matchAll = true, actions = new[] { new { type = "agent_handle", value = "history" } } })).Status.ShouldBe(201);
        Gmail.Faults.Delay.Arm("batch", TimeSpan.FromMilliseconds(40));
        await SignInAsync();
        for (var i = 0; i < 2; i++)
        {
            await Task.Delay(random.Next(150));
            await StopAsync(isKilled: true);
            Deliver(isInFirstPass: true);
            await StartAsync();
        }

        // What arrives before the first pass has begun is old.
        Gmail.Faults.Reset();
        await SyncedAsync();
        await QuietAsync();
    }

    private async Task StepAsync()
    {
        switch (random.Next(1_000))
        {
            case < 240:
                Deliver(isInFirstPass: false);
                break;
            case < 620:
                Elsewhere();
                break;
            case < 640:
                Labels();
                break;
            case < 645:
                Note("history forgotten");
                Mailbox.ForgetHistory();
                break;
            case < 670:
                Trouble();
                break;
            case < 970:
                await ActAsync(isKilled: false);
                break;
            case < 990:
                await ActAsync(isKilled: true);
                break;
            default:
                await KillDuringAsync(() => SendAsync("POST", $"/api/sync?provider=gmail&email={Email}"));
                break;
        }
    }

    private void Deliver(bool isInFirstPass)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"mail {seed}-{++names}");
        var message = Mailbox.Deliver(Mail(subject));
        marks.Born(message.Id, subject, isInFirstPass);
        Note($"deliver {message.Id} {subject}");
    }

    /// <summary>Another client does something to a message.</summary>
    private void Elsewhere()
    {
        if (AnyMessage() is not { } message)
            return;
        var what = random.Next(12);
        Note($"elsewhere {what}: {message.Id} {string.Join(' ', message.LabelIds)}");
        switch (what)
        {
            case 0 or 1:
                Modify(message, random.Next(2) == 0, "STARRED");
                break;
            case 2 or 3:
                Modify(message, random.Next(2) == 0, "UNREAD");
                break;
            case 4 or 5 when Mailbox.Labels is { Count: > 0 } labels:
                Modify(message, random.Next(3) > 0, Any(labels).Id);
                break;
            case 6:
                Modify(message, isGiven: false, "INBOX");
                break;
            case 7:
                Modify(message, isGiven: true, "INBOX");
                break;
            case 8:
                marks.Moved(message.Id);
                Mailbox.Trash(message.Id);
                break;
            case 9:
                Mailbox.Untrash(message.Id);
                break;
            case 10:
                marks.Moved(message.Id);
                Modify(message, random.Next(2) == 0, "SPAM");
                break;
            case 11:
                marks.Moved(message.Id);
                Mailbox.Delete(message.Id);
                break;
        }
    }

    private void Modify(GmailMessage message, bool isGiven, string label) => Mailbox.Modify(message.Id, isGiven ? [label] : [], isGiven ? [] : [label]);

    private void Labels()
    {
        var labels = Mailbox.Labels;
        switch (random.Next(4))
        {
            case 0 when labels.Count > 2:
                Note("label deleted");
                Mailbox.DeleteLabel(Any(labels).Id);
                break;
            case 1 when labels.Count > 0:
                Note("label renamed");
                Mailbox.RenameLabel(Any(labels).Id, string.Create(CultureInfo.InvariantCulture, $"标签 {++names}"));
                break;
            default:
                Note("label made");
                Mailbox.CreateLabel(string.Create(CultureInfo.InvariantCulture, $"Label {++names}"));
                break;
        }
    }

    /// <summary>Gmail refuses, slips and lags, a few times.</summary>
    private void Trouble()
    {
        var (what, times) = (random.Next(8), random.Next(1, 4));
        Note($"trouble {what}");
        var faults = Gmail.Faults;
        switch (what)
        {
            case 0:
                faults.Error.Arm("gmail.users.history.list", GmailError.RateLimit, times);
                break;
            case 1:
                faults.PartError.Arm("gmail.users.messages.get", GmailError.UserRateLimit, times);
                break;
            case 2:
                faults.HistoryLags.Arm(random.Next(1, 6), times);
                break;
            case 3:
                faults.HistoryRepeats.Arm(random.Next(1, 60), times);
                break;
            case 4:
                faults.EmptyHistoryPage.Arm(true, times);
                break;
            case 5:
                faults.DropAfter.Arm("gmail.users.messages.modify", true, times: 1);
                break;
            case 6:
                faults.HistoryIsTooOld.Arm(true, times: 1);
                break;
            default:
                faults.DropBefore.Arm("batch", true, times: 1);
                break;
        }
    }

    /// <summary>An action over HTTP on a message that another client may have changed or deleted meanwhile.</summary>
    private async Task ActAsync(bool isKilled)
    {
        if (AnyMessage() is not { } message)
            return;
        var path = $"/api/gmail/messages/{message.Id}";
        var (name, call) = random.Next(12) switch
        {
            < 6 => Verb(path),
            6 or 7 => Move(path),
            8 => ("delete", () => SendAsync("DELETE", $"{path}?email={Email}")),
            9 => ("label", () => LabelAsync(message.Id)),
            10 => ("draft", DraftAsync),
            _ => ("change draft", ChangeDraftAsync),
        };
        if (name is "delete" or "spam" or "move spam" or "move trash")
            marks.Moved(message.Id);
        Note($"api {name}: {message.Id}{(isKilled ? ", killed" : "")}");
        if (isKilled)
            await KillDuringAsync(call);
        else if (await call() is var reply)
            reply.Status.ShouldBeOneOf([200, 201, 202, 404, 409, 502], $"{name}: {reply.Text}");
    }

    private (string Name, Func<Task<Reply>> Call) Verb(string path)
    {
        var verb = Any(Verbs);
        return (verb, () => SendAsync("POST", $"{path}/{verb}?email={Email}"));
    }

    private (string Name, Func<Task<Reply>> Call) Move(string path)
    {
        var target = Any(Places);
        return ($"move {target}", () => SendAsync("POST", $"{path}/move?email={Email}", new { target }));
    }

    private async Task<Reply> LabelAsync(string id)
    {
        var labels = await SendAsync("GET", $"/api/labels?provider=gmail&email={Email}");
        return labels.Result.EnumerateArray().Select(l => l.GetProperty("id").GetString()!).ToList() is { Count: > 0 } ids
            ? await SendAsync(random.Next(3) == 0 ? "DELETE" : "POST", $"/api/mails/gmail/{Email}/labels", new { mailId = id, labelId = Any(ids) })
            : labels;
    }

    private async Task<Reply> DraftAsync()
    {
        var made = await SendAsync("POST", "/api/gmail/drafts", new { email = Email, to = "tom@sandbox.test", subject = string.Create(CultureInfo.InvariantCulture, $"draft {++names}"), body = "text" });
        if (made.Status == 201)
            drafts.Add(made.Result.GetProperty("id").GetString()!);
        return made;
    }

    private async Task<Reply> ChangeDraftAsync()
    {
        if (drafts.Count == 0)
            return await DraftAsync();
        var id = Any(drafts);
        drafts.Remove(id);
        if (random.Next(3) == 0)
            return await SendAsync("DELETE", $"/api/gmail/drafts/{id}?email={Email}");
        var changed = await SendAsync("PUT", $"/api/gmail/drafts/{id}", new { email = Email, to = "tom@sandbox.test", subject = "changed", body = "other text" });
        if (changed.Status == 200)
            drafts.Add(changed.Result.GetProperty("id").GetString()!);
        return changed;
    }

    private async Task KillDuringAsync(Func<Task<Reply>> call)
    {
        var reply = call();
        await Task.Delay(random.Next(40));
        await StopAsync(isKilled: true);
        await reply.ContinueWith(done => _ = done.Exception, TaskScheduler.Default);
        for (var i = random.Next(4); i > 0; i--)
            Elsewhere();
        await StartAsync();
    }

    /// <summary>One pass, and the cache has what Gmail has; whatever waited for rules has had them.</summary>
    private async Task QuietAsync()
    {
        Note("quiet");
        Gmail.Faults.Reset();
        var last = string.Create(CultureInfo.InvariantCulture, $"mail {seed}-{++names}");
        marks.Born(Mailbox.Deliver(Mail(last)).Id, last, isInFirstPass: false);
        await SyncedAsync();
        var proof = await SendAsync("GET", $"/api/sync/verify?provider=gmail&email={Email}");
        proof.Status.ShouldBe(200, proof.Text);
        proof.Result.GetProperty("differences").GetArrayLength().ShouldBe(0, proof.Text);
        proof.Result.GetProperty("verified").GetBoolean().ShouldBeTrue(proof.Text);
        var ids = (await AllAsync($"/api/gmail/messages?email={Email}", "messages")).ConvertAll(m => m.GetProperty("id").GetString()!);
        ids.Order(StringComparer.Ordinal).ShouldBe(Mailbox.Messages.Select(m => m.Id).Order(StringComparer.Ordinal));
        List<string> ran = [];
        await Eventually.UntilAsync(
            async () => (ran = (await AllAsync("/api/agents/tasks?", "tasks")).ConvertAll(t => t.GetProperty("message").GetProperty("subject").GetString()!)).Contains(last),
            "the rule ran on the last mail",
            TimeSpan.FromSeconds(60));
        marks.Check(ran);
        Gmail.Violations.ShouldBeEmpty();
        Gmail.ClearRequests();
    }

    /// <summary>A pass that was under way may fail of what went wrong before; the one after it must not.</summary>
    private async Task SyncedAsync()
    {
        var reply = await SendAsync("POST", $"/api/sync?provider=gmail&email={Email}");
        if (reply.Status != 200)
            reply = await SendAsync("POST", $"/api/sync?provider=gmail&email={Email}");
        reply.Status.ShouldBe(200, reply.Text);
    }

    private async Task<List<JsonElement>> AllAsync(string path, string name)
    {
        var all = new List<JsonElement>();
        while (true)
        {
            var page = await SendAsync("GET", string.Create(CultureInfo.InvariantCulture, $"{path}&limit=500&offset={all.Count}"));
            page.Status.ShouldBe(200, page.Text);
            all.AddRange(page.Result.GetProperty(name).EnumerateArray());
            if (page.Result.GetProperty(name).GetArrayLength() < 500)
                return all;
        }
    }

    private async Task SignInAsync()
    {
        var link = await SendAsync("POST", $"/api/gmail/auth/initiate?loginHint={Email}");
        link.Status.ShouldBe(200, link.Text);
        using var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var page = await browser.GetStringAsync(new Uri(link.Result.GetProperty("authUrl").GetString()!));
        var fields = Field().Matches(page).Select(m => new KeyValuePair<string, string>(m.Groups["name"].Value, WebUtility.HtmlDecode(m.Groups["value"].Value))).ToList();
        using var form = new FormUrlEncodedContent([.. fields, new("action", "allow")]);
        using var done = await browser.PostAsync(new Uri($"{Gmail.Url}/o/oauth2/v2/auth/consent"), form);
        done.StatusCode.ShouldBe(HttpStatusCode.OK, await done.Content.ReadAsStringAsync());
    }

    private async Task StartAsync()
    {
        Note("start");
        daemon = await DaemonProcess.StartAsync(
            directory,
            $"--Gmail:ClientId={GmailServer.ClientId}",
            $"--Gmail:ClientSecret={GmailServer.ClientSecret}",
            $"--Gmail:ApiBaseUrl={Gmail.Url}",
            $"--Gmail:AuthUrl={Gmail.AuthUrl}",
            $"--Gmail:TokenUrl={Gmail.TokenUrl}",
            $"--Gmail:UserInfoUrl={Gmail.UserInfoUrl}",
            $"--Gmail:RevokeUrl={Gmail.RevokeUrl}",
            "--Gmail:FirstPassByImap=false",
            "--Gmail:UnitsPerMinute=1000000",
            "--Imap:AllowPrivateHosts=true",
            "--Sync:IntervalSeconds=5");
        client = daemon.NewClient();
    }

    private async Task StopAsync(bool isKilled)
    {
        Note(isKilled ? "kill" : "stop");
        await daemon!.KillAsync();
        await daemon.DisposeAsync();
        client!.Dispose();
        daemon = null;
    }

    private Task<Reply> SendAsync(string method, string path, object? body = null) => DaemonApp.SendAsync(client!, method, path, body);

    private static byte[] Mail(string subject) => Encoding.UTF8.GetBytes(
        $"From: Ann <ann@random.test>\r\nTo: gina@gmail.sandbox.test\r\nDate: Tue, 1 Dec 2026 08:00:00 +0000\r\nSubject: {subject}\r\nMessage-ID: <{subject.Replace(' ', '-')}@random.test>\r\n\r\n文本 {subject}\r\n");

    /// <summary>Mostly one of the newest; drafts and what was sent are not for others to move.</summary>
    private GmailMessage? AnyMessage()
    {
        var messages = Mailbox.Messages.Where(m => !m.LabelIds.Contains("DRAFT") && !m.LabelIds.Contains("SENT")).ToList();
        return messages.Count == 0 ? null : messages[random.Next(3) == 0 ? random.Next(messages.Count) : random.Next(Math.Min(20, messages.Count))];
    }

    private T Any<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private void Note(string what)
    {
        log.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{step}: {what}"));
        if (log.Count > Told)
            log.Dequeue();
    }

    [GeneratedRegex("<input type=\"(?:hidden|radio|checkbox)\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"(?: checked)?>", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Field();
}
