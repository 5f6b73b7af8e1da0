using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace MailDaemon.Tests.Support;

/// <summary>HTTP/1.1 written by hand, for what no client library would send.</summary>
public static class RawHttp
{
    /// <param name="request">Request line and headers, lines ended by LF or CRLF; <c>Connection: close</c> is added.</param>
    public static async Task<Reply> SendAsync(DaemonApp app, string request, string body = "")
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, app.Port);
        await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, app.Trusts);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        });
        var head = request.ReplaceLineEndings("\n").TrimEnd('\n').Replace("\n", "\r\n", StringComparison.Ordinal);
        await tls.WriteAsync(Encoding.UTF8.GetBytes($"{head}\r\nConnection: close\r\n\r\n{body}"));
        return Parse(await ReadAsync(tls));
    }

    // To the end of the reply, not of the connection: that one is cut when a body is refused that nobody read.
    private static async Task<string> ReadAsync(Stream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer)) > 0)
        {
            bytes.AddRange(buffer.AsSpan(0, count));
            var text = Encoding.UTF8.GetString([.. bytes]);
            var border = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (border < 0 || Parse(text).Headers.GetValueOrDefault("content-length") is not { } length)
                continue;
            if (Encoding.UTF8.GetByteCount(text.AsSpan(border + 4)) >= int.Parse(length, CultureInfo.InvariantCulture))
                return text;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static Reply Parse(string text)
    {
        var border = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = text[..border].Split("\r\n");
        var headers = lines.Skip(1)
            .Select(l => l.Split(": ", 2))
            .ToDictionary(p => p[0].ToLowerInvariant(), p => p[^1], StringComparer.OrdinalIgnoreCase);
        return new Reply(int.Parse(lines[0].Split(' ')[1]), text[(border + 4)..], headers);
    }
}
