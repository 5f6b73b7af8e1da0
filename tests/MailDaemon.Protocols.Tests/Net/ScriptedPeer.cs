using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MailDaemon.Protocols.Tests.Net;

/// <summary>The server's end of a connection. Text is Latin-1, so that every byte can be said.</summary>
internal sealed class ScriptedPeer(TcpClient client) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public Stream Stream { get; set; } = client.GetStream();

    /// <summary>Says lines, each with its CRLF, in one packet.</summary>
    public Task SendAsync(params string[] lines) => SendRawAsync(string.Concat(lines.Select(l => l + "\r\n")));

    public async Task SendRawAsync(string text)
    {
        await Stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        await Stream.FlushAsync();
    }

    /// <summary>A line without its CRLF; null when the client has closed.</summary>
    public async Task<string?> ReadLineAsync()
    {
        var line = new StringBuilder();
        while (await ReadByteAsync() is { } b)
        {
            line.Append((char)b);
            if (b == '\n' && line.Length > 1 && line[^2] == '\r')
            {
                return line.ToString(0, line.Length - 2);
            }
        }

        return line.Length == 0 ? null : line.ToString();
    }

    public async Task ExpectAsync(string line)
    {
        try
        {
            (await ReadLineAsync()).ShouldBe(line);
        }
        catch
        {
            Close();
            throw;
        }
    }

    public async Task ExpectEndAsync() => (await ReadLineAsync()).ShouldBeNull();

    /// <summary>Everything up to and with the first CRLF.CRLF, byte for byte; null when the client closes before.</summary>
    public async Task<string?> ReadMessageAsync()
    {
        var text = new StringBuilder("\r\n");
        while (await ReadByteAsync() is { } b)
        {
            text.Append((char)b);
            if (b == '\n' && text.Length >= 5 && text.ToString(text.Length - 5, 5) == "\r\n.\r\n")
            {
                return text.ToString(2, text.Length - 2);
            }
        }

        return null;
    }

    public async Task StartTlsAsync(X509Certificate2 certificate)
    {
        var tls = new SslStream(Stream);

        // Offline: a server would itself fetch what its certificate names, to complete its chain.
        var context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context });
        Stream = tls;
    }

    public void Close() => client.Close();

    /// <summary>Says that nothing more comes, and then closes.</summary>
    public async Task ShutDownAsync()
    {
        client.Client.Shutdown(SocketShutdown.Send);
        await Stream.FlushAsync();
        client.Close();
    }

    /// <summary>Closes with a reset, as a crash or a firewall does.</summary>
    public void Abort() => client.Client.Close(0);

    public void Dispose() => client.Dispose();

    private async Task<byte?> ReadByteAsync()
    {
        var one = new byte[1];
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await Stream.ReadAsync(one, patience.Token) == 0 ? null : one[0];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
