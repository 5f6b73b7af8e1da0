using System.Text;
using System.Text.RegularExpressions;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Peers;

/// <summary>Someone with a mailbox; the address is the login name.</summary>
public sealed record MailUser(string Address, string Password);

/// <summary>
/// A real Dovecot 2.3 on free loopback ports, with all its files in a temp directory and certificates of its own authority. Runs as root
/// (mail belongs to <c>nobody</c>) or as an ordinary user. Users may be added while it runs.
/// </summary>
public sealed partial class DovecotServer : IAsyncDisposable
{
    /// <summary>The domain of all addresses.</summary>
    public const string Domain = "mail.test";

    /// <summary>The host name in the certificate.</summary>
    public const string Host = "localhost";

    private const int SeedBatch = 250;
    private readonly TempDirectory _directory = new(openToAll: true);
    private PeerProcess? _process;

    private DovecotServer(DovecotOptions options) => Options = options;

    public DovecotOptions Options { get; private set; }

    /// <summary>Plain IMAP with STARTTLS.</summary>
    public int ImapPort { get; private set; }

    /// <summary>IMAP over TLS.</summary>
    public int ImapsPort { get; private set; }

    public TestAuthority Authority { get; } = new();

    /// <summary>The authority's certificate as a PEM file.</summary>
    public string CaPemPath => Path.Combine(_directory.Path, "ca.pem");

    internal string CertificatePath => Path.Combine(_directory.Path, "server.pem");

    internal string KeyPath => Path.Combine(_directory.Path, "server.key");

    internal string ConfigPath => Path.Combine(_directory.Path, "dovecot.conf");

    /// <summary>Dovecot's authentication protocol for a submission server.</summary>
    internal string AuthSocketPath => Path.Combine(_directory.Path, "run", "auth-submission");

    /// <summary>The id of its master process, for tests that look whether it went away; 0 before the start.</summary>
    public int ProcessId { get; private set; }

    public static async Task<DovecotServer> StartAsync(DovecotOptions? options = null, CancellationToken ct = default)
    {
        var server = new DovecotServer(options ?? new DovecotOptions());
        try
        {
            server.Prepare();
            await server.StartOnFreePortsAsync(ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a user, or gives one a new password; <c>anna</c> becomes <c>anna@mail.test</c>.</summary>
    public MailUser AddUser(string name, string password = "correct horse: 电池")
    {
        var address = name.Contains('@', StringComparison.Ordinal) ? name : $"{name}@{Domain}";
        if (!SafeAddress().IsMatch(address)) throw new ArgumentException($"{address} cannot be a file name", nameof(name));
        var user = new MailUser(address, password);

        // A file for each user: Dovecot looks at a password file it knows only once a second.
        var secret = Convert.ToBase64String(Encoding.UTF8.GetBytes(password));
        File.WriteAllText(_directory.File($"users/{address}"), $"{address}:{{PLAIN.b64}}{secret}::::::\n");
        OpenToAll(_directory.Sub($"transcripts/{address}"));
        return user;
    }

    /// <summary>Puts one message into a folder, which is made when missing, and returns its UID.</summary>
    /// <param name="flags">Flags and keywords with spaces between, such as <c>\Seen $Forwarded</c>.</param>
    /// <param name="internalDate">Null: now.</param>
    public async Task<uint> DeliverAsync(
        MailUser user, string folder, byte[] message, string flags = "", DateTimeOffset? internalDate = null, CancellationToken ct = default)
    {
        await using var imap = await ConnectAsync(user, ct);
        return await imap.AppendAsync(folder, [new ImapAppend(message, flags, internalDate)], ct);
    }

    /// <summary>
    /// Puts <see cref="MailSeed"/> messages number <paramref name="from"/> to from + count − 1 into a folder: about 2,000 a second, and
    /// with <see cref="MailLayout.Mdbox"/>, which makes no file for each, 10,000.
    /// </summary>
    public async Task SeedAsync(MailUser user, int count, string folder = "INBOX", int from = 0, CancellationToken ct = default)
    {
        await using var imap = await ConnectAsync(user, ct);
        foreach (var batch in Enumerable.Range(from, count).Chunk(SeedBatch))
        {
            var mails = batch.Select(MailSeed.Create).Select(mail => new ImapAppend(mail.Bytes, mail.Flags, mail.Date)).ToArray();
            await imap.AppendAsync(folder, mails, ct);
        }
    }

    /// <summary>A bare IMAP session of this user, over TLS and logged in: a second client beside the one under test.</summary>
    public Task<ImapWire> ConnectAsync(MailUser user, CancellationToken ct = default) =>
        ImapWire.ConnectAsync(ImapsPort, Authority, user, ct);

    /// <summary>Waits until the folder holds so many messages; the token bounds the wait.</summary>
    public async Task UntilMessagesAsync(MailUser user, string folder, int count, CancellationToken ct)
    {
        await using var imap = await ConnectAsync(user, ct);
        await imap.UntilExistsAsync(folder, count, ct);
    }

    /// <summary>
    /// Runs <c>doveadm</c>, Dovecot's own view of the mail, and returns what it prints. For example
    /// <c>("fetch", "-u", address, "flags", "mailbox", "INBOX", "uid", "1")</c> or
    /// <c>("mailbox", "update", "-u", address, "--uid-validity", "77", "INBOX")</c>. Folder names are UTF-8.
    /// </summary>
    /// <exception cref="PeerToolException">It failed.</exception>
    public Task<string> DoveadmAsync(CancellationToken ct, params string[] arguments) =>
        PeerTool.RunAsync(PeerSoftware.FindProgram("doveadm")!, ["-c", ConfigPath, .. arguments], null, ct);

    /// <inheritdoc cref="DoveadmAsync(CancellationToken, string[])"/>
    public Task<string> DoveadmAsync(params string[] arguments) => DoveadmAsync(CancellationToken.None, arguments);

    /// <summary>What a user's sessions sent and got after login, oldest session first; needs <see cref="DovecotOptions.Transcripts"/>.</summary>
    public (string Sent, string Received) Transcript(MailUser user)
    {
        var directory = Path.Combine(_directory.Path, "transcripts", user.Address);
        return (Read("*.in"), Read("*.out"));

        string Read(string pattern) => string.Concat(
            Directory.GetFiles(directory, pattern).Order(StringComparer.Ordinal).Select(file => File.ReadAllText(file, Encoding.Latin1)));
    }

    /// <summary>The directory of a user's mail, for those who lay it there themselves.</summary>
    internal string MailHome(MailUser user) => Path.Combine(_directory.Path, "mail", user.Address);

    /// <summary>Its log so far.</summary>
    public string Log() => string.Concat(
        new[] { "dovecot.log", "lda.log", "output.log" }.Select(name => File.ReadAllText(Path.Combine(_directory.Path, name))));

    /// <summary>Stops it; mail, users and ports stay for <see cref="RestartAsync"/>.</summary>
    public async Task StopAsync()
    {
        if (_process is null) return;
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Kills it with all connections, as a power cut would; <see cref="RestartAsync"/> brings it back.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        await _process.KillAsync();
        await StopAsync();
        File.Delete(Path.Combine(_directory.Path, "run", "master.pid"));
    }

    /// <summary>Stops it when it runs and starts it on the same ports, with other options when given.</summary>
    public async Task RestartAsync(DovecotOptions? options = null, CancellationToken ct = default)
    {
        await StopAsync();
        Options = options ?? Options;
        await StartProcessAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _directory.DisposeAsync();
        Authority.Dispose();
    }

    private void Prepare()
    {
        File.WriteAllText(CaPemPath, Authority.Pem);
        _directory.Sub("run");
        _directory.Sub("users");
        OpenToAll(_directory.Sub("mail"));
        OpenToAll(_directory.Sub("transcripts"));
        foreach (var log in (string[])["dovecot.log", "lda.log", "output.log"])
        {
            File.WriteAllText(_directory.File(log), "");
            OpenToAll(_directory.File(log));
        }
    }

    // Another process may take a free port before Dovecot does.
    private async Task StartOnFreePortsAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var ports = PeerProcess.FreePorts(2);
            (ImapPort, ImapsPort) = (ports[0], ports[1]);
            try
            {
                await StartProcessAsync(ct);
                return;
            }
            catch (InvalidOperationException e) when (attempt < 3 && e.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
                await StopAsync();
            }
        }
    }

    private async Task StartProcessAsync(CancellationToken ct)
    {
        var (certificate, key) = Authority.Issue(Options.CertificateHosts, Options.CertificateValidity);
        await File.WriteAllTextAsync(CertificatePath, certificate, ct);
        await File.WriteAllTextAsync(KeyPath, key, ct);
        var owner = await MailOwner.CurrentAsync(ct);
        await File.WriteAllTextAsync(ConfigPath, DovecotConfig.Write(_directory.Path, Options, owner, ImapPort, ImapsPort), ct);

        var output = Path.Combine(_directory.Path, "output.log");
        _process = await PeerProcess.StartAsync(output, PeerSoftware.Require(Peer.Dovecot), ["-F", "-c", ConfigPath], null, ct);
        ProcessId = _process.ServerId;
        await _process.UntilGreetedAsync(ImapPort, "* OK", Log, ct);
    }

    private static void OpenToAll(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (Directory.Exists(path)) mode |= UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(path, mode);
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._+-]*@[a-z0-9.-]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SafeAddress();
}
