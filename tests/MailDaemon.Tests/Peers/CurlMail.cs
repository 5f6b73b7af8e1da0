using System.Globalization;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Peers;

/// <summary>A second mail client: curl, with its own IMAP, SMTP and TLS. It trusts only the given authority.</summary>
public sealed class CurlMail(string caPemPath, MailUser user)
{
    /// <summary>Lists folders: the server's LIST lines.</summary>
    public Task<string> ListFoldersAsync(int imapsPort, CancellationToken ct = default) => ImapAsync(imapsPort, "", null, ct);

    /// <summary>The same on the plain port after STARTTLS.</summary>
    public Task<string> ListFoldersOverStartTlsAsync(int imapPort, CancellationToken ct = default) =>
        CurlAsync([.. Login, "--ssl-reqd", $"imap://{DovecotServer.Host}:{imapPort}/"], null, ct);

    /// <summary>The whole message by its UID.</summary>
    public Task<string> FetchAsync(int imapsPort, string folder, uint uid, CancellationToken ct = default) =>
        ImapAsync(imapsPort, $"{Escape(folder)};UID={uid.ToString(CultureInfo.InvariantCulture)}", null, ct);

    /// <summary>Any command in a selected folder, such as <c>STORE 1 +FLAGS (\Flagged)</c>; the untagged lines come back.</summary>
    public Task<string> CommandAsync(int imapsPort, string folder, string command, CancellationToken ct = default) =>
        ImapAsync(imapsPort, Escape(folder), command, ct);

    /// <summary>Appends a message; curl marks it seen.</summary>
    public async Task AppendAsync(int imapsPort, string folder, byte[] message, CancellationToken ct = default)
    {
        // APPEND names the size first, so curl wants a file.
        await using var directory = new TempDirectory();
        await File.WriteAllBytesAsync(directory.File("mail.eml"), message, ct);
        string[] upload = ["--upload-file", directory.File("mail.eml"), $"imaps://{DovecotServer.Host}:{imapsPort}/{Escape(folder)}"];
        await CurlAsync([.. Login, .. upload], null, ct);
    }

    /// <summary>Sends over TLS from the first byte.</summary>
    /// <exception cref="PeerToolException">Refused; the exit code is curl's: 55 or 56 for an SMTP refusal, 60 for a certificate, 67 for the login.</exception>
    public Task SendOverTlsAsync(int port, string from, IEnumerable<string> to, byte[] message, CancellationToken ct = default) =>
        CurlAsync([.. Login, .. Envelope(from, to), $"smtps://{DovecotServer.Host}:{port}"], message, ct);

    /// <summary>Sends after STARTTLS.</summary>
    /// <exception cref="PeerToolException">Refused.</exception>
    public Task SendOverStartTlsAsync(int port, string from, IEnumerable<string> to, byte[] message, CancellationToken ct = default) =>
        CurlAsync([.. Login, "--ssl-reqd", .. Envelope(from, to), $"smtp://{DovecotServer.Host}:{port}"], message, ct);

    /// <summary>Sends without a login, as a server of another domain does.</summary>
    /// <exception cref="PeerToolException">Refused.</exception>
    public Task SendAsStrangerAsync(int port, string from, IEnumerable<string> to, byte[] message, CancellationToken ct = default) =>
        CurlAsync([.. Envelope(from, to), $"smtp://{DovecotServer.Host}:{port}"], message, ct);

    private static string Escape(string folder) => Uri.EscapeDataString(ImapWire.ModifiedUtf7(folder));

    private string[] Login => ["--user", $"{user.Address}:{user.Password}"];

    private Task<string> ImapAsync(int port, string path, string? command, CancellationToken ct)
    {
        string[] custom = command is null ? [] : ["--request", command];
        return CurlAsync([.. Login, .. custom, $"imaps://{DovecotServer.Host}:{port}/{path}"], null, ct);
    }

    private static IEnumerable<string> Envelope(string from, IEnumerable<string> to) =>
        ["--mail-from", from, .. to.SelectMany(address => (string[])["--mail-rcpt", address]), "--upload-file", "-"];

    private Task<string> CurlAsync(IEnumerable<string> arguments, byte[]? input, CancellationToken ct) => PeerTool.RunAsync(
        PeerSoftware.Require(Peer.Curl),
        ["--disable", "--silent", "--show-error", "--ipv4", "--max-time", "30", "--noproxy", "*", "--cacert", caPemPath, .. arguments],
        input,
        ct);
}
