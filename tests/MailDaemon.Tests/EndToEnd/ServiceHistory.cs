using System.Globalization;
using System.Text;
using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// Random things in any order over a mailbox of a service that the sandbox stands in for: another client and the API change it, the service
/// refuses and forgets, and the daemon is killed and starts again, in its first pass too. Now and then all is quiet, and then cache and service
/// must agree. What happens follows from the seed; how it meets the daemon's passes does not.
/// </summary>
internal abstract class ServiceHistory(string provider, string directory, int seed) : IAsyncDisposable
{
    private const int QuietEvery = 100;
    private const int Told = 60;

    /// <summary>What an action may come to on a message that somebody else changed or deleted meanwhile, at a service that fails now and then.</summary>
    private static readonly int[] Expected = [200, 201, 202, 404, 409, 502, 503];

    private readonly Queue<string> log = new();
    private readonly ArrivalMarks marks = new();
    private readonly List<string> drafts = [];
    private DaemonProcess? daemon;
    private HttpClient? client;
    private int step;
    private int names;

    protected Random Random { get; } = new(seed);

    protected ArrivalMarks Marks => marks;

    protected abstract string Email { get; }

    /// <summary>How the daemon is told where the service is.</summary>
    protected abstract IReadOnlyList<string> Arguments { get; }

    /// <summary>The ids of all messages that the service has.</summary>
    protected abstract IEnumerable<string> Ids { get; }

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

    /// <summary>Puts mail into the mailbox that was there before the account.</summary>
    protected abstract void Fill();

    /// <summary>Makes the first pass take so long that it can be cut off.</summary>
    protected abstract void Slow();

    /// <summary>Nothing goes wrong any more.</summary>
    protected abstract void Calm();

    protected abstract Task SignInAsync();

    protected abstract Task StepAsync();

    /// <summary>Another client does something to a message.</summary>
    protected abstract void Elsewhere();

    /// <returns>The id of the mail that came.</returns>
    protected abstract string Deliver(byte[] mail);

    protected abstract void ShouldBeWithinContract();

    protected abstract string DraftPath(string id);

    protected void Deliver(bool isInFirstPass)
    {
        var subject = NewName("mail");
        var id = Deliver(Mail(subject));
        marks.Born(id, subject, isInFirstPass);
        Note($"deliver {id} {subject}");
    }

    /// <summary>Calls the API, and kills the daemon over it if that is wanted.</summary>
    protected async Task ActAsync(string name, Func<Task<Reply>> call, bool isKilled)
    {
        Note($"api {name}{(isKilled ? ", killed" : "")}");
        if (isKilled)
            await KillDuringAsync(call);
        else if (await call() is var reply)
            reply.Status.ShouldBeOneOf(Expected, $"{name}: {reply.Text}");
    }

    protected async Task<Reply> DraftAsync()
    {
        var made = await SendAsync("POST", $"/api/{provider}/drafts", new { email = Email, to = "tom@sandbox.test", subject = NewName("draft"), body = "text" });
        if (made.Status == 201)
            drafts.Add(made.Result.GetProperty("id").GetString()!);
        return made;
    }

    protected async Task<Reply> ChangeDraftAsync()
    {
        if (drafts.Count == 0)
            return await DraftAsync();
        var id = Any(drafts);
        drafts.Remove(id);
        if (Random.Next(3) == 0)
            return await SendAsync("DELETE", With(DraftPath(id), $"email={Email}"));
        var changed = await SendAsync("PUT", DraftPath(id), new { email = Email, to = "tom@sandbox.test", subject = "changed", body = "other text" });
        if (changed.Status == 200)
            drafts.Add(changed.Result.GetProperty("id").GetString()!);
        return changed;
    }

    protected async Task KillDuringAsync(Func<Task<Reply>> call)
    {
        var reply = call();
        await Task.Delay(Random.Next(40));
        await StopAsync();
        await reply.ContinueWith(done => _ = done.Exception, TaskScheduler.Default);
        for (var i = Random.Next(4); i > 0; i--)
            Elsewhere();
        await StartAsync();
    }

    protected Task<Reply> SyncAsync() => SendAsync("POST", $"/api/sync?provider={provider}&email={Email}");

    protected Task<Reply> SendAsync(string method, string path, object? body = null) => DaemonApp.SendAsync(client!, method, path, body);

    protected T Any<T>(IReadOnlyList<T> choices) => choices[Random.Next(choices.Count)];

    protected string NewName(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind} {seed}-{++names}");

    protected void Note(string what)
    {
        log.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{step}: {what}"));
        if (log.Count > Told)
            log.Dequeue();
    }

    /// <summary>The first pass is cut off twice while mail arrives.</summary>
    private async Task BeginAsync()
    {
        Fill();
        await StartAsync();
        (await SendAsync("POST", "/api/rules", new { name = "every mail", matchAll = true, actions = new[] { new { type = "agent_handle", value = "history" } } })).Status.ShouldBe(201);
        Slow();
        await SignInAsync();
        for (var i = 0; i < 2; i++)
        {
            await Task.Delay(Random.Next(150));
            await StopAsync();

            // What arrives before the first pass has begun is old.
            Deliver(isInFirstPass: true);
            await StartAsync();
        }

        Calm();
        await SyncedAsync();
        await QuietAsync();
    }

    /// <summary>One pass, and the cache has what the service has; whatever waited for rules has had them.</summary>
    private async Task QuietAsync()
    {
        Note("quiet");
        Calm();
        var last = NewName("mail");
        marks.Born(Deliver(Mail(last)), last, isInFirstPass: false);
        await SyncedAsync();
        var proof = await SendAsync("GET", $"/api/sync/verify?provider={provider}&email={Email}");
        proof.Status.ShouldBe(200, proof.Text);
        proof.Result.GetProperty("differences").GetArrayLength().ShouldBe(0, proof.Text);
        proof.Result.GetProperty("verified").GetBoolean().ShouldBeTrue(proof.Text);
        var listed = await AllAsync($"/api/{provider}/messages?email={Email}", "messages");
        listed.Select(m => m.GetProperty("id").GetString()!).Order(StringComparer.Ordinal).ShouldBe(Ids.Order(StringComparer.Ordinal));
        marks.CheckKeys([.. listed.Select(m => (m.GetProperty("key").GetString()!, m.GetProperty("subject").GetString()!))]);
        List<string> ran = [];
        await Eventually.UntilAsync(
            async () => (ran = (await AllAsync("/api/agents/tasks?", "tasks")).ConvertAll(t => t.GetProperty("message").GetProperty("subject").GetString()!)).Contains(last),
            "the rule ran on the last mail",
            TimeSpan.FromSeconds(60));
        marks.Check(ran);
        ShouldBeWithinContract();
    }

    /// <summary>A pass that was under way may fail of what went wrong before; the one after it must not.</summary>
    private async Task SyncedAsync()
    {
        var reply = await SyncAsync();
        if (reply.Status != 200)
            reply = await SyncAsync();
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

    private async Task StartAsync()
    {
        Note("start");
        daemon = await DaemonProcess.StartAsync(directory, [.. Arguments, "--Imap:AllowPrivateHosts=true", "--Sync:IntervalSeconds=5"]);
        client = daemon.NewClient();
    }

    private async Task StopAsync()
    {
        Note("kill");
        await daemon!.KillAsync();
        await daemon.DisposeAsync();
        client!.Dispose();
        daemon = null;
    }

    private static string With(string path, string query) => path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + query;

    private byte[] Mail(string subject) => Encoding.UTF8.GetBytes(
        $"From: Ann <ann@random.test>\r\nTo: {Email}\r\nDate: Tue, 1 Dec 2026 08:00:00 +0000\r\nSubject: {subject}\r\nMessage-ID: <{subject.Replace(' ', '-')}@random.test>\r\n\r\n文本 {subject}\r\n");
}
