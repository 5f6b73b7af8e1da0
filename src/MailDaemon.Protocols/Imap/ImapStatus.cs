using System.Globalization;
using System.Text;
using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

/// <summary>resp-text = ["[" resp-text-code "]" SP] [text]</summary>
/// <param name="Code">In capitals; null without one.</param>
/// <param name="Arguments">What follows the code's name, as sent.</param>
internal sealed record ImapStatus(StatusKind Kind, string? Code, string Arguments, string Text)
{
    public static ImapStatus Read(StatusKind kind, ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \r\n"u8);
        if (text.Length == 0 || text[0] != (byte)'[')
        {
            return new ImapStatus(kind, null, string.Empty, ImapWords.Text(text));
        }

        var close = CodeEnd(text);
        if (close < 0)
        {
            return new ImapStatus(kind, null, string.Empty, ImapWords.Text(text));
        }

        var code = text[1..close].Trim((byte)' ');
        var space = code.IndexOf((byte)' ');
        var name = space < 0 ? code : code[..space];
        var arguments = space < 0 ? default : code[(space + 1)..].Trim((byte)' ');
        return new ImapStatus(
            kind, Encoding.Latin1.GetString(name).ToUpperInvariant(), ImapWords.Text(arguments), ImapWords.Text(text[(close + 1)..].Trim((byte)' ')));
    }

    public uint? Number32 => uint.TryParse(Arguments, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Null for zero, negative and unreadable ones.</summary>
    public ulong? Number64 => ulong.TryParse(Arguments, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    /// <summary>resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set; null when it is not that.</summary>
    public CopyUid? ReadCopyUid()
    {
        if (Code != "COPYUID")
        {
            return null;
        }

        var parts = Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        // QUIRK: Exchange, [COPYUID 701  ] when nothing was copied.
        return parts.Length == 3
            && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var validity)
            && UidSet.TryParseRanges(Encoding.ASCII.GetBytes(parts[1]), out var source)
            && UidSet.TryParseRanges(Encoding.ASCII.GetBytes(parts[2]), out var destination)
            && source.Count > 0 && source.Sum(r => r.Count) == destination.Sum(r => r.Count)
            ? new CopyUid(validity, source, destination)
            : null;
    }

    /// <summary>resp-code-apnd = "APPENDUID" SP nz-number SP append-uid</summary>
    public AppendUid? ReadAppendUid()
    {
        var parts = Code == "APPENDUID" ? Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        return parts.Length == 2
            && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var validity)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var uid)
            ? new AppendUid(validity, uid)
            : null;
    }

    public UidSet ReadUidSet() => UidSet.TryParse(Encoding.UTF8.GetBytes(Arguments), out var set) ? set : UidSet.Empty;

    /// <summary>The words of a list in parentheses, or without: PERMANENTFLAGS, MAILBOXID, CAPABILITY.</summary>
    public IReadOnlyList<string> ReadWords() => Arguments.Trim('(', ')').Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Where the code ends: brackets inside parentheses and quotation marks belong to its arguments.</summary>
    private static int CodeEnd(ReadOnlySpan<byte> text)
    {
        // QUIRK: Office 365, [Error="Session invalidated - ]"]; others, a keyword [css3-page] among the PERMANENTFLAGS.
        var depth = 0;
        var isQuoted = false;
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'"':
                    isQuoted = !isQuoted;
                    break;
                case (byte)'(' when !isQuoted:
                    depth++;
                    break;
                case (byte)')' when !isQuoted:
                    depth--;
                    break;
                case (byte)']' when !isQuoted && depth <= 0:
                    return i;
            }
        }

        return text.IndexOf((byte)']');
    }
}
