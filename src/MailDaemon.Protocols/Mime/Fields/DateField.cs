using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MailDaemon.Protocols.Mime.Fields;

/// <summary>The Date field.</summary>
/// <remarks>
/// <c>date-time = [ day-of-week "," ] day month year hour ":" minute [ ":" second ] zone</c>, with the obsolete years and zones
/// (RFC 5322 §3.3, §4.3); also the forms of asctime, ISO 8601, JavaScript and RFC 850. Each word must be understood: a date of which a
/// piece cannot be read, or can be read in two ways, is no date.
/// </remarks>
internal static partial class DateField
{
    private const int MaxWords = 16;
    private const string Unreadable = "The Date field cannot be read.";
    private const string NoZone = "The Date field names no time zone; it was read as UTC.";

    private static readonly string[] Months =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    private static readonly string[] Weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    /// <summary>Hours from UTC. Names that several zones share (IST, BST) are not among them.</summary>
    private static readonly FrozenDictionary<string, double> Zones = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase)
    {
        ["UT"] = 0, ["GMT"] = 0, ["UTC"] = 0, ["Z"] = 0, ["WET"] = 0,
        ["EST"] = -5, ["EDT"] = -4, ["CST"] = -6, ["CDT"] = -5, ["MST"] = -7, ["MDT"] = -6, ["PST"] = -8, ["PDT"] = -7,
        ["AKST"] = -9, ["AKDT"] = -8, ["HST"] = -10, ["BRT"] = -3, ["NST"] = -3.5,
        ["CET"] = 1, ["MET"] = 1, ["MEZ"] = 1, ["WEST"] = 1, ["CEST"] = 2, ["MEST"] = 2, ["MESZ"] = 2, ["EET"] = 2, ["EEST"] = 3, ["MSK"] = 3,
        ["PKT"] = 5, ["HKT"] = 8, ["SGT"] = 8, ["AWST"] = 8, ["JST"] = 9, ["KST"] = 9, ["AEST"] = 10, ["AEDT"] = 11, ["NZST"] = 12, ["NZDT"] = 13,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The instant, null when it cannot be read for certain; and what was wrong, null when nothing was.</summary>
    public static (DateTimeOffset? Date, string? Defect) Read(string value)
    {
        var text = DateTimeSeparator().Replace(Comments.Remove(value), " ");
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var words = (open < 0 ? text : text[..open]).Split([' ', '\t', ';', '\u00A0'], StringSplitOptions.RemoveEmptyEntries);
        var found = new Found();
        var isRead = words.Length is > 0 and <= MaxWords;
        foreach (var word in isRead ? words : [])
        {
            foreach (var piece in ClockWord().IsMatch(word) ? [word.TrimEnd(',')] : word.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                isRead &= found.Take(piece);
            }
        }

        return isRead && found.ToDate() is { } date ? (date, found.HasZone ? null : NoZone) : (null, Unreadable);
    }

    [GeneratedRegex(@"(?<=\d)[Tt](?=\d)", RegexOptions.CultureInvariant)]
    private static partial Regex DateTimeSeparator();

    /// <summary>A comma in it is that of a fraction.</summary>
    [GeneratedRegex(@"^\d{1,2}:\d{1,2}:\d{1,2},\d", RegexOptions.CultureInvariant)]
    private static partial Regex ClockWord();

    [GeneratedRegex(@"^(?<hour>\d{1,2}):(?<minute>\d{1,2})(:(?<second>\d{1,2})([.,]\d{1,9})?)?(?<rest>\D.*)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Clock();

    [GeneratedRegex(@"^(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)(?<rest>[Zz+-].*)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex CompactClock();

    [GeneratedRegex(@"^(?<year>\d{4})(?<sign>[-/.])(?<month>\d{1,2})\k<sign>(?<day>\d{1,2})$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex YearFirst();

    [GeneratedRegex(@"^(?<year>(19|20)\d\d)(?<month>\d\d)(?<day>\d\d)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex CompactDate();

    [GeneratedRegex(@"^(?<first>\d{1,2})(?<sign>[-/.])(?<second>\d{1,2})\k<sign>(?<year>\d{4})$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex YearLast();

    [GeneratedRegex(@"^((?<weekday>[A-Za-z]{3,9})[-/])?((?<day>\d{1,2})[-/.](?<month>[A-Za-z]{3,9})|(?<month>[A-Za-z]{3,9})[-/.](?<day>\d{1,2}))[-/.](?<year>\d{2,4})$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex NamedMonth();

    [GeneratedRegex(@"^(?<name>[A-Za-z]{1,5})?(?<sign>[+-])((?<hours>\d{1,2}):?(?<minutes>\d\d)|(?<hours>\d{1,2}))$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Offset();

    [GeneratedRegex(@"^(?<number>\d{1,2})(st|nd|rd|th)$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Ordinal();

    private static int FullYear(int year, int digits) => digits switch
    {
        <= 2 when year < 50 => year + 2000,
        <= 3 when year < 1000 => year + 1900,
        _ => year,
    };

    private static int Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static int IndexOf(string[] names, string word)
    {
        var name = word.TrimEnd('.');
        return name.Length < 3 ? -1 : Array.FindIndex(names, each => each.StartsWith(name, StringComparison.OrdinalIgnoreCase));
    }

    private sealed class Found
    {
        private int words;
        private int weekday = -1;
        private int day = -1;
        private int month = -1;
        private int year = -1;

        /// <summary>Of two numbers that can both be a month, of which nobody says which is.</summary>
        private bool isOrderUnknown;
        private bool isDayFirst;
        private (int Hour, int Minute, int Second)? clock;
        private bool? isAfternoon;
        private TimeSpan? offset;
        private string? zoneName;

        public bool HasZone => offset is not null || zoneName is not null;

        /// <returns>False when nobody can say what the word means.</returns>
        public bool Take(string word)
        {
            var isFirst = words++ == 0;
            if (word.All(char.IsAsciiDigit))
            {
                return TakeNumber(word);
            }

            return TakeClock(Clock().Match(word)) || TakeDate(word) || TakeOffset(Offset().Match(word)) || TakeWord(word, isFirst);
        }

        public DateTimeOffset? ToDate()
        {
            if (isOrderUnknown && day != month && !KnowsOrder())
            {
                return null;
            }

            if (ToOffset() is not { } zone || clock is not { } time || month < 1 || month > 12 || year is < 1900 or > 9998 || day < 1 || day > DateTime.DaysInMonth(year, month))
            {
                return null;
            }

            var hour = isAfternoon switch
            {
                null => time.Hour,
                true when time.Hour < 12 => time.Hour + 12,
                false when time.Hour == 12 => 0,
                false when time.Hour > 12 => -1,
                _ => time.Hour,
            };
            var isMidnight = time is (24, 0, 0);
            return hour < 0 || (hour > 23 && !isMidnight)
                ? null
                : new DateTimeOffset(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified) + new TimeSpan(hour, time.Minute, Math.Min(time.Second, 59)), zone);
        }

        /// <summary>Which of two numbers is the day, when the weekday fits one order alone.</summary>
        private bool KnowsOrder()
        {
            bool Fits(int asMonth, int asDay) => year is > 0 and < 9999 && asMonth is >= 1 and <= 12 && asDay >= 1 && asDay <= DateTime.DaysInMonth(year, asMonth)
                && (int)new DateTime(year, asMonth, asDay, 0, 0, 0, DateTimeKind.Unspecified).DayOfWeek == weekday;

            var (isDayFirstRight, isMonthFirstRight) = (Fits(month, day), Fits(day, month));
            if (isDayFirstRight == isMonthFirstRight)
            {
                return false;
            }

            (day, month) = isDayFirstRight ? (day, month) : (month, day);
            return true;
        }

        /// <summary>An offset in digits counts before a name, also behind it, as in <c>GMT +0800</c>. Without either UTC is taken.</summary>
        private TimeSpan? ToOffset()
        {
            if (offset is not null || zoneName is null)
            {
                return offset ?? TimeSpan.Zero;
            }

            // QUIRK: Java and date(1) of China write "Mon Jan 05 10:00:00 CST 2026"; the CST of RFC 5322 stands behind day, month and year
            return (zoneName.Equals("CST", StringComparison.OrdinalIgnoreCase) && !isDayFirst) || !Zones.TryGetValue(zoneName, out var hours)
                ? null
                : TimeSpan.FromHours(hours);
        }

        private bool TakeNumber(string word)
        {
            if (word.Length <= 2 && day < 0)
            {
                day = Number(word);
                isDayFirst = month < 0;
                return true;
            }

            if (word.Length is >= 2 and <= 4 && year < 0 && day >= 0 && month >= 0)
            {
                year = FullYear(Number(word), word.Length);
                return true;
            }

            if (word.Length == 4 && year < 0)
            {
                year = Number(word);
                return true;
            }

            return (CompactDate().Match(word) is { Success: true } date && SetDate(date.Groups["year"].Value, date.Groups["month"].Value, date.Groups["day"].Value))
                || (day >= 0 && TakeClock(CompactClock().Match(word)));
        }

        private bool TakeClock(Match match)
        {
            if (!match.Success || clock is not null)
            {
                return false;
            }

            var (hour, minute) = (Number(match.Groups["hour"].Value), Number(match.Groups["minute"].Value));
            var second = match.Groups["second"] is { Success: true } given ? Number(given.Value) : 0;
            clock = (hour, minute, second);
            var rest = match.Groups["rest"];
            return hour <= 24 && minute <= 59 && second <= 60 && (!rest.Success || Take(rest.Value));
        }

        private bool TakeDate(string word)
        {
            if (YearFirst().Match(word) is { Success: true } first)
            {
                return SetDate(first.Groups["year"].Value, first.Groups["month"].Value, first.Groups["day"].Value);
            }

            if (CompactClock().Match(word) is { Success: true } clockOfDate && day >= 0)
            {
                return TakeClock(clockOfDate);
            }

            if (YearLast().Match(word) is { Success: true } last)
            {
                // 31.12.2026 is written with dots only where the day comes first.
                var (left, right) = (Number(last.Groups["first"].Value), Number(last.Groups["second"].Value));
                var isMonthFirst = right > 12;
                isOrderUnknown = left <= 12 && right <= 12 && last.Groups["sign"].Value != ".";
                return SetDate(last.Groups["year"].Value, $"{(isMonthFirst ? left : right)}", $"{(isMonthFirst ? right : left)}");
            }

            return NamedMonth().Match(word) is { Success: true } named
                && IndexOf(Months, named.Groups["month"].Value) is >= 0 and var index
                && SetDate(named.Groups["year"].Value, $"{index + 1}", named.Groups["day"].Value);
        }

        private bool SetDate(string yearText, string monthText, string dayText)
        {
            if (year >= 0 || month >= 0 || day >= 0)
            {
                return false;
            }

            (year, month, day) = (FullYear(Number(yearText), yearText.Length), Number(monthText), Number(dayText));
            isDayFirst = true;
            return true;
        }

        /// <remarks><c>zone = (FWS ( "+" / "-" ) 4DIGIT) / obs-zone</c></remarks>
        private bool TakeOffset(Match match)
        {
            var name = match.Groups["name"].Value;
            if (!match.Success || offset is not null || clock is null || (name.Length > 0 && Zones.GetValueOrDefault(name, 1) != 0))
            {
                return false;
            }

            var minutes = match.Groups["minutes"] is { Success: true } given ? Number(given.Value) : 0;
            var size = TimeSpan.FromMinutes((Number(match.Groups["hours"].Value) * 60) + minutes);
            offset = match.Groups["sign"].Value == "-" ? -size : size;
            return minutes < 60 && size <= TimeSpan.FromHours(14);
        }

        private bool TakeWord(string word, bool isFirst)
        {
            if (IndexOf(Weekdays, word) is >= 0 and var dayOfWeek)
            {
                weekday = dayOfWeek;
                return true;
            }

            if (IndexOf(Months, word) is >= 0 and var index && month < 0)
            {
                month = index + 1;
                return true;
            }

            if (Ordinal().Match(word) is { Success: true } ordinal && day < 0)
            {
                day = Number(ordinal.Groups["number"].Value);
                return true;
            }

            if (word.Equals("at", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            var letters = word.Replace(".", "", StringComparison.Ordinal);
            if (clock is not null && isAfternoon is null && letters.ToUpperInvariant() is "AM" or "PM")
            {
                isAfternoon = letters[0] is 'p' or 'P';
                return true;
            }

            // The first word may be the weekday of another language; what stands behind the time is the name of a zone.
            var isName = word.All(char.IsLetter);
            zoneName = isName && clock is not null ? zoneName ?? word : zoneName;
            return isName && (isFirst || clock is not null);
        }
    }
}
