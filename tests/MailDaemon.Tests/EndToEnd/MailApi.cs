using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>A message as the list shows it; of its fields those that these tests look at.</summary>
internal sealed record ListedMessage(
    string Id, string Key, string Subject, string Folder, string FolderPath, long Uid, bool IsRead, bool IsStarred, string? InternetMessageId)
{
    public static ListedMessage Of(JsonElement item) => new(
        item.GetProperty("id").GetString()!,
        item.GetProperty("key").GetString()!,
        item.GetProperty("subject").GetString()!,
        item.GetProperty("folder").GetString()!,
        item.GetProperty("folderPath").GetString()!,
        item.GetProperty("uid").GetInt64(),
        item.GetProperty("isRead").GetBoolean(),
        item.GetProperty("isStarred").GetBoolean(),
        item.GetProperty("internetMessageId").GetString());
}

/// <summary>A caller of the daemon's API who knows where the mail servers are.</summary>
internal sealed class MailApi(HttpClient client, DovecotServer dovecot, PostfixServer? postfix = null)
{
    /// <summary>How long a condition is waited for; it passes in a fraction of this on a machine that is not busy.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>The settings of a daemon that may speak to these servers. It looks for mail only when asked to.</summary>
    public static Dictionary<string, string?> Settings(DovecotServer dovecot) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["Imap:TrustedCertificates"] = dovecot.CaPemPath,
        ["Imap:AllowPrivateHosts"] = "true",
        ["Sync:IntervalSeconds"] = "86400",
        ["Sync:Idle"] = "false",
    };

    /// <summary>The same for a daemon in a process of its own.</summary>
    public static string[] Arguments(DovecotServer dovecot) => [.. Settings(dovecot).Select(s => $"--{s.Key}={s.Value}")];

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Reply> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    public Task<Reply> PutAsync(string path, object? body = null) => SendAsync(HttpMethod.Put, path, body);

    public Task<Reply> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    /// <summary>The body that adds an account; without a Postfix it can only receive.</summary>
    public object Account(MailUser user, int? imapPort = null, int? smtpPort = null, bool secure = true, string? password = null, bool? allowUnverifiedSmtp = null) => new
    {
        email = user.Address,
        password = password ?? user.Password,
        displayName = "张伟 Wei Zhang",
        imap = new { host = DovecotServer.Host, port = imapPort ?? (secure ? dovecot.ImapsPort : dovecot.ImapPort), secure },
        smtp = new { host = DovecotServer.Host, port = smtpPort ?? postfix?.SmtpsPort ?? ClosedPort(), secure = true },
        allowUnverifiedSmtp = allowUnverifiedSmtp ?? postfix is null,
    };

    /// <summary>Adds an account and waits until its first pass is over.</summary>
    public async Task AddAsync(MailUser user)
    {
        (await PostAsync("/api/imap/accounts", Account(user))).Status.ShouldBe(201);
        await SyncAsync(user);
    }

    /// <summary>Runs a pass to its end.</summary>
    public async Task<JsonElement> SyncAsync(MailUser user)
    {
        var reply = await PostAsync($"/api/sync?provider=imap&email={user.Address}");
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Result;
    }

    public async Task<JsonElement> StatusAsync(MailUser user)
    {
        var reply = await GetAsync($"/api/sync-status?provider=imap&email={user.Address}");
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Result;
    }

    /// <summary>The whole list of a folder, or of the account, page by page.</summary>
    public async Task<List<ListedMessage>> ListAsync(MailUser user, string? folder = null)
    {
        var all = new List<ListedMessage>();
        while (true)
        {
            var page = await PageAsync(user, folder, all.Count, 500);
            all.AddRange(page.GetProperty("messages").EnumerateArray().Select(ListedMessage.Of));
            if (page.GetProperty("messages").GetArrayLength() == 0 || all.Count >= page.GetProperty("total").GetInt32())
                return all;
        }
    }

    public async Task<JsonElement> PageAsync(MailUser user, string? folder = null, int offset = 0, int limit = 50)
    {
        var filter = folder is null ? "" : $"&folder={Uri.EscapeDataString(folder)}";
        var reply = await GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/imap/messages?email={user.Address}&offset={offset}&limit={limit}{filter}"));
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Result;
    }

    /// <summary>How many messages the cache has of a folder.</summary>
    public async Task<int> TotalAsync(MailUser user, string? folder = null) => (await PageAsync(user, folder, limit: 1)).GetProperty("total").GetInt32();

    /// <summary>The only message of a folder.</summary>
    public async Task<ListedMessage> SingleAsync(MailUser user, string folder) => (await ListAsync(user, folder)).ShouldHaveSingleItem();

    public async Task<JsonElement> DetailAsync(string key)
    {
        var reply = await GetAsync($"/api/imap/messages/{key}");
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Result;
    }

    /// <summary>Looks again and again until it is so; fails with the last answer when it never is.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isSo)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (isSo(seen))
                return seen;
            if (Stopwatch.GetElapsedTime(since) > Patience)
                throw new ShouldAssertException($"waited {Patience.TotalSeconds:0} s in vain; the last answer was {seen}");
            await Task.Delay(Glance);
        }
    }

    /// <summary>A port of this machine at which nobody listens.</summary>
    public static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<Reply> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return await DaemonApp.SendAsync(client, request);
    }
}
