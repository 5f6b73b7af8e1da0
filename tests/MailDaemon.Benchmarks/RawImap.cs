using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Benchmarks;

/// <summary>A bare cleartext IMAP session that reads as fast as bytes come and understands as little as it can.</summary>
internal sealed class RawImap : IAsyncDisposable
{
    private const string LastTag = "x7end";
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    private RawImap(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
        _reader = new StreamReader(_stream, Encoding.Latin1);
    }

    public static async Task<RawImap> ConnectAsync(int port, MailUser user, CancellationToken ct)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port, ct);
        var session = new RawImap(client);
        await session.CommandAsync($"LOGIN {user.Address} {user.Password}", ct);
        return session;
    }

    /// <summary>The physical floor of a first pass: the same items of all messages, pipelined, thrown away as they come.</summary>
    /// <returns>How long it took, and how many bytes came.</returns>
    public static async Task<(TimeSpan Took, long Bytes)> DrainAsync(int port, MailUser user, IEnumerable<string> folders, string items, CancellationToken ct)
    {
        var since = Stopwatch.GetTimestamp();
        await using var session = await ConnectAsync(port, user, ct);
        var commands = folders.SelectMany(folder => (string[])[$"a EXAMINE \"{ImapWire.ModifiedUtf7(folder)}\"\r\n", $"b FETCH 1:* ({items})\r\n"]);
        await session.SendAsync($"{string.Concat(commands)}{LastTag} NOOP\r\n", ct);
        var bytes = await session.DiscardAsync(ct);
        return (Stopwatch.GetElapsedTime(since), bytes);
    }

    /// <summary>Selects the inbox and begins to idle; <see cref="ExistsAsync"/> tells what comes.</summary>
    public async Task IdleAsync(CancellationToken ct)
    {
        await CommandAsync("SELECT INBOX", ct);
        await SendAsync("a IDLE\r\n", ct);
        while (await LineAsync(ct) is not ['+', ..])
        {
            // What the folder has to say first.
        }
    }

    /// <summary>The moment (<see cref="Stopwatch"/>) at which the server tells of new mail.</summary>
    public async Task<long> ExistsAsync(CancellationToken ct)
    {
        while (!(await LineAsync(ct)).EndsWith(" EXISTS", StringComparison.Ordinal))
        {
            // RECENT, or "still here".
        }

        return Stopwatch.GetTimestamp();
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task CommandAsync(string command, CancellationToken ct)
    {
        await SendAsync($"a {command}\r\n", ct);
        string line;
        do line = await LineAsync(ct);
        while (!line.StartsWith("a ", StringComparison.Ordinal));
        if (!line.StartsWith("a OK", StringComparison.Ordinal)) throw new InvalidOperationException(line);
    }

    // The server is silent after the last reply, so that it can only be at the end of what has come.
    private async Task<long> DiscardAsync(CancellationToken ct)
    {
        var last = Encoding.ASCII.GetBytes($"\n{LastTag} OK");
        var buffer = new byte[256 * 1024];
        var kept = 0;
        for (var total = 0L; ;)
        {
            var read = await _stream.ReadAsync(buffer.AsMemory(kept), ct);
            if (read == 0) throw new EndOfStreamException("the server closed the session");
            total += read;
            var end = buffer.AsSpan(0, kept + read);
            end = end[^Math.Min(end.Length, 200)..];
            if (end[^1] == (byte)'\n' && end.IndexOf(last) >= 0) return total;
            end.CopyTo(buffer);
            kept = end.Length;
        }
    }

    private Task SendAsync(string text, CancellationToken ct) => _stream.WriteAsync(Encoding.ASCII.GetBytes(text), ct).AsTask();

    private async Task<string> LineAsync(CancellationToken ct) =>
        await _reader.ReadLineAsync(ct) ?? throw new EndOfStreamException("the server closed the session");
}
