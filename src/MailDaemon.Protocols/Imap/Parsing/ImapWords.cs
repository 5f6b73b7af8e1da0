using System.Text;

namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>Makes strings of protocol text; words that every message repeats are not made anew.</summary>
internal static class ImapWords
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly (byte[] Bytes, string Text)[][] Known = ByLength(
        "\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft", "\\Recent", "\\*", "$Forwarded", "$MDNSent", "$Junk", "$NotJunk", "NonJunk", "Junk",
        "$Phishing", "$Important", "\\Inbox", "\\Sent", "\\Important", "\\Starred", "\\HasNoChildren", "\\HasChildren", "\\Noselect", "\\Subscribed",
        "text", "TEXT", "plain", "PLAIN", "html", "HTML", "multipart", "mixed", "MIXED", "alternative", "ALTERNATIVE", "related", "RELATED", "report", "signed",
        "application", "APPLICATION", "octet-stream", "OCTET-STREAM", "pdf", "PDF", "image", "IMAGE", "png", "PNG", "jpeg", "JPEG", "gif", "GIF", "message", "rfc822",
        "charset", "CHARSET", "boundary", "BOUNDARY", "name", "NAME", "filename", "FILENAME", "format", "flowed", "delsp", "size", "type",
        "utf-8", "UTF-8", "us-ascii", "US-ASCII", "iso-8859-1", "ISO-8859-1", "gb2312", "GB2312", "gbk", "GBK", "gb18030", "GB18030", "big5",
        "7bit", "7BIT", "8bit", "8BIT", "base64", "BASE64", "quoted-printable", "QUOTED-PRINTABLE", "binary", "BINARY",
        "inline", "INLINE", "attachment", "ATTACHMENT", "HEADER", "TEXT", "1", "2", "1.1", "1.2", "MIME", "");

    /// <summary>UTF-8 where it is valid, else one character a byte, so that a caller can guess the charset.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Known.Length)
        {
            foreach (var (known, text) in Known[bytes.Length])
            {
                if (bytes.SequenceEqual(known))
                {
                    return text;
                }
            }
        }

        if (Ascii.IsValid(bytes))
        {
            return Encoding.ASCII.GetString(bytes);
        }

        return System.Text.Unicode.Utf8.IsValid(bytes) ? StrictUtf8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
    }

    /// <summary>In lower case, without a copy when it is so already.</summary>
    public static string Lower(string text)
    {
        foreach (var c in text)
        {
            if (char.IsUpper(c))
            {
                return text switch
                {
                    "TEXT" => "text",
                    "PLAIN" => "plain",
                    "HTML" => "html",
                    "BASE64" => "base64",
                    "7BIT" => "7bit",
                    "8BIT" => "8bit",
                    "QUOTED-PRINTABLE" => "quoted-printable",
                    _ => text.ToLowerInvariant(),
                };
            }
        }

        return text;
    }

    /// <summary>ASCII comparison without regard to case; <paramref name="upper"/> is in capitals.</summary>
    public static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> upper) => Ascii.EqualsIgnoreCase(word, upper);

    public static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> upper) =>
        text.Length >= upper.Length && Ascii.EqualsIgnoreCase(text[..upper.Length], upper);

    private static (byte[] Bytes, string Text)[][] ByLength(params string[] words)
    {
        var longest = words.Max(w => w.Length);
        var table = new (byte[], string)[longest + 1][];
        for (var i = 0; i <= longest; i++)
        {
            table[i] = [.. words.Where(w => w.Length == i).Distinct(StringComparer.Ordinal).Select(w => (Encoding.ASCII.GetBytes(w), w))];
        }

        return table;
    }
}
