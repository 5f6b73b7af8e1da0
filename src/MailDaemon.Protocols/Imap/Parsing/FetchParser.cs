using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MailDaemon.Protocols.Imap.Parsing;

/// <summary>
/// message-data = nz-number SP "FETCH" SP msg-att. An item that cannot be read costs itself: it is passed over by its structure
/// and named in <see cref="FetchedMessage.Defect"/>.
/// </summary>
internal static class FetchParser
{
    private static readonly string[] DateFormats = ["d-MMM-yyyy HH:mm:ss zzz", "d-MMM-yyyy H:mm:ss zzz"];

    /// <summary>Never throws: what cannot be read is a defect.</summary>
    public static FetchedMessage Read(in ImapReply reply, ImapLimits limits)
    {
        var message = Read(reply, limits, isLenient: false);
        if (message.Defect is null)
        {
            return message;
        }

        var second = Read(reply, limits, isLenient: true);
        return second.Defect is null ? second : message;
    }

    private static FetchedMessage Read(in ImapReply reply, ImapLimits limits, bool isLenient)
    {
        var items = new FetchedItems { SequenceNumber = reply.Number };
        var tokens = new ImapTokens(reply.Bytes, reply.Payload, limits, reply.OwnsBytes, isLenient);
        try
        {
            tokens.Take((byte)'(');
            while (!tokens.TryTake((byte)')'))
            {
                ReadItem(ref tokens, items, limits, isLenient);
            }
        }
        catch (ImapSyntaxException e)
        {
            items.AddDefect(e.Message);
            items.Uid ??= FindUid(reply.Bytes.Span[reply.Payload..]);
        }

        if (tokens.HasSkippedLiteral)
        {
            items.AddDefect($"a literal of more than {limits.MaxLiteralBytes} bytes was left out");
        }

        return items.ToMessage();
    }

    private static void ReadItem(ref ImapTokens tokens, FetchedItems items, ImapLimits limits, bool isLenient)
    {
        var name = tokens.Atom();
        var bracket = name.IndexOf((byte)'[');
        if (bracket >= 0)
        {
            ReadSection(ref tokens, name, bracket, items);
            return;
        }

        items.HasContent |= !IsMark(name);
        var start = tokens.Position;
        try
        {
            if (isLenient && ImapWords.Is(name, "FLAGS"u8))
            {
                items.Flags = FlagList.ReadLoosely(ref tokens);
                return;
            }

            ReadValue(ref tokens, name, items, limits);
        }
        catch (ImapSyntaxException e)
        {
            items.AddDefect($"{ImapWords.Text(name)}: {e.Message}");
            tokens.Position = start;
            tokens.SkipValue();
        }
    }

    /// <summary>What a server also sends unasked.</summary>
    private static bool IsMark(ReadOnlySpan<byte> name) =>
        ImapWords.Is(name, "UID"u8) || ImapWords.Is(name, "FLAGS"u8) || ImapWords.Is(name, "MODSEQ"u8) || ImapWords.Is(name, "X-GM-LABELS"u8);

    private static void ReadValue(ref ImapTokens tokens, ReadOnlySpan<byte> name, FetchedItems items, ImapLimits limits)
    {
        switch (name.Length)
        {
            case 3 when ImapWords.Is(name, "UID"u8):
                items.Uid = Uid(ref tokens);
                break;
            case 4 when ImapWords.Is(name, "BODY"u8):
                items.BodyStructure = BodyStructureParser.Read(ref tokens, limits);
                break;
            case 5 when ImapWords.Is(name, "FLAGS"u8):
                items.Flags = FlagList.Read(ref tokens);
                break;
            case 6 when ImapWords.Is(name, "MODSEQ"u8):
                items.ModSeq = ModSeq(ref tokens);
                break;
            case 6 when ImapWords.Is(name, "RFC822"u8):
                items.Add(string.Empty, tokens.NStringBytes());
                break;
            case 7 when ImapWords.Is(name, "EMAILID"u8):
                items.EmailId = ObjectId(ref tokens);
                break;
            case 8 when ImapWords.Is(name, "ENVELOPE"u8):
                items.Envelope = EnvelopeParser.Read(ref tokens, limits);
                break;
            case 8 when ImapWords.Is(name, "THREADID"u8):
                items.ThreadId = ObjectId(ref tokens);
                break;
            case 10 when ImapWords.Is(name, "X-GM-MSGID"u8):
                items.GmailMessageId = tokens.Number();
                break;
            case 10 when ImapWords.Is(name, "X-GM-THRID"u8):
                items.GmailThreadId = tokens.Number();
                break;
            case 11 when ImapWords.Is(name, "X-GM-LABELS"u8):
                items.GmailLabels = Words(ref tokens, ModifiedUtf7.Decode);
                break;
            case 11 when ImapWords.Is(name, "RFC822.SIZE"u8):
                items.Size = tokens.NumberOrNil();
                break;
            case 11 when ImapWords.Is(name, "RFC822.TEXT"u8):
                items.Add("TEXT", tokens.NStringBytes());
                break;
            case 12 when ImapWords.Is(name, "INTERNALDATE"u8):
                items.InternalDate = InternalDate(ref tokens);
                break;
            case 13 when ImapWords.Is(name, "BODYSTRUCTURE"u8):
                items.BodyStructure = BodyStructureParser.Read(ref tokens, limits);
                break;
            case 13 when ImapWords.Is(name, "RFC822.HEADER"u8):
                items.Add("HEADER", tokens.NStringBytes());
                break;
            default:
                tokens.SkipValue();
                break;
        }
    }

    /// <summary>"BODY" section ["&lt;" number "&gt;"] SP nstring / "BINARY" section-binary SP (nstring / literal8)</summary>
    private static void ReadSection(ref ImapTokens tokens, ReadOnlySpan<byte> name, int bracket, FetchedItems items)
    {
        // The name may hold spaces, parentheses and quotation marks: HEADER.FIELDS ("From" To).
        var start = tokens.Position - name.Length + bracket + 1;
        var close = tokens.Slice(start, tokens.Position + tokens.Rest.Length).IndexOf((byte)']');
        if (close < 0)
        {
            tokens.Fail("a section without its closing bracket");
        }

        var section = SectionName(tokens.Slice(start, start + close));
        tokens.Position = start + close + 1;
        if (tokens.Rest.Length > 0 && tokens.Rest[0] == (byte)'<')
        {
            var end = tokens.Rest.IndexOf((byte)'>');
            if (end < 0)
            {
                tokens.Fail("an origin without its closing bracket");
            }

            tokens.Position += end + 1;
        }

        if (ImapWords.Is(name[..bracket], "BINARY.SIZE"u8))
        {
            tokens.SkipValue();
            return;
        }

        // QUIRK: Yandex, BODY[2] ) without a value for an empty part.
        var isMissing = tokens.Peek() == (byte)')';
        var wasSkipped = tokens.HasSkippedLiteral;
        var isNil = false;
        var bytes = isMissing ? default : tokens.NStringBytes(out isNil);

        // NIL for an empty part is as good as empty; a header is never, and NIL for it says that there is no such message any more.
        if (wasSkipped == tokens.HasSkippedLiteral && !(isNil && section == "HEADER"))
        {
            items.Add(section, bytes);
        }
    }

    /// <summary>In capitals and without quotation marks, so that it is found by what was asked for.</summary>
    internal static string SectionName(ReadOnlySpan<byte> section)
    {
        var text = ImapWords.Text(section);
        foreach (var c in text)
        {
            if (char.IsLower(c) || c == '"')
            {
                return text.Replace("\"", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
            }
        }

        return text;
    }

    private static uint? Uid(ref ImapTokens tokens)
    {
        var number = tokens.Number();
        return number is > 0 and <= uint.MaxValue ? (uint)number : throw new ImapSyntaxException("a UID out of range");
    }

    /// <summary>fetch-mod-resp = "MODSEQ" SP "(" permsg-modsequence ")"</summary>
    private static ulong? ModSeq(ref ImapTokens tokens)
    {
        var isList = tokens.TryTake((byte)'(');

        // QUIRK: Zoho, negative modification sequences: as good as none.
        var atom = tokens.Atom();
        ulong? number = Utf8Parser.TryParse(atom, out ulong value, out var used) && used == atom.Length && value > 0 ? value : null;
        if (isList)
        {
            tokens.Take((byte)')');
        }

        return number;
    }

    /// <summary>"(" objectid ")" / nil</summary>
    private static string? ObjectId(ref ImapTokens tokens)
    {
        if (!tokens.TryTake((byte)'('))
        {
            return tokens.NStringText();
        }

        var id = tokens.NStringText();
        tokens.Take((byte)')');
        return id;
    }

    /// <summary>"(" [word *(SP word)] ")"; NIL among them is left out.</summary>
    internal static IReadOnlyList<string> Words(ref ImapTokens tokens, Func<string, string>? map = null)
    {
        tokens.Take((byte)'(');
        if (tokens.TryTake((byte)')'))
        {
            return [];
        }

        var words = new List<string>(2);
        while (!tokens.TryTake((byte)')'))
        {
            if (tokens.NStringText() is { } word)
            {
                words.Add(map is null ? word : map(word));
            }
        }

        return words;
    }

    /// <summary>date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE; null for what is no date.</summary>
    private static DateTimeOffset? InternalDate(ref ImapTokens tokens)
    {
        var text = tokens.NString(out _).Trim((byte)' ');
        if (text.Length is < 24 or > 30)
        {
            return null;
        }

        // zzz wants a colon inside the zone.
        Span<char> chars = stackalloc char[text.Length + 1];
        Encoding.Latin1.GetChars(text, chars);
        chars[^1] = chars[^2];
        chars[^2] = chars[^3];
        chars[^3] = ':';
        return DateTimeOffset.TryParseExact(
            chars, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AllowLeadingWhite, out var date) ? date : null;
    }

    /// <summary>The UID of a reply that cannot be read to its end.</summary>
    private static uint? FindUid(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var at = text.IndexOf("UID "u8);
            if (at < 0)
            {
                return null;
            }

            if (at > 0 && text[at - 1] is (byte)'(' or (byte)' ' && Utf8Parser.TryParse(text[(at + 4)..], out uint uid, out _) && uid > 0)
            {
                return uid;
            }

            text = text[(at + 4)..];
        }
    }
}
