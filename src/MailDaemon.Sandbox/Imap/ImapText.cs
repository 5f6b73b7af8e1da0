using System.Globalization;
using System.Text;

namespace MailDaemon.Sandbox.Imap;

/// <summary>Values in the words of IMAP.</summary>
internal static class ImapText
{
    private const int MaxQuoted = 1000;

    /// <summary>nstring = string / NIL: quoted where that is allowed, else a literal. The text holds one byte a character.</summary>
    public static string NString(string? text) => text is null ? "NIL" : String(text);

    /// <summary>string = quoted / literal</summary>
    public static string String(string text)
    {
        if (text.Length > MaxQuoted || text.Any(c => c is '\r' or '\n' or '\0' or >= '\x7f'))
        {
            return $"{{{Encoding.UTF8.GetByteCount(text)}}}\r\n{text}";
        }

        return $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>The name of a folder in modified UTF-7, as a quoted string.</summary>
    public static string Mailbox(string path) => String(MailboxName.Encode(path));

    /// <summary>date-time, the day with a leading space (RFC 3501 §9, date-day-fixed).</summary>
    public static string DateTime(DateTimeOffset date)
    {
        var zone = date.Offset;
        var sign = zone < TimeSpan.Zero ? '-' : '+';
        return string.Create(CultureInfo.InvariantCulture, $"\"{date.Day,2}-{date:MMM-yyyy HH:mm:ss} {sign}{zone.Duration():hhmm}\"");
    }
}
