using System.Globalization;

namespace MailDaemon.Protocols.Smtp;

/// <summary>What a server says of itself in its reply to EHLO (RFC 5321 §4.1.1.1).</summary>
public sealed record SmtpCapabilities
{
    private SmtpCapabilities(string serverName, bool isExtended)
    {
        ServerName = serverName;
        IsExtended = isExtended;
    }

    /// <summary>The name that the server gives itself; untrusted.</summary>
    public string ServerName { get; }

    /// <summary>Whether EHLO was understood; after HELO there are no extensions.</summary>
    public bool IsExtended { get; }

    /// <summary>SASL mechanisms in upper case, in the order offered.</summary>
    public IReadOnlyList<string> AuthMechanisms { get; private init; } = [];

    public bool StartTls { get; private init; }

    /// <summary>RFC 2920.</summary>
    public bool Pipelining { get; private init; }

    /// <summary>RFC 6152: bodies may have bytes above 127. Without it they are to be encoded.</summary>
    public bool EightBitMime { get; private init; }

    /// <summary>RFC 6531.</summary>
    public bool SmtpUtf8 { get; private init; }

    /// <summary>RFC 2034.</summary>
    public bool EnhancedStatusCodes { get; private init; }

    /// <summary>RFC 3461.</summary>
    public bool Dsn { get; private init; }

    /// <summary>Whether a message's size may be declared (RFC 1870).</summary>
    public bool Size { get; private init; }

    /// <summary>The largest message in bytes that the server takes; null when it names no limit.</summary>
    public long? MaxSizeBytes { get; private init; }

    internal static SmtpCapabilities OfHelo(SmtpReply reply) => new(NameIn(reply), isExtended: false);

    /// <summary><c>ehlo-ok-rsp = "250-" Domain [SP ehlo-greet] CRLF *("250-" ehlo-line CRLF) "250" SP ehlo-line CRLF</c></summary>
    internal static SmtpCapabilities OfEhlo(SmtpReply reply)
    {
        var keywords = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var mechanisms = new List<string>();
        long? maxSize = null;
        foreach (var line in reply.Lines.Skip(1))
        {
            // QUIRK: servers of the time before RFC 2554 write "AUTH=LOGIN PLAIN", often beside the line that is right.
            var words = line.Split([' ', '\t', '='], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            keywords.Add(words[0]);
            if (words[0].Equals("AUTH", StringComparison.OrdinalIgnoreCase))
            {
                mechanisms.AddRange(words.Skip(1).Select(w => w.ToUpperInvariant()));
            }
            else if (words[0].Equals("SIZE", StringComparison.OrdinalIgnoreCase) && words.Length > 1
                && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0)
            {
                maxSize = size;
            }
        }

        return new SmtpCapabilities(NameIn(reply), isExtended: true)
        {
            AuthMechanisms = [.. mechanisms.Distinct(StringComparer.Ordinal)],
            StartTls = keywords.Contains("STARTTLS"),
            Pipelining = keywords.Contains("PIPELINING"),
            EightBitMime = keywords.Contains("8BITMIME"),
            SmtpUtf8 = keywords.Contains("SMTPUTF8"),
            EnhancedStatusCodes = keywords.Contains("ENHANCEDSTATUSCODES"),
            Dsn = keywords.Contains("DSN"),
            Size = keywords.Contains("SIZE"),
            MaxSizeBytes = maxSize,
        };
    }

    private static string NameIn(SmtpReply reply) => reply.Lines[0].Split(' ')[0];
}
