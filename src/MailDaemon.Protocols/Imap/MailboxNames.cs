using System.Text;
using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

/// <summary>
/// Mailbox names between people and server: modified UTF-7, or UTF-8 when that is enabled. A name that the server spells
/// otherwise (raw UTF-8, a bare ampersand) is remembered, so that it is sent back byte for byte.
/// </summary>
internal sealed class MailboxNames
{
    private const int MaxOddities = 10_000;
    private const int MaxOddity = 1024;

    private readonly Dictionary<string, byte[]> oddities = new(StringComparer.Ordinal);

    public string Decode(ReadOnlySpan<byte> bytes, bool isUtf8)
    {
        var raw = ImapWords.Text(bytes);

        // INBOX is the one name without regard to case (RFC 3501 §5.1). QUIRK: Yahoo, Inbox.
        if (raw.Equals("INBOX", StringComparison.OrdinalIgnoreCase))
        {
            return "INBOX";
        }

        var name = isUtf8 ? raw : ModifiedUtf7.Decode(raw);
        if (!bytes.SequenceEqual(Encoding.UTF8.GetBytes(Spell(name, isUtf8))) && oddities.Count < MaxOddities && bytes.Length <= MaxOddity)
        {
            oddities[name] = bytes.ToArray();
        }

        return name;
    }

    /// <exception cref="ArgumentException">The name is empty or holds CR, LF or NUL.</exception>
    public ImapWriter Write(ImapWriter writer, string name, bool isUtf8)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ImapQuoting.RequireSafe(name, nameof(name));
        return oddities.TryGetValue(name, out var bytes) ? writer.Bytes(bytes) : writer.Text(Spell(name, isUtf8));
    }

    private static string Spell(string name, bool isUtf8) => isUtf8 ? name : ModifiedUtf7.Encode(name);
}
