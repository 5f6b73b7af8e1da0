using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Sandbox;

namespace MailDaemon.Protocols.Tests.Sandbox;

/// <summary>A dialogue line by line, so that a test shows what goes over the wire.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly WireStream wire;
    private int lastTag;

    private RawClient(WireStream wire, string greeting)
    {
        this.wire = wire;
        Greeting = greeting;
    }

    public string Greeting { get; }

    /// <summary>The tag of the next command.</summary>
    public string NextTag => $"t{lastTag + 1}";

    public static async Task<RawClient> ConnectAsync(SandboxServers servers, int port, WireSecurity security = WireSecurity.Tls, bool withGreeting = true)
    {
        var options = new WireOptions { TrustedCertificates = [X509Certificate2.CreateFromPem(servers.CaPem)], IdleTimeout = TimeSpan.FromSeconds(30) };
        var stream = await WireStream.ConnectAsync(new WireEndpoint("127.0.0.1", port, security), options, CancellationToken.None);
        var client = new RawClient(stream, "");
        return withGreeting ? new RawClient(stream, await client.ReadLineAsync()) : client;
    }

    /// <summary>Logged in to IMAP as the owner of the sample mailbox.</summary>
    public static async Task<RawClient> ImapAsync(SandboxServers servers, string? folder = null, string user = "lina@sandbox.test")
    {
        var client = await ConnectAsync(servers, servers.ImapPort);
        (await client.CommandAsync($"LOGIN {user} sandbox")).Last().ShouldStartWith("OK ");
        if (folder is not null)
        {
            (await client.CommandAsync($"SELECT {folder}")).Last().ShouldStartWith("OK ");
        }

        return client;
    }

    /// <summary>Logged in to SMTP.</summary>
    public static async Task<RawClient> SmtpAsync(SandboxServers servers)
    {
        var client = await ConnectAsync(servers, servers.SmtpPort);
        await client.SmtpCommandAsync("EHLO test");
        (await client.SmtpCommandAsync("AUTH PLAIN " + Convert.ToBase64String("\0lina@sandbox.test\0sandbox"u8))).ShouldBe("235 2.7.0 Logged in");
        return client;
    }

    public Task UpgradeToTlsAsync() => wire.UpgradeToTlsAsync(CancellationToken.None);

    public async Task SendAsync(string text)
    {
        await wire.WriteAsync(Encoding.UTF8.GetBytes(text), CancellationToken.None);
        await wire.FlushAsync(CancellationToken.None);
    }

    /// <summary>A line without its end; literals and what follows them are part of it.</summary>
    public async Task<string> ReadLineAsync()
    {
        var text = new StringBuilder();
        while (true)
        {
            var line = Encoding.UTF8.GetString((await wire.ReadLineAsync(CancellationToken.None)).Span);
            text.Append(line);
            var open = line.EndsWith('}') ? line.LastIndexOf('{') : -1;
            if (open < 0)
            {
                return text.ToString();
            }

            var literal = new byte[int.Parse(line[(open + 1)..^1])];
            await wire.ReadExactlyAsync(literal, CancellationToken.None);
            text.Append("\r\n").Append(Encoding.UTF8.GetString(literal));
        }
    }

    /// <summary>Sends an IMAP command and returns the untagged lines without their star, and last the tagged one without its tag.</summary>
    public async Task<List<string>> CommandAsync(string command)
    {
        var tag = $"t{++lastTag}";
        await SendAsync($"{tag} {command}\r\n");
        return await ReadReplyAsync(tag);
    }

    public async Task<List<string>> ReadReplyAsync(string? tag = null)
    {
        tag ??= $"t{lastTag}";
        var lines = new List<string>();
        while (true)
        {
            var line = await ReadLineAsync();
            if (line.StartsWith(tag + " ", StringComparison.Ordinal))
            {
                lines.Add(line[(tag.Length + 1)..]);
                return lines;
            }

            lines.Add(line.StartsWith("* ", StringComparison.Ordinal) ? line[2..] : line);
        }
    }

    /// <summary>Sends an IMAP command that ends with a literal the server has to ask for.</summary>
    public async Task<List<string>> CommandAsync(string command, string literal)
    {
        var tag = $"t{++lastTag}";
        await SendAsync($"{tag} {command} {{{Encoding.UTF8.GetByteCount(literal)}}}\r\n");
        (await ReadLineAsync()).ShouldStartWith("+ ");
        await SendAsync(literal + "\r\n");
        return await ReadReplyAsync(tag);
    }

    /// <summary>Sends an SMTP command and returns the reply, its lines joined by LF.</summary>
    public async Task<string> SmtpCommandAsync(string command)
    {
        await SendAsync(command + "\r\n");
        return await ReadSmtpReplyAsync();
    }

    public async Task<string> ReadSmtpReplyAsync()
    {
        var lines = new List<string>();
        do
        {
            lines.Add(await ReadLineAsync());
        }
        while (lines[^1].Length > 3 && lines[^1][3] == '-');

        return string.Join('\n', lines);
    }

    /// <summary>As many bytes as these, one character each.</summary>
    public async Task<string> ReadBytesAsync(int count)
    {
        var bytes = new byte[count];
        await wire.ReadExactlyAsync(bytes, CancellationToken.None);
        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>Everything the server still sends until it closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var one = new byte[1];
        try
        {
            while (true)
            {
                await wire.ReadExactlyAsync(one, CancellationToken.None);
                text.Append((char)one[0]);
            }
        }
        catch (WireException e) when (e.Fault == WireFault.Closed)
        {
            return text.ToString();
        }
    }

    public ValueTask DisposeAsync() => wire.DisposeAsync();
}
