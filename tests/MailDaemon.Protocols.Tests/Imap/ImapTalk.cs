using System.Text;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Tests.Net;

namespace MailDaemon.Protocols.Tests.Imap;

/// <summary>A client in talk with a scripted server, or reading canned bytes.</summary>
internal static class ImapTalk
{
    /// <summary>Connects without authentication (PREAUTH), then plays the dialogue. Tags are A1, A2, …</summary>
    public static async Task PlayAsync(string capabilities, string dialogue, Func<ImapClient, Task> act, ImapLimits? limits = null)
    {
        await using var server = ScriptedServer.Dialogue($"S: * PREAUTH [CAPABILITY IMAP4rev1 {capabilities}] ready\n" + dialogue);
        await using (var client = await ImapClient.ConnectAsync(server.Endpoint(), new WireOptions { IdleTimeout = TimeSpan.FromSeconds(10) }, limits, default))
        {
            await act(client);
        }

        await server.PlayedAsync();
    }

    /// <summary>As <see cref="PlayAsync"/>, with INBOX open: five messages, the next UID 106. The first tag is A2.</summary>
    public static Task PlaySelectedAsync(string capabilities, string dialogue, Func<ImapClient, Task> act, ImapLimits? limits = null) => PlayAsync(
        capabilities,
        """
        C: A1 SELECT INBOX
        S: * 5 EXISTS
        S: * OK [UIDVALIDITY 7] ok
        S: * OK [UIDNEXT 106] ok
        S: A1 OK [READ-WRITE] done

        """ + dialogue,
        async client =>
        {
            await client.SelectAsync("INBOX", new SelectOptions(), default);
            await act(client);
        },
        limits);

    /// <summary>A reader over canned bytes (Latin-1).</summary>
    public static ImapReader Reader(string text, ImapLimits? limits = null, bool isByteByByte = false)
    {
        limits ??= new ImapLimits();
        Stream stream = new BufferStream(Encoding.Latin1.GetBytes(text));
        return new ImapReader(Wire(isByteByByte ? new ByteByByteStream(stream) : stream, limits), limits);
    }

    public static WireStream Wire(Stream stream, ImapLimits limits) =>
        new(stream, new WireEndpoint("test", 143, WireSecurity.None), new WireOptions { MaxLineBytes = limits.MaxLineBytes });

    /// <summary>The one reply that the text is.</summary>
    public static async Task<ImapReply> ReplyAsync(string text, ImapLimits? limits = null) => await Reader(text, limits).ReadAsync(default);

    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source)
        {
            list.Add(item);
        }

        return list;
    }
}
