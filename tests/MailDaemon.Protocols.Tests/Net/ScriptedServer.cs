using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Tests.Net;

/// <summary>A server on a free loopback port that plays a given part with the first client that connects.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task play;
    private TcpClient? client;

    private ScriptedServer(Func<ScriptedPeer, Task> script, X509Certificate2? certificate)
    {
        listener.Start();
        play = PlayAsync(script, certificate);
    }

    /// <param name="certificate">When given, TLS starts with the first byte.</param>
    public static ScriptedServer Start(Func<ScriptedPeer, Task> script, X509Certificate2? certificate = null) => new(script, certificate);

    /// <summary>
    /// Plays a dialogue: <c>S:</c> the server says, <c>C:</c> the client must say, <c>S: &lt;tls&gt;</c> TLS starts here,
    /// <c>S: &lt;close&gt;</c> the server closes. At its end the client must say nothing more.
    /// </summary>
    public static ScriptedServer Dialogue(string text, X509Certificate2? certificate = null) => Start(peer => PlayLinesAsync(peer, text, certificate));

    public WireEndpoint Endpoint(WireSecurity security = WireSecurity.None, string host = "127.0.0.1") =>
        new(host, ((IPEndPoint)listener.LocalEndpoint).Port, security);

    /// <summary>Waits for the end of the part and throws what went wrong in it.</summary>
    public Task PlayedAsync() => play.WaitAsync(TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        client?.Dispose();
        await play.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task PlayLinesAsync(ScriptedPeer peer, string text, X509Certificate2? certificate)
    {
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Where(l => l.Length > 0))
        {
            switch (line)
            {
                case "S: <tls>":
                    await peer.StartTlsAsync(certificate!);
                    break;
                case "S: <close>":
                    peer.Close();
                    return;
                case ['S', ':', .. var said]:
                    await peer.SendAsync(said.TrimStart());
                    break;
                case ['C', ':', .. var expected]:
                    await peer.ExpectAsync(expected.Length == 0 ? expected : expected[1..]);
                    break;
                default:
                    throw new ArgumentException($"Not a line of a dialogue: {line}", nameof(text));
            }
        }

        await peer.ExpectEndAsync();
    }

    private async Task PlayAsync(Func<ScriptedPeer, Task> script, X509Certificate2? certificate)
    {
        client = await listener.AcceptTcpClientAsync();
        client.NoDelay = true;
        using var peer = new ScriptedPeer(client);
        if (certificate is not null)
        {
            await peer.StartTlsAsync(certificate);
        }

        await script(peer);
    }
}
