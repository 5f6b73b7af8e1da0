using System.Collections.Concurrent;
using System.Text;
using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

/// <summary>
/// Mailbox names between people and server: modified UTF-7, or UTF-8 when that is enabled. How the server spells a name is remembered
/// (raw UTF-8, a bare ampersand, base64 where none is needed), so that it is sent back byte for byte; all connections to one account share
/// what one of them was told. Thread-safe.
/// </summary>
public sealed class MailboxNames
{
    private const int MaxSpellings = 10_000;
    private const int MaxSpelling = 1024;

    private volatile ConcurrentDictionary<string, byte[]> spellings = new(StringComparer.Ordinal);

    /// <summary>Whether all mailboxes were listed, so that each spelling is known.</summary>
    public bool AreLearnt { get; private set; }

    /// <summary>Takes over what a full listing found; mailboxes that are not in it are forgotten.</summary>
    internal void Replace(MailboxNames listed)
    {
        spellings = listed.spellings;
        AreLearnt = true;
    }

    /// <summary>The name of a mailbox that is listed. Two spellings of one name are two mailboxes: the second keeps its spelling as its name.</summary>
    internal string Learn(ReadOnlySpan<byte> bytes, bool isUtf8)
    {
        var (name, raw) = Read(bytes, isUtf8);
        if (raw == name && bytes.SequenceEqual(Encoding.UTF8.GetBytes(Spell(name, isUtf8))))
        {
            return name;
        }

        if (TryKeep(name, bytes))
        {
            return name;
        }

        TryKeep(raw, bytes);
        return raw;
    }

    /// <summary>The name of a mailbox that a reply speaks of.</summary>
    internal string Find(ReadOnlySpan<byte> bytes, bool isUtf8)
    {
        var (name, raw) = Read(bytes, isUtf8);

        // QUIRK: some servers answer with another spelling than they listed.
        return raw != name && spellings.ContainsKey(raw) ? raw : name;
    }

    /// <exception cref="ArgumentException">The name is empty or holds CR, LF or NUL.</exception>
    internal ImapWriter Write(ImapWriter writer, string name, bool isUtf8)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ImapQuoting.RequireSafe(name, nameof(name));
        return spellings.TryGetValue(name, out var bytes) ? writer.Bytes(bytes) : writer.Text(Spell(name, isUtf8));
    }

    private static (string Name, string Raw) Read(ReadOnlySpan<byte> bytes, bool isUtf8)
    {
        var raw = ImapWords.Text(bytes);

        // INBOX is the one name without regard to case (RFC 3501 §5.1). QUIRK: Yahoo, Inbox.
        return raw.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? ("INBOX", "INBOX") : (isUtf8 ? raw : ModifiedUtf7.Decode(raw), raw);
    }

    /// <summary>False: the name belongs to another spelling.</summary>
    private bool TryKeep(string name, ReadOnlySpan<byte> bytes)
    {
        if (spellings.TryGetValue(name, out var there))
        {
            return bytes.SequenceEqual(there);
        }

        return spellings.Count >= MaxSpellings || bytes.Length > MaxSpelling || spellings.TryAdd(name, bytes.ToArray());
    }

    private static string Spell(string name, bool isUtf8) => isUtf8 ? name : ModifiedUtf7.Encode(name);
}
