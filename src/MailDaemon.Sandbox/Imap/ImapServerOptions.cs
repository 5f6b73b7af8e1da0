using System.Collections.Immutable;

namespace MailDaemon.Sandbox.Imap;

/// <summary>How the IMAP server behaves when nothing is made to fail.</summary>
public sealed record ImapServerOptions
{
    /// <summary>Every extension of the standards that the server knows. It knows XLIST too, which QQ, 163 and old Gmail have in place of SPECIAL-USE.</summary>
    public static ImmutableSortedSet<string> AllCapabilities { get; } = ImmutableSortedSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "APPENDLIMIT", "AUTH=LOGIN", "AUTH=PLAIN", "BINARY", "CHILDREN", "COMPRESS=DEFLATE", "CONDSTORE", "CREATE-SPECIAL-USE", "ENABLE", "ESEARCH", "ID", "IDLE",
        "LIST-EXTENDED", "LIST-STATUS", "LITERAL+", "MOVE", "NAMESPACE", "OBJECTID", "QRESYNC", "SASL-IR", "SPECIAL-USE", "STATUS=SIZE", "UIDPLUS", "UNSELECT", "WITHIN");

    /// <summary>The extensions that are offered and obeyed, IMAP4rev1 and STARTTLS aside. Default: all.</summary>
    public ImmutableSortedSet<string> Capabilities { get; init; } = AllCapabilities;

    /// <summary>The largest message that APPEND takes, in bytes. Default 50 MB.</summary>
    public int MaxMessageBytes { get; init; } = 50 * 1024 * 1024;

    /// <summary>Connections at a time on each port; more are closed at once. Default 200.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>After this much silence a logged-in client is sent away; before its login it is one minute. Default 30 minutes (RFC 3501 §5.4).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether folders open only after the client named itself with ID, as 163.com wants it. Default false.</summary>
    public bool NeedsId { get; init; }

    /// <summary>Folders by path that keep no modification sequences: NOMODSEQ in place of HIGHESTMODSEQ (RFC 7162 §3.1.2.2). Default none.</summary>
    public ImmutableHashSet<string> FoldersWithoutModSeq { get; init; } = [];

    /// <summary>
    /// As Gmail is: folders are labels of a message that is once in All Mail (X-GM-EXT-1), CONDSTORE without QRESYNC, no OBJECTID.
    /// </summary>
    public static ImapServerOptions Gmail { get; } = new()
    {
        Capabilities = AllCapabilities.Except(["BINARY", "CREATE-SPECIAL-USE", "NOTIFY", "OBJECTID", "QRESYNC", "STATUS=SIZE", "WITHIN"]).Add("X-GM-EXT-1"),
    };

    /// <summary>As <see cref="Gmail"/>, with access tokens in the place of passwords.</summary>
    public static ImapServerOptions GmailWithTokens { get; } = new()
    {
        Capabilities = Gmail.Capabilities.Except(["AUTH=LOGIN", "AUTH=PLAIN", "LIST-STATUS"]).Add("AUTH=XOAUTH2"),
        MaxMessageBytes = 35_651_584,
    };

    /// <summary>The same options without some extensions.</summary>
    public ImapServerOptions Without(params IEnumerable<string> names) => this with { Capabilities = Capabilities.Except(names) };

    internal bool Offers(string capability) => capability switch
    {
        "QRESYNC" => Capabilities.Contains(capability) && Offers("CONDSTORE") && Offers("ENABLE"),
        _ => Capabilities.Contains(capability),
    };
}
