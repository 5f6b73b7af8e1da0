using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MailDaemon.Tests.Peers;

/// <summary>One message to append; flags with spaces between, date null for now.</summary>
public sealed record ImapAppend(byte[] Message, string Flags = "", DateTimeOffset? InternalDate = null);

/// <summary>
/// A bare IMAP session over TLS that sends lines and returns lines. It shares no code with the client under test, and knows only what
/// the fixtures need.
/// </summary>
public sealed class ImapWire : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly SslStream _stream;
    private readonly BufferedStream _reader;
    private int _tag;

    private ImapWire(TcpClient client, SslStream stream)
    {
        _client = client;
        _stream = stream;
        _reader = new BufferedStream(stream, 16 * 1024);
    }

    public static async Task<ImapWire> ConnectAsync(int port, TestAuthority authority, MailUser user, CancellationToken ct)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port, ct);
        var wire = new ImapWire(client, await SecureAsync(client, authority, ct));
        await wire.ReadLineAsync(ct);
        var secret = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user.Address}\0{user.Password}"));
        await wire.CommandAsync($"AUTHENTICATE PLAIN {secret}", ct);
        return wire;
    }

    /// <summary>Sends one command and returns the lines of its reply, literals inline, the tagged line last.</summary>
    /// <param name="command">The command without a tag, in ASCII.</param>
    /// <exception cref="InvalidOperationException">The server said NO or BAD.</exception>
    public async Task<IReadOnlyList<string>> CommandAsync(string command, CancellationToken ct)
    {
        var tag = NextTag();
        await SendAsync($"{tag} {command}\r\n", ct);
        return await ReplyAsync(tag, ct);
    }

    /// <summary>Appends all in one command (RFC 3502), making the folder when missing; returns the UID of the first.</summary>
    public async Task<uint> AppendAsync(string folder, IReadOnlyList<ImapAppend> mails, CancellationToken ct)
    {
        var name = Quote(folder);
        if (!folder.Equals("INBOX", StringComparison.OrdinalIgnoreCase)) await CreateMissingAsync(name, ct);
        var tag = NextTag();
        using var command = new MemoryStream();
        command.Write(Encoding.ASCII.GetBytes($"{tag} APPEND {name}"));
        foreach (var mail in mails)
        {
            var date = mail.InternalDate is { } at
                ? at.ToUniversalTime().ToString("' \"'dd-MMM-yyyy HH:mm:ss +0000'\"'", CultureInfo.InvariantCulture)
                : "";
            command.Write(Encoding.ASCII.GetBytes($" ({mail.Flags}){date} {{{mail.Message.Length}+}}\r\n"));
            command.Write(mail.Message);
        }

        command.Write("\r\n"u8);
        await _stream.WriteAsync(command.GetBuffer().AsMemory(0, (int)command.Length), ct);
        return AppendUid((await ReplyAsync(tag, ct))[^1]);
    }

    /// <summary>Selects the folder and asks until it holds at least <paramref name="count"/> messages.</summary>
    public async Task UntilExistsAsync(string folder, int count, CancellationToken ct)
    {
        var told = await CommandAsync($"SELECT {Quote(folder)}", ct);
        while (!told.Any(line => Exists(line) >= count))
        {
            await Task.Delay(50, ct);
            told = await CommandAsync("NOOP", ct);
        }
    }

    /// <summary>A folder name in modified UTF-7 (RFC 3501 §5.1.3), as servers without UTF8=ACCEPT know it.</summary>
    public static string ModifiedUtf7(string folder)
    {
        var text = new StringBuilder();
        for (var i = 0; i < folder.Length;)
        {
            var end = i;
            while (end < folder.Length && folder[end] is < ' ' or > '~') end++;
            if (end > i)
            {
                var bytes = Encoding.BigEndianUnicode.GetBytes(folder[i..end]);
                text.Append('&').Append(Convert.ToBase64String(bytes).TrimEnd('=').Replace('/', ',')).Append('-');
                i = end;
            }
            else
            {
                text.Append(folder[i] == '&' ? "&-" : folder[i].ToString());
                i++;
            }
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        _client.Dispose();
    }

    private static async Task<SslStream> SecureAsync(TcpClient client, TestAuthority authority, CancellationToken ct)
    {
        using var root = authority.Certificate();
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { root },

            // The fixtures must reach a server whose certificate a test made wrong on purpose.
            VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid,
        };
        var stream = new SslStream(client.GetStream(), false, (_, _, _, errors) =>
            (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = DovecotServer.Host,
            CertificateChainPolicy = policy,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        await stream.AuthenticateAsClientAsync(options, ct);
        return stream;
    }

    private async Task CreateMissingAsync(string quotedName, CancellationToken ct)
    {
        var listed = await CommandAsync($"LIST \"\" {quotedName}", ct);
        if (!listed.Any(line => line.StartsWith("* LIST", StringComparison.Ordinal))) await CommandAsync($"CREATE {quotedName}", ct);
    }

    private static string Quote(string folder) =>
        $"\"{ModifiedUtf7(folder).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private string NextTag() => $"w{++_tag}";

    private Task SendAsync(string text, CancellationToken ct) => _stream.WriteAsync(Encoding.ASCII.GetBytes(text), ct).AsTask();

    private async Task<IReadOnlyList<string>> ReplyAsync(string tag, CancellationToken ct)
    {
        var lines = new List<string>();
        do lines.Add(await ReadLineAsync(ct));
        while (!lines[^1].StartsWith(tag + " ", StringComparison.Ordinal));
        return lines[^1].StartsWith(tag + " OK", StringComparison.Ordinal) ? lines : throw new InvalidOperationException(lines[^1]);
    }

    private async Task<string> ReadLineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        while (true)
        {
            var part = await ReadPartAsync(ct);
            line.Append(part);
            if (!part.EndsWith('}')) return line.ToString();
            var literal = new byte[int.Parse(part.AsSpan(part.LastIndexOf('{') + 1).TrimEnd('}'), CultureInfo.InvariantCulture)];
            await _reader.ReadExactlyAsync(literal, ct);
            line.Append("\r\n").Append(Encoding.Latin1.GetString(literal));
        }
    }

    private async Task<string> ReadPartAsync(CancellationToken ct)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (one[0] != (byte)'\n')
        {
            if (await _reader.ReadAsync(one, ct) == 0) throw new EndOfStreamException("the server closed the session");
            bytes.Add(one[0]);
        }

        return Encoding.Latin1.GetString([.. bytes]).TrimEnd('\r', '\n');
    }

    private static int Exists(string line)
    {
        var words = line.Split(' ');
        return words is ["*", var number, "EXISTS"] ? int.Parse(number, CultureInfo.InvariantCulture) : -1;
    }

    // "w3 OK [APPENDUID 1416 4:203] Append completed."
    private static uint AppendUid(string line)
    {
        var uids = line[(line.IndexOf("[APPENDUID ", StringComparison.Ordinal) + 11)..line.IndexOf(']', StringComparison.Ordinal)].Split(' ')[1];
        return uint.Parse(uids.Split(':', ',')[0], CultureInfo.InvariantCulture);
    }
}
