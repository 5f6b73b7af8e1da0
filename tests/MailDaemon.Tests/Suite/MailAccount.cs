using System.Text;
using System.Text.Json;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Smtp;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>
/// An account of one provider in a daemon of its own, the first pass over the sample mailbox done, and the server behind it. Abstract: what a
/// server has of a message and how a route names one is different at each provider; the tests of this folder know nothing else of it.
/// </summary>
public abstract class MailAccount : IAsyncLifetime
{
    private int received;

    /// <summary>The word of the provider in routes.</summary>
    public abstract string Provider { get; }

    public abstract string Email { get; }

    public abstract DaemonApp App { get; }

    public abstract SandboxServers Servers { get; }

    /// <summary>Members of list items that this provider alone has.</summary>
    public abstract IReadOnlyList<string> OwnMembers { get; }

    /// <summary>What the server calls the inbox.</summary>
    public virtual string InboxPath => "INBOX";

    /// <summary>Whether attachments have ids of the server's own; else they are counted from 0.</summary>
    public virtual bool HasOwnAttachmentIds => false;

    /// <summary>All messages that the server has now.</summary>
    public abstract IReadOnlyList<ServerMail> ServerMails { get; }

    /// <summary>Mail that goes out, oldest first.</summary>
    public IReadOnlyList<AcceptedMail> Sent => Servers.Accepted;

    protected static (string Key, string? Value)[] Settings { get; } = [("Okki:RequestsPerSecond", "1000")];

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>New mail comes into the inbox, unread.</summary>
    public abstract void Deliver(byte[] raw);

    /// <summary>Another client of the mailbox removes a message for good.</summary>
    public abstract void Remove(JsonElement item);

    /// <summary>The route of a message.</summary>
    /// <param name="id">An id of the provider or a key.</param>
    /// <param name="query">Further parameters, as <c>a=b&amp;c=d</c>.</param>
    public virtual string MessagePath(string id, string? action = null, string query = "") =>
        $"/api/{Provider}/messages/{Uri.EscapeDataString(id)}{(action is null ? "" : "/" + action)}{(query.Length > 0 ? "?" + query : "")}";

    /// <summary>The route of a draft.</summary>
    public virtual string DraftPath(string id, string? action = null, string query = "") =>
        $"/api/{Provider}/drafts/{Uri.EscapeDataString(id)}{(action is null ? "" : "/" + action)}{(query.Length > 0 ? "?" + query : "")}";

    /// <summary>The route that reads a draft.</summary>
    public virtual string ReadDraftPath(string id) => DraftPath(id);

    /// <summary>The route that replies to a message.</summary>
    public virtual string ReplyPath(string key) => $"/api/{Provider}/reply?key={key}";

    /// <summary>Brings everything that the server has now into the cache.</summary>
    public async Task SyncAsync()
    {
        var synced = await App.PostAsync($"/api/sync?provider={Provider}&email={Email}");
        synced.Status.ShouldBe(200, synced.Text);
    }

    /// <summary>The list items of a folder, the newest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string? folder = null, string filter = "")
    {
        var list = await App.GetAsync($"/api/{Provider}/messages?email={Email}&limit=500{(folder is null ? "" : $"&folder={folder}")}{filter}");
        list.Status.ShouldBe(200, list.Text);
        return [.. list.Result.GetProperty("messages").EnumerateArray()];
    }

    /// <summary>The list item of the newest message with this subject.</summary>
    public async Task<JsonElement> FindAsync(string subject, string? folder = null) => (await ListAsync(folder)).First(item => item.String("subject") == subject);

    /// <summary>The detail of a message.</summary>
    public async Task<JsonElement> ReadAsync(string key)
    {
        var detail = await App.GetAsync(MessagePath(key));
        detail.Status.ShouldBe(200, detail.Text);
        return detail.Result;
    }

    /// <summary>Delivers a mail, brings it into the cache and returns its list item.</summary>
    /// <param name="fields">Further header lines, each with its line end.</param>
    public async Task<JsonElement> ReceiveAsync(string subject, string text = "text", string from = "Tom <tom@sandbox.test>", string fields = "")
    {
        var sender = Encoding.UTF8.GetByteCount(from) == from.Length ? from : $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(from[..from.IndexOf('<', StringComparison.Ordinal)].Trim()))}?= {from[from.IndexOf('<', StringComparison.Ordinal)..]}";
        var to = fields.Contains("To: ", StringComparison.Ordinal) ? "" : $"To: {Email}\r\n";
        var type = fields.Contains("Content-Type: ", StringComparison.Ordinal) ? "" : "Content-Type: text/plain; charset=utf-8\r\n";
        var id = $"<suite{++received}@suite.test>";
        Deliver(Encoding.UTF8.GetBytes($"From: {sender}\r\n{to}Subject: =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(subject))}?=\r\n"
            + $"Message-ID: {id}\r\nDate: Mon, 5 Jan 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n{type}{fields}\r\n{text}\r\n"));
        await SyncAsync();
        return (await ListAsync()).Single(item => item.String("internetMessageId") == id);
    }

    /// <summary>What the server has of a message.</summary>
    public ServerMail OnServer(JsonElement item) => ServerMails.Where(mail => mail.MessageId == item.String("internetMessageId")).ShouldHaveSingleItem();

    /// <summary>Waits until the words of all messages can be searched.</summary>
    public Task IndexedAsync() => Eventually.UntilAsync(
        async () => (await App.GetAsync($"/api/sync-status?provider={Provider}&email={Email}")).Result.GetProperty("index") is var index
            && index.GetProperty("done").GetInt32() == index.GetProperty("total").GetInt32(),
        "all is indexed");

    /// <summary>The cache has what the server has.</summary>
    public virtual async Task ShouldBeVerifiedAsync()
    {
        await SyncAsync();
        var proof = await App.GetAsync($"/api/sync/verify?provider={Provider}&email={Email}");
        proof.Status.ShouldBe(200, proof.Text);
        proof.Result.GetProperty("differences").GetArrayLength().ShouldBe(0, proof.Text);
        proof.Result.GetProperty("verified").GetBoolean().ShouldBeTrue(proof.Text);
    }
}
