using System.Globalization;
using System.Text;

namespace MailDaemon.Protocols.Mime.Fields;

/// <summary>Parameters of structured fields: read as they stand, then decoded.</summary>
/// <remarks>
/// <c>parameter = attribute "=" value; value = token / quoted-string</c> (RFC 2045 §5.1);
/// <c>attribute = name ["*" section] ["*"]</c>, <c>extended-initial-value = [charset] "'" [language] "'" extended-other-values</c> (RFC 2231 §7).
/// </remarks>
internal static class ParameterList
{
    /// <summary>Reads <c>; name=value; name="value"</c>, and what senders write instead of it.</summary>
    public static List<KeyValuePair<string, string>> Parse(string text)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        var position = 0;
        while (true)
        {
            position = Skip(text, position, "; \t,\"");
            if (position >= text.Length)
            {
                return parameters;
            }

            var nameEnd = IndexOfAny(text, position, "=;");
            if (nameEnd == text.Length || text[nameEnd] == ';')
            {
                position = nameEnd; // a word without a value
                continue;
            }

            var name = LastWord(text.AsSpan(position, nameEnd - position));
            position = Skip(text, nameEnd + 1, " \t");
            var end = ValueEnd(text, position);
            var value = position < end && text[position] == '"'
                ? QuotedString.Unquote(text.AsSpan(position, end - position))
                : text[position..end].Trim();
            parameters.Add(new(name, value));
            position = end;
        }
    }

    /// <summary>Joins continuations, undoes percent and word encodings; of two parameters of one name the first counts.</summary>
    public static IReadOnlyDictionary<string, string> Decode(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var plain = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var extended = new Dictionary<string, List<Segment>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in parameters)
        {
            if (Segment.Read(name, value) is { } segment)
            {
                if (!extended.TryGetValue(segment.Name, out var segments))
                {
                    extended.Add(segment.Name, segments = []);
                }

                segments.Add(segment);
            }
            else
            {
                plain.TryAdd(name, EncodedWord.Decode(value));
            }
        }

        foreach (var (name, segments) in extended)
        {
            plain[name] = Join(segments);
        }

        return plain;
    }

    private static string Join(List<Segment> segments)
    {
        var bytes = new MemoryStream();
        string? charset = null;
        var anyEncoded = false;
        var isFirst = true;
        foreach (var segment in segments.DistinctBy(each => each.Number).OrderBy(each => each.Number))
        {
            var value = segment.Value;
            if (segment.IsEncoded && isFirst && TrySplitCharset(ref value, out var declared))
            {
                charset = declared;
            }

            bytes.Write(segment.IsEncoded ? PercentDecode(value) : Encoding.UTF8.GetBytes(value));
            anyEncoded |= segment.IsEncoded;
            isFirst = false;
        }

        var text = Charsets.Decode(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), charset);
        return anyEncoded && charset is not null ? text : EncodedWord.Decode(text); // QUIRK: encoded words cut into continuations
    }

    /// <remarks><c>[charset] "'" [language] "'"</c></remarks>
    private static bool TrySplitCharset(ref string value, out string? charset)
    {
        var first = value.IndexOf('\'', StringComparison.Ordinal);
        var second = first < 0 ? -1 : value.IndexOf('\'', first + 1);
        charset = second < 0 || first == 0 ? null : value[..first];
        if (second < 0)
        {
            return false;
        }

        value = value[(second + 1)..];
        return true;
    }

    private static byte[] PercentDecode(string value)
    {
        var source = Encoding.UTF8.GetBytes(value);
        var length = 0;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '%' && i + 2 < source.Length && byte.TryParse(source.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                source[length++] = octet;
                i += 2;
            }
            else
            {
                source[length++] = source[i];
            }
        }

        return source[..length];
    }

    /// <summary>The end of the value: the closing quote, the next semicolon, or blanks before <c>name=</c> of a sender who forgot it.</summary>
    private static int ValueEnd(string text, int start)
    {
        if (start < text.Length && text[start] == '"')
        {
            return QuotedString.End(text, start);
        }

        var end = IndexOfAny(text, start, ";");
        var firstEnd = IndexOfAny(text, start, " \t;=");
        if (firstEnd < end && text[firstEnd] == '=' && text[start - 1] != '=' && IsKnownName(text.AsSpan(start, firstEnd - start)))
        {
            return start; // QUIRK: "charset= boundary=x", a parameter that was left empty
        }

        for (var blank = IndexOfAny(text, start, " \t"); blank < end; blank = IndexOfAny(text, blank + 1, " \t"))
        {
            var word = Skip(text, blank, " \t");
            var wordEnd = IndexOfAny(text, word, " \t;=");
            if (wordEnd < end && text[wordEnd] == '=' && IsKnownName(text.AsSpan(word, wordEnd - word)))
            {
                return blank;
            }

            blank = Math.Max(blank, word - 1);
        }

        return end;
    }

    private static bool IsKnownName(ReadOnlySpan<char> word)
    {
        var star = word.IndexOf('*');
        var name = star < 0 ? word : word[..star];
        return name.Equals("charset", StringComparison.OrdinalIgnoreCase) || name.Equals("name", StringComparison.OrdinalIgnoreCase) ||
            name.Equals("filename", StringComparison.OrdinalIgnoreCase) || name.Equals("boundary", StringComparison.OrdinalIgnoreCase) ||
            name.Equals("format", StringComparison.OrdinalIgnoreCase) || name.Equals("type", StringComparison.OrdinalIgnoreCase);
    }

    private static string LastWord(ReadOnlySpan<char> name)
    {
        var trimmed = name.Trim(" \t\"");
        return trimmed[(trimmed.LastIndexOfAny(' ', '\t') + 1)..].ToString();
    }

    private static int Skip(string text, int position, string any)
    {
        var skipped = text.AsSpan(position).IndexOfAnyExcept(any);
        return skipped < 0 ? text.Length : position + skipped;
    }

    private static int IndexOfAny(string text, int position, string any)
    {
        var found = position >= text.Length ? -1 : text.AsSpan(position).IndexOfAny(any);
        return found < 0 ? text.Length : position + found;
    }

    /// <summary>One piece of an extended parameter.</summary>
    private sealed record Segment(string Name, int Number, bool IsEncoded, string Value)
    {
        /// <summary>Null when the name is a plain one.</summary>
        /// <remarks><c>name*</c>, <c>name*0</c>, <c>name*0*</c></remarks>
        public static Segment? Read(string name, string value)
        {
            var star = name.IndexOf('*', StringComparison.Ordinal);
            if (star <= 0)
            {
                return null;
            }

            var section = name.AsSpan(star + 1);
            var isEncoded = section.Length == 0 || section[^1] == '*';
            var digits = section.TrimEnd('*');
            if (digits.Length == 0)
            {
                return new Segment(name[..star], 0, isEncoded, value);
            }

            return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new Segment(name[..star], number, isEncoded, value)
                : null;
        }
    }
}
