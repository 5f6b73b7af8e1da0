namespace MailDaemon.Engine.Accounts;

/// <summary>What is known of a mail service: its servers, what to sign in with, and how it behaves.</summary>
public sealed record ServerPreset
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Domains of addresses; a final <c>.*</c> stands for any country's ending. Empty: found by MX only.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    public required ServerAddress Imap { get; init; }

    public required ServerAddress Smtp { get; init; }

    public required SecretKind SecretKind { get; init; }

    public string? HelpUrl { get; init; }

    /// <summary>What its users must know, in English.</summary>
    public string Notes { get; init; } = "";

    /// <summary>Own domains with a mail exchanger of this ending belong here too.</summary>
    public IReadOnlyList<string> MxSuffixes { get; init; } = [];

    public ServerQuirks Quirks { get; init; } = ServerQuirks.None;

    /// <summary>The name to sign in with at the IMAP server for this address.</summary>
    public string ImapLogin(string email) => Quirks.ImapLoginIsLocalPart ? email[..email.LastIndexOf('@')] : email;
}

/// <summary>What kind of secret a service takes.</summary>
public enum SecretKind
{
    /// <summary>The login password.</summary>
    Password,

    /// <summary>A password made for mail clients only.</summary>
    ClientPassword,

    /// <summary>An authorization code made in the web settings.</summary>
    AuthorizationCode,

    AppPassword,

    /// <summary>No password at all.</summary>
    OAuth,
}

/// <summary>How a service departs from the RFCs.</summary>
public sealed record ServerQuirks
{
    public static ServerQuirks None { get; } = new();

    /// <summary>ID (RFC 2971) must follow LOGIN before any SELECT or EXAMINE, else "Unsafe Login".</summary>
    public bool IdAfterLogin { get; init; }

    /// <summary>IDLE is missing or does nothing.</summary>
    public bool NoIdle { get; init; }

    /// <summary>NOOP does not keep the connection: STATUS every so many seconds does. Null: nothing special.</summary>
    public int? StatusKeepAliveSeconds { get; init; }

    /// <summary>IDLE must be renewed every so many seconds. Null: the usual 29 minutes.</summary>
    public int? IdleRenewalSeconds { get; init; }

    /// <summary>SEARCH ignores criteria or gives wrong results.</summary>
    public bool SearchUnreliable { get; init; }

    /// <summary>Passwords are refused whatever they are.</summary>
    public bool OAuthOnly { get; init; }

    /// <summary>IMAP takes the part before the @ as the user name; SMTP the whole address.</summary>
    public bool ImapLoginIsLocalPart { get; init; }

    /// <summary>Mail sent over SMTP appears in Sent by itself.</summary>
    public bool FilesSentMail { get; init; }

    /// <summary>The server shows only this many days unless its web settings say otherwise. Null: all.</summary>
    public int? WindowDays { get; init; }
}
