using System.Globalization;
using System.Text;

namespace MailDaemon.Sandbox.Imap;

/// <summary>A set of UIDs or sequence numbers as a client writes it. <c>*</c> is the largest number in use.</summary>
internal sealed class NumberSet
{
    private const uint Star = uint.MaxValue;

    private readonly List<(uint First, uint Last)> ranges = [];

    /// <summary>sequence-set = (seq-number / seq-range) ["," sequence-set]</summary>
    public static NumberSet Parse(string text)
    {
        var set = new NumberSet();
        foreach (var part in text.Split(','))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var first = ParseNumber(colon < 0 ? part : part[..colon]);
            set.ranges.Add((first, colon < 0 ? first : ParseNumber(part[(colon + 1)..])));
        }

        return set;
    }

    /// <summary>The largest number that is named, <c>*</c> aside.</summary>
    public uint Highest => ranges.SelectMany(r => new[] { r.First, r.Last }).Where(n => n != Star).DefaultIfEmpty(0u).Max();

    public bool Contains(uint number, uint largest)
    {
        foreach (var (first, last) in ranges)
        {
            var (a, b) = (first == Star ? largest : first, last == Star ? largest : last);
            if (number >= Math.Min(a, b) && number <= Math.Max(a, b))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Rising numbers in the shortest form: <c>1:3,7</c>.</summary>
    public static string Format(IEnumerable<uint> numbers)
    {
        var text = new StringBuilder();
        uint first = 0, last = 0;
        foreach (var number in numbers.Order())
        {
            if (first != 0 && number <= last + 1)
            {
                last = number;
                continue;
            }

            AppendRange(text, first, last);
            first = last = number;
        }

        AppendRange(text, first, last);
        return text.ToString();
    }

    private static void AppendRange(StringBuilder text, uint first, uint last)
    {
        if (first == 0)
        {
            return;
        }

        text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{first}");
        if (last != first)
        {
            text.Append(CultureInfo.InvariantCulture, $":{last}");
        }
    }

    private static uint ParseNumber(string text) =>
        text == "*" ? Star
        : text.Length > 0 && text[0] is >= '1' and <= '9' && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ImapSyntaxException("Invalid message set");
}
