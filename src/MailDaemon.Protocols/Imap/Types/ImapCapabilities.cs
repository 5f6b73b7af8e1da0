namespace MailDaemon.Protocols.Imap;

/// <summary>What a server says it can do. Names are compared without regard to case.</summary>
public sealed class ImapCapabilities
{
    /// <summary>Nothing is known yet.</summary>
    public static readonly ImapCapabilities None = new([]);

    private readonly HashSet<string> names;

    public ImapCapabilities(IEnumerable<string> names)
    {
        this.names = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        AuthMechanisms = [.. Values("AUTH=")];
        SpeaksOnlyRev2 = this.names.Contains("IMAP4rev2") && !this.names.Contains("IMAP4rev1");
    }

    /// <summary>The mechanisms offered for AUTHENTICATE, as spelt by the server.</summary>
    public IReadOnlyCollection<string> AuthMechanisms { get; }

    public IReadOnlyCollection<string> Names => names;

    /// <summary>A server without IMAP4rev1: nothing of IMAP4rev2 has to be enabled first.</summary>
    internal bool SpeaksOnlyRev2 { get; }

    /// <summary>The largest message that may be appended, in bytes (RFC 7889); null when there is none or it differs by mailbox.</summary>
    public long? AppendLimit =>
        Values("APPENDLIMIT=").Select(text => long.TryParse(text, System.Globalization.NumberStyles.None, null, out var limit) ? limit : (long?)null)
            .FirstOrDefault();

    public bool Has(string capability) => names.Contains(capability) || (SpeaksOnlyRev2 && IsPartOfRev2(capability));

    public override string ToString() => string.Join(' ', names);

    /// <summary>IMAP4rev2 includes these without naming them (RFC 9051 appendix E).</summary>
    private static bool IsPartOfRev2(string capability) => capability.ToUpperInvariant() is
        "NAMESPACE" or "UNSELECT" or "UIDPLUS" or "ESEARCH" or "SEARCHRES" or "ENABLE" or "IDLE" or "SASL-IR" or "LIST-EXTENDED"
        or "LIST-STATUS" or "MOVE" or "LITERAL-" or "BINARY" or "SPECIAL-USE" or "STATUS=SIZE" or "CHILDREN";

    private IEnumerable<string> Values(string prefix) =>
        names.Where(n => n.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Select(n => n[prefix.Length..]);
}
