using System.Globalization;

namespace MailDaemon.Protocols.Mime.Fields;

/// <summary>Date, and the end of Received.</summary>
/// <remarks>
/// <c>date-time = [ day-of-week "," ] day month year hour ":" minute [ ":" second ] zone</c>, with the obsolete years and zones
/// (RFC 5322 §3.3, §4.3). Order is not insisted on: a number is taken for what it can be.
/// </remarks>
internal static class DateField
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private static readonly string[] IsoForms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss zzz"];

    /// <summary>Null when there is no day, month and year in it.</summary>
    public static DateTimeOffset? Parse(string value)
    {
        if (DateTimeOffset.TryParseExact(value.Trim(), IsoForms,
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var iso))
        {
            return iso; // QUIRK: ISO 8601 of programs
        }

        var found = new Found();
        foreach (var word in Comments.Remove(value).Split([' ', '\t', ',', ';'], StringSplitOptions.RemoveEmptyEntries).Take(16))
        {
            found.Take(word);
        }

        return found.ToDate();
    }

    private static int FullYear(int year, int digits) => digits switch
    {
        <= 2 when year < 50 => year + 2000,
        <= 3 when year < 1000 => year + 1900,
        _ => year,
    };

    private static int Number(ReadOnlySpan<char> digits) =>
        digits.Length is > 0 and <= 4 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private sealed class Found
    {
        private int day = -1;
        private int month = -1;
        private int year = -1;
        private TimeSpan? time;
        private TimeSpan? zone;

        public void Take(string word)
        {
            if (word.Contains(':', StringComparison.Ordinal) && TryTime(word))
            {
                return;
            }

            // QUIRK: "12-Jan-2004", "12-01-2004" in one word
            foreach (var piece in word[0] is '+' or '-' ? [word] : word.Split(['-', '/'], StringSplitOptions.RemoveEmptyEntries))
            {
                TakePiece(piece);
            }
        }

        public DateTimeOffset? ToDate()
        {
            if (day < 1 || month < 1 || year is < 1 or > 9998 || day > DateTime.DaysInMonth(year, month))
            {
                return null;
            }

            var local = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified) + (time ?? TimeSpan.Zero);
            return local.Year < 2 ? null : new DateTimeOffset(local, zone ?? TimeSpan.Zero);
        }

        private void TakePiece(string piece)
        {
            var number = Number(piece);
            if (number >= 0 && day < 0 && number is >= 1 and <= 31 && piece.Length <= 2)
            {
                day = number;
            }
            else if (number >= 0 && month < 0 && day >= 0 && number is >= 1 and <= 12 && piece.Length <= 2)
            {
                month = number;
            }
            else if (number >= 0 && year < 0 && piece.Length >= 2)
            {
                year = FullYear(number, piece.Length);
            }
            else if (month < 0 && piece.Length >= 3 && Array.FindIndex(Months, each => piece.StartsWith(each, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index)
            {
                month = index + 1;
            }
            else if (time is not null)
            {
                zone ??= Zone(piece);
            }
        }

        private bool TryTime(string word)
        {
            var zoneStart = word.AsSpan().IndexOfAny('+', '-');
            var clock = zoneStart > 0 ? word[..zoneStart] : word;
            var pieces = clock.Split(':');
            if (time is not null || pieces.Length is < 2 or > 3)
            {
                return false;
            }

            var seconds = pieces.Length == 3 ? Number(pieces[2].Split('.')[0]) : 0;
            var (hour, minute) = (Number(pieces[0]), Number(pieces[1]));
            if (hour is < 0 or > 24 || minute is < 0 or > 59 || seconds is < 0 or > 60)
            {
                return false;
            }

            time = new TimeSpan(hour, minute, Math.Min(seconds, 59));
            zone = zoneStart > 0 ? Zone(word[zoneStart..]) : null;
            return true;
        }

        /// <remarks><c>zone = (FWS ( "+" / "-" ) 4DIGIT) / obs-zone</c>; an unknown word is UTC (§4.3)</remarks>
        private static TimeSpan? Zone(string word)
        {
            if (word[0] is '+' or '-')
            {
                var digits = Number(word[1..].Replace(":", "", StringComparison.Ordinal));
                var offset = TimeSpan.FromMinutes((digits / 100 * 60) + (digits % 100));
                return digits < 0 || offset > TimeSpan.FromHours(14) ? TimeSpan.Zero : word[0] == '-' ? -offset : offset;
            }

            return word.ToUpperInvariant() switch
            {
                "EST" => TimeSpan.FromHours(-5),
                "EDT" => TimeSpan.FromHours(-4),
                "CST" => TimeSpan.FromHours(-6),
                "CDT" => TimeSpan.FromHours(-5),
                "MST" => TimeSpan.FromHours(-7),
                "MDT" => TimeSpan.FromHours(-6),
                "PST" => TimeSpan.FromHours(-8),
                "PDT" => TimeSpan.FromHours(-7),
                "UT" or "GMT" or "UTC" or "Z" => TimeSpan.Zero,
                _ => null,
            };
        }
    }
}
