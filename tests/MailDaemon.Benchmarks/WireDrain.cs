using System.Diagnostics;
using System.Text;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Benchmarks;

/// <summary>The physical floor of a first pass: asks for the same items of all messages in one go and throws away what comes.</summary>
internal static class WireDrain
{
    private const string LastTag = "x7end";
    private const int TailLength = 200;

    /// <returns>How long it took from connecting on, and how many bytes came.</returns>
    public static async Task<(TimeSpan Took, long Bytes)> RunAsync(MailTransport server, MailUser user, IEnumerable<string> folders, string items, CancellationToken ct)
    {
        var since = Stopwatch.GetTimestamp();
        await using var stream = await server.ConnectAsync(ct);
        var fetches = folders.Select(folder => $"a EXAMINE \"{ImapWire.ModifiedUtf7(folder)}\"\r\nb FETCH 1:* ({items})\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"l LOGIN {user.Address} {user.Password}\r\n{string.Concat(fetches)}{LastTag} NOOP\r\n"), ct);
        var bytes = await DiscardAsync(stream, ct);
        return (Stopwatch.GetElapsedTime(since), bytes);
    }

    // The server is silent after the last reply: it can only be at the end of what has come.
    private static async Task<long> DiscardAsync(Stream stream, CancellationToken ct)
    {
        var last = Encoding.ASCII.GetBytes($"\n{LastTag} OK");
        var buffer = new byte[256 * 1024];
        var kept = 0;
        for (var total = 0L; ;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(kept), ct);
            if (read == 0) throw new EndOfStreamException("the server closed the session");
            total += read;
            var filled = kept + read;
            kept = Math.Min(filled, TailLength);
            var tail = buffer.AsSpan(filled - kept, kept);
            if (tail[^1] == (byte)'\n' && tail.IndexOf(last) >= 0) return total;
            tail.CopyTo(buffer);
        }
    }
}
