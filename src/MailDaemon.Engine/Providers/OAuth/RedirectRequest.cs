using System.Net.Sockets;
using System.Text;

namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>The head of an HTTP request that came to a redirect listener: as much of it as a redirect needs.</summary>
/// <param name="Target">Path and query as they came.</param>
/// <param name="Host">Null when there is none, or more than one.</param>
internal sealed record RedirectRequest(string Method, string Target, string? Host)
{
    public const int MaxBytes = 16 * 1024;

    /// <summary>The path without the query.</summary>
    public string Path => Target.Split('?', 2)[0];

    /// <summary>Null when the head is too large, no HTTP, or the connection ended before it did.</summary>
    public static async Task<RedirectRequest?> ReadAsync(NetworkStream stream, CancellationToken ct)
    {
        var buffer = new byte[MaxBytes];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), ct);
            if (read == 0)
                return null;
            length += read;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
                return Parse(Encoding.Latin1.GetString(buffer, 0, end));
        }

        return null;
    }

    /// <summary>The fields of the query; null when a name comes twice (RFC 6749 §3.1) or it is none.</summary>
    public IReadOnlyDictionary<string, string>? Query()
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (Target.Split('?', 2) is [_, var query] ? query : "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            if (!fields.TryAdd(Decode(parts[0]), parts.Length == 2 ? Decode(parts[1]) : ""))
                return null;
        }

        return fields;
    }

    internal static RedirectRequest? Parse(string head)
    {
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [var method, ['/', ..] target, "HTTP/1.1" or "HTTP/1.0"])
            return null;
        var hosts = lines.Skip(1).Where(line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase)).Select(line => line["Host:".Length..].Trim()).ToList();
        return new RedirectRequest(method, target, hosts is [var host] ? host : null);
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
