using System.Globalization;

namespace MailDaemon.Protocols.Mime.Writing;

internal static class DateText
{
    /// <remarks><c>date-time = day-of-week "," day month year hour ":" minute ":" second zone</c> (RFC 5322 §3.3)</remarks>
    public static string Format(DateTimeOffset date)
    {
        var sign = date.Offset < TimeSpan.Zero ? '-' : '+';
        return string.Create(CultureInfo.InvariantCulture, $"{date:ddd, dd MMM yyyy HH:mm:ss} {sign}{date.Offset:hhmm}");
    }
}
