using System.Globalization;
using System.Text;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Engine.Sync;
using MailDaemon.Protocols.Imap;
using MailDaemon.Sandbox.Imap;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sync.Faults;

/// <summary>How much a server can say of changes.</summary>
public enum ServerKind
{
    Modern,
    WithoutVanished,
    Old,
}

/// <summary>
/// An account on a server that is made to fail, and what must hold: cached reads answer while it lasts, and once it is over the cache has
/// what the server has, under the same keys, and rules wait for each message that arrived, once.
/// </summary>
public sealed class FaultyServer : IAsyncDisposable
{
    private const string Star = "\\Flagged";

    private readonly EngineFixture engine;
    private readonly Dictionary<string, string> keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> arrived = new(StringComparer.Ordinal);
    private int delivered;

    private FaultyServer(EngineFixture engine) => this.engine = engine;

    public EngineFixture Engine => engine;

    public Sandbox.Imap.ImapFaults Faults => engine.Servers.ImapFaults;

    public MailUser User => engine.Servers.World.Users[0];

    public MailFolder Inbox => User.Inbox;

    public MailCache Cache => engine.Get<MailCaches>().Open(engine.Account);

    private SyncPasses Passes => engine.Get<SyncPasses>();

    /// <summary>Servers with an account whose first pass is still to come.</summary>
    public static async Task<FaultyServer> StartAsync(ServerKind kind = ServerKind.Modern, int patienceSeconds = 30) =>
        new(await EngineFixture.StartAsync(OptionsOf(kind), patienceSeconds));

    /// <summary>The same with some mail that has been read.</summary>
    public static async Task<FaultyServer> StartReadAsync(ServerKind kind = ServerKind.Modern, int messages = 3, int patienceSeconds = 30)
    {
        var server = await StartAsync(kind, patienceSeconds);
        server.Fill(server.Inbox, messages);
        await server.ShouldHealAsync();
        return server;
    }

    /// <summary>Mail that is there before the account is: rules never run on it.</summary>
    public void Fill(MailFolder folder, int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            folder.Append(Mail(Next()), internalDate: engine.Clock.GetUtcNow().AddYears(-1));
        }
    }

    /// <summary>A folder of other mail in place of the one of that name.</summary>
    public MailFolder MakeAnew(string name, int messages)
    {
        if (User.Find(name) is not null)
        {
            User.DeleteFolder(name);
        }

        var folder = User.CreateFolder(name);
        Fill(folder, messages);
        return folder;
    }

    /// <summary>New mail in the inbox; its UID.</summary>
    public uint Deliver()
    {
        var id = Next();
        arrived.Add(id);
        return Inbox.Append(Mail(id), internalDate: engine.Clock.GetUtcNow()).Uid;
    }

    /// <summary>Odd mail, which answers for nothing but that it is there; of the copies rules see one.</summary>
    public void InjectMail(byte[] raw, int copies)
    {
        for (var i = 0; i < copies; i++)
        {
            Inbox.Append(raw, internalDate: engine.Clock.GetUtcNow());
        }
    }

    /// <summary>Rules run on what awaits them: it must not await them again.</summary>
    public async Task RunRulesAsync()
    {
        await Cache.MarkRulesDoneAsync([.. Cache.AwaitingItems(int.MaxValue).Select(m => m.Key)], CancellationToken.None);
        arrived.Clear();
    }

    /// <summary>A change of the flags that the next pass has to find.</summary>
    public void ToggleStar(uint uid) => Inbox.ChangeFlags([uid], flags => flags.SymmetricExcept([Star]));

    /// <summary>One more pass, as the timer's, when what failed before has had its rest; the code of its failure, null when it went well.</summary>
    public async Task<string?> PassAsync()
    {
        engine.Clock.Advance(TimeSpan.FromMinutes(9));
        try
        {
            await Passes.RunAsync(engine.Account, CancellationToken.None);
            return null;
        }
        catch (MailException e)
        {
            return e.Code;
        }
        finally
        {
            ShouldAnswer();
        }
    }

    /// <summary>The same over connections of its own.</summary>
    public async Task<string?> PassAnewAsync()
    {
        await engine.Get<MailProviders>().ForgetAsync(engine.Account);
        return await PassAsync();
    }

    /// <summary>All faults are over: two polls later the cache is the server's true copy.</summary>
    public async Task ShouldHealAsync(string? after = null)
    {
        Faults.Reset();
        (await PassAsync()).ShouldBeNull(after);
        (await PassAsync()).ShouldBeNull(after);
        foreach (var folder in User.Folders.Where(f => f.IsSelectable))
        {
            ShouldHave(folder, after);
        }

        var proof = await VerifyAsync();
        proof.Differences.ShouldBeEmpty(after);
        (proof.Verified, proof.IsComplete).ShouldBe((true, true), after);
        Cache.AwaitingItems(int.MaxValue).Select(m => m.InternetMessageId).Where(IsOurs).ShouldBe(Present().Where(arrived.Contains), ignoreOrder: true, after);
    }

    /// <summary>The cached reads, which ask no server: none fails, and every message has the key it had before.</summary>
    public void ShouldAnswer()
    {
        Cache.Folders();
        var listed = Cache.List(new MessageQuery { Limit = MessageQuery.MostItems }).Messages;
        foreach (var copies in listed.Where(m => IsOurs(m.InternetMessageId)).ToLookup(m => m.InternetMessageId!, m => m.Key, StringComparer.Ordinal))
        {
            keys.TryAdd(copies.Key, copies.First());
            copies.ShouldContain(keys[copies.Key]);
            Cache.Find(copies.First()).ShouldNotBeNull();
        }
    }

    public async Task<SyncProof> VerifyAsync()
    {
        var verify = engine.Get<SyncVerify>().RunAsync(engine.Get<AccountStore>().Get(engine.Account), CancellationToken.None);
        while (!verify.IsCompleted)
        {
            await Task.WhenAny(verify, engine.Clock.UntilArmedAsync(1, CancellationToken.None));
            engine.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        return await verify;
    }

    /// <summary>As after a start anew: nothing is known of the server but what the cache says.</summary>
    public Task ForgetConnectionsAsync() => engine.Get<MailProviders>().ForgetAsync(engine.Account);

    /// <summary>Marks a message as read, as a route does.</summary>
    public Task SetSeenAsync(string folder, uint uid)
    {
        var account = engine.Get<AccountStore>().Get(engine.Account);
        return engine.Get<MailProviders>().For(account).SetFlagsAsync(
            [new RemoteRef(folder, uid.ToString(CultureInfo.InvariantCulture), null, Cache.Cursor(folder))], MailDaemon.Engine.Messages.MessageFlags.Read, default, CancellationToken.None);
    }

    /// <summary>Another client of the same account.</summary>
    internal Task<ImapClient> ConnectAsync() =>
        engine.Get<ImapConnector>().OpenImapAsync(engine.Get<AccountStore>().Get(engine.Account), new MailboxNames(), CancellationToken.None);

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private static bool IsOurs(string? id) => id?.EndsWith("@fault.test>", StringComparison.Ordinal) == true;

    private static ImapServerOptions OptionsOf(ServerKind kind) => kind switch
    {
        ServerKind.Modern => new ImapServerOptions(),
        ServerKind.WithoutVanished => new ImapServerOptions().Without("QRESYNC"),
        _ => new ImapServerOptions().Without("CONDSTORE", "QRESYNC", "ESEARCH", "OBJECTID", "LIST-STATUS"),
    };

    private static byte[] Mail(string id) => Encoding.ASCII.GetBytes(
        $"From: Ann <ann@fault.test>\r\nTo: lina@sandbox.test\r\nSubject: about {id}\r\nMessage-ID: {id}\r\nDate: Mon, 05 Jan 2026 08:00:00 +0000\r\n\r\nThe text of {id}\r\n");

    private string Next() => string.Create(CultureInfo.InvariantCulture, $"<{delivered++}@fault.test>");

    /// <summary>The Message-IDs of what was filled in or delivered and is in any folder now.</summary>
    private IEnumerable<string> Present()
    {
        foreach (var message in User.Folders.SelectMany(f => f.Messages))
        {
            var raw = message.Raw.Span;
            var start = raw.IndexOf("Message-ID: "u8) + 12;
            yield return start < 12 ? "" : Encoding.ASCII.GetString(raw.Slice(start, Math.Max(0, raw[start..].IndexOf((byte)'\r'))));
        }
    }

    private void ShouldHave(MailFolder folder, string? after)
    {
        var cached = new List<MessageItem>();
        MessagePage page;
        do
        {
            page = Cache.List(new MessageQuery { Folder = folder.Path, Limit = MessageQuery.MostItems, Offset = cached.Count });
            cached.AddRange(page.Messages);
        }
        while (page.Messages.Count == MessageQuery.MostItems);

        cached.Select(m => m.Uid).Order().ShouldBe(folder.Messages.Select(m => (long?)m.Uid), $"{after} in {folder.Path}");
        cached.Select(m => m.Key).Distinct(StringComparer.Ordinal).Count().ShouldBe(cached.Count);
        foreach (var message in cached.Where(m => IsOurs(m.InternetMessageId)))
        {
            message.Subject.ShouldBe($"about {message.InternetMessageId}", after);
            Cache.ReadContent(message.Key)!.Text.Trim().ShouldBe($"The text of {message.InternetMessageId}", after);
        }
    }
}
