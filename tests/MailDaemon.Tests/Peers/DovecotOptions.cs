namespace MailDaemon.Tests.Peers;

/// <summary>How Dovecot keeps mail on disk.</summary>
public enum MailLayout
{
    Maildir,
    Sdbox,
    Mdbox,
}

/// <summary>How a test's Dovecot behaves; the defaults are a full modern server.</summary>
public sealed record DovecotOptions
{
    public MailLayout Layout { get; init; } = MailLayout.Maildir;

    /// <summary>Between the levels of a folder name.</summary>
    public char Separator { get; init; } = '/';

    /// <summary>Folders every user has, with their special use (RFC 6154) or null.</summary>
    public IReadOnlyList<(string Name, string? SpecialUse)> Folders { get; init; } =
        [("Drafts", "\\Drafts"), ("Sent", "\\Sent"), ("Junk", "\\Junk"), ("Trash", "\\Trash"), ("Archive", "\\Archive")];

    /// <summary>
    /// Capabilities it does not announce, before and after login, such as <c>CONDSTORE</c>, <c>QRESYNC</c>, <c>MOVE</c>, <c>UIDPLUS</c>,
    /// <c>IDLE</c>. It would still obey the commands: <see cref="Transcripts"/> shows whether the client tried.
    /// </summary>
    public IReadOnlyList<string> WithoutCapabilities { get; init; } = [];

    /// <summary>COMPRESS=DEFLATE (RFC 4978).</summary>
    public bool Compress { get; init; }

    /// <summary>Keeps what goes over the wire after login, for <see cref="DovecotServer.Transcript"/>.</summary>
    public bool Transcripts { get; init; }

    public string AuthMechanisms { get; init; } = "plain login cram-md5 scram-sha-1 scram-sha-256";

    /// <summary>Names in its certificate.</summary>
    public IReadOnlyList<string> CertificateHosts { get; init; } = ["localhost"];

    /// <summary>How long its certificate is valid from now; negative: it has expired.</summary>
    public TimeSpan CertificateValidity { get; init; } = TimeSpan.FromDays(10);

    /// <summary>How often IDLE says <c>* OK Still here</c>.</summary>
    public TimeSpan IdleNotify { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Connections a user may have at once.</summary>
    public int ConnectionsPerUser { get; init; } = 50;

    /// <summary>More lines of dovecot.conf, at its end.</summary>
    public string ExtraConfig { get; init; } = "";
}
