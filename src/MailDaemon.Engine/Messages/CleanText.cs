using System.Buffers;
using System.Globalization;
using System.Text;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// Text without characters that nobody sees: zero-width ones, marks of direction, tags, variation selectors, soft hyphens, controls. A joiner
/// stays where a script or an emoji needs it, a variation selector behind a symbol. Pure.
/// </summary>
public static class CleanText
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int EmojiSelector = 0xFE0F;
    private const int Keycap = 0x20E3;
    private const int MaxAhead = 16;

    /// <summary>Text without one of these is clean: characters that show nothing, and the first halves of pairs that may.</summary>
    private static readonly SearchValues<char> Suspicious = SearchValues.Create([.. Enumerable.Range(0, 0x10000).Select(value => (char)value).Where(IsSuspicious)]);

    /// <summary>A body: its lines and tabs stay.</summary>
    public static string Of(string text) => Of(text, isLine: false);

    /// <summary>A subject, a name: one line.</summary>
    public static string Line(string text) => Of(text, isLine: true);

    /// <summary>The address as it is, for it is what answers go to; its name clean.</summary>
    public static EmailAddress Of(EmailAddress address) => Line(address.Name) is var name && ReferenceEquals(name, address.Name) ? address : address with { Name = name };

    /// <summary>All that is read of a message, but for its HTML.</summary>
    internal static RemoteMessage Of(RemoteMessage message) => message with
    {
        Subject = Line(message.Subject),
        From = Of(message.From),
        To = Of(message.To),
        Content = Of(message.Content),
    };

    private static MessageContent Of(MessageContent content)
    {
        var text = Of(content.Text);
        return content with
        {
            Text = text,
            HiddenTextRemoved = content.HiddenTextRemoved + content.Text.Length - text.Length,
            Cc = Of(content.Cc),
            Bcc = Of(content.Bcc),
            ReplyTo = Of(content.ReplyTo),
            Attachments = [.. content.Attachments.Select(attachment => attachment with { Filename = Line(attachment.Filename) })],
        };
    }

    private static IReadOnlyList<EmailAddress> Of(IReadOnlyList<EmailAddress> addresses) => [.. addresses.Select(Of)];

    private static string Of(string text, bool isLine)
    {
        var first = text.AsSpan().IndexOfAny(Suspicious);
        if (first < 0 && !(isLine && text.AsSpan().ContainsAny('\t', '\r', '\n')))
            return text;
        var clean = new StringBuilder(text.Length);
        int previous = 0, kept = 0;
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var used);
            at += used;
            if (Shown(rune, kept, Next(text, at), isLine) is not { } shown)
            {
                previous = rune.Value;
                continue;
            }

            // A line end that is two characters is one space in a line.
            if (!(isLine && shown.Value == ' ' && rune.Value == '\n' && previous == '\r'))
                Append(clean, shown);
            (previous, kept) = (rune.Value, shown.Value);
        }

        return clean.ToString();
    }

    /// <summary>What stands for a character; null for nothing.</summary>
    /// <param name="kept">The last before it that is shown.</param>
    /// <param name="next">The first after it that may be.</param>
    private static Rune? Shown(Rune rune, int kept, int next, bool isLine)
    {
        switch (rune.Value)
        {
            case '\n' or '\r' or '\t':
                return isLine ? new Rune(' ') : rune;
            case 0x0B or 0x0C or 0x2800 or 0x3164 or 0xFFA0:
                return new Rune(' ');
            case 0x85 or 0x2028 or 0x2029:
                return new Rune(isLine ? ' ' : '\n');
            case ZeroWidthNonJoiner:
                return IsJoining(kept) && IsJoining(next) ? rune : null;
            case ZeroWidthJoiner:
                return IsJoining(kept) || (IsSymbol(next) && (IsSymbol(kept) || kept == EmojiSelector)) ? rune : null;
            case EmojiSelector - 1 or EmojiSelector:
                return IsSymbol(kept) || (next == Keycap && kept is '#' or '*' or (>= '0' and <= '9')) ? rune : null;
            default:
                return rune.Value < 0x10000 ? IsSuspicious((char)rune.Value) ? null : rune : IsInvisiblePair(rune) ? null : rune;
        }
    }

    /// <summary>The next character that is not of those that are left out; 0 when there is none near by.</summary>
    private static int Next(string text, int at)
    {
        for (var i = at; i < text.Length && i < at + MaxAhead;)
        {
            var status = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used);
            if (status == OperationStatus.Done && (rune.Value < 0x10000 ? !IsSuspicious((char)rune.Value) : !IsInvisiblePair(rune)))
                return rune.Value;
            i += used;
        }

        return 0;
    }

    private static bool IsSuspicious(char character) => character switch
    {
        '\n' or '\r' or '\t' => false,
        < ' ' or (>= '\x7f' and <= '\x9f') or '\xad' => true,

        // Fillers and joiners that count as letters or marks, and Mongolian selectors.
        '\u034f' or '\u115f' or '\u1160' or '\u17b4' or '\u17b5' or (>= '\u180b' and <= '\u180f') or '\u2800' or '\u3164' or '\uffa0' => true,
        >= '\ufe00' and <= '\ufe0f' => true,
        >= '\u2028' and <= '\u2029' => true,
        >= '\u2060' and <= '\u206f' => true,
        >= '\ufff0' and <= '\ufffb' or '\ufffe' or '\uffff' => true,

        // Signs of numbers in Arabic and Syriac are of the format class and are seen.
        (>= '\u0600' and <= '\u0605') or '\u06dd' or '\u070f' or '\u0890' or '\u0891' or '\u08e2' => false,

        // The first halves of pairs beyond which something invisible lies: shorthand, music, tags and selectors, private planes.
        '\ud804' or '\ud80d' or '\ud82f' or '\ud834' or (>= '\udb40' and <= '\udbff') => true,
        _ => char.GetUnicodeCategory(character) == UnicodeCategory.Format,
    };

    private static bool IsInvisiblePair(Rune rune) => rune.Value switch
    {
        0x110BD or 0x110CD => false,
        >= 0xE0000 => true,
        _ => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format,
    };

    /// <summary>Letters whose shape the joiners decide: Arabic to Sinhala, Tibetan, Burmese, Khmer, Mongolian and scripts of their kind.</summary>
    private static bool IsJoining(int rune) => rune is (>= 0x0600 and <= 0x0DFF) or (>= 0x0F00 and <= 0x109F) or (>= 0x1780 and <= 0x18AF) or (>= 0x1A20 and <= 0x1BFF)
        or (>= 0xA800 and <= 0xA8FF) or (>= 0xA980 and <= 0xA9FF) or (>= 0xAA60 and <= 0xAA7F) or (>= 0xABC0 and <= 0xABFF) or (>= 0xFB50 and <= 0xFDFF)
        or (>= 0xFE70 and <= 0xFEFC) or (>= 0x11000 and <= 0x11FFF) or (>= 0x1E900 and <= 0x1E95F);

    /// <summary>What may be an emoji.</summary>
    private static bool IsSymbol(int rune) => rune is 0xA9 or 0xAE or 0x203C or 0x2049 or 0x2122 or 0x2139 or (>= 0x2190 and <= 0x21FF) or (>= 0x2300 and <= 0x23FF) or 0x24C2
        or (>= 0x25A0 and <= 0x27BF) or (>= 0x2900 and <= 0x297F) or (>= 0x2B00 and <= 0x2BFF) or 0x3030 or 0x303D or 0x3297 or 0x3299 or (>= 0x1F000 and <= 0x1FAFF);

    private static void Append(StringBuilder text, Rune rune)
    {
        Span<char> units = stackalloc char[2];
        text.Append(units[..rune.EncodeToUtf16(units)]);
    }
}
