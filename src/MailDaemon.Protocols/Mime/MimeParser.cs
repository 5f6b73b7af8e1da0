using System.Globalization;

namespace MailDaemon.Protocols.Mime;

/// <summary>
/// Takes messages apart (RFC 5322, RFC 2045, RFC 2046). Any bytes give a message; what was wrong is noted in its defects.
/// Each byte is looked at a bounded number of times, nothing recurses on the input, and no body is copied.
/// </summary>
public static class MimeParser
{
    private static readonly MimeLimits Defaults = MimeLimits.Default;

    /// <summary>Parses a whole message. The memory is kept and must not change afterwards. Never throws.</summary>
    public static MimeMessage Parse(ReadOnlyMemory<byte> message, MimeLimits? limits = null) => Parse(message, limits ?? Defaults, "", 0);

    /// <summary>Parses a header block alone, as IMAP's <c>BODY[HEADER]</c> gives it. Never throws.</summary>
    public static HeaderBlock ParseHeaders(ReadOnlyMemory<byte> header, MimeLimits? limits = null)
    {
        limits ??= Defaults;
        return new HeaderScanner(header, limits).Scan(PreludeLength(header.Span)).Block;
    }

    internal static MimeMessage? ParseEmbedded(MimePart part, MimeLimits limits)
    {
        if (part.ContentType.MediaType is not ("message/rfc822" or "message/global") || part.Depth >= limits.MaxDepth)
        {
            return null;
        }

        // QUIRK: RFC 2046 §5.2.1 forbids an encoding here, senders use base64 all the same
        var isPlain = part.Headers.TransferEncoding is "7bit" or "8bit" or "binary";
        return Parse(isPlain ? part.RawBody : part.DecodeBody(), limits, part.Section, part.Depth + 1);
    }

    private static MimeMessage Parse(ReadOnlyMemory<byte> message, MimeLimits limits, string section, int depth)
    {
        var splitter = new MultipartSplitter(message, limits);
        var root = splitter.Split(PreludeLength(message.Span), depth);
        Number(root, section);
        return new MimeMessage(root, splitter.Defects);
    }

    /// <summary>The separator of an mbox file and a byte order mark in front of the message are no part of it.</summary>
    private static int PreludeLength(ReadOnlySpan<byte> message)
    {
        var mark = message.StartsWith("\uFEFF"u8) ? 3 : 0;
        var rest = message[mark..];
        return rest.StartsWith("From "u8) || rest.StartsWith(">From "u8) ? mark + rest.IndexOf((byte)'\n') + 1 : mark;
    }

    /// <summary>Gives each part its section: children of a multipart count from 1, a message without parts is part 1 of itself.</summary>
    private static void Number(MimePart root, string section)
    {
        var isLeaf = root.Children.Count == 0;
        root.Section = isLeaf ? Below(section, 1) : section;
        var waiting = new Stack<MimePart>([root]);
        while (waiting.TryPop(out var part))
        {
            for (var i = 0; i < part.Children.Count; i++)
            {
                part.Children[i].Section = Below(part.Section, i + 1);
                waiting.Push(part.Children[i]);
            }
        }
    }

    private static string Below(string section, int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return section.Length == 0 ? text : $"{section}.{text}";
    }
}
