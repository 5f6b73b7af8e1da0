using System.Globalization;
using System.Text.RegularExpressions;
using MailDaemon.Sandbox.Graph.Mailboxes;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>The one filter that a delta query of messages has: <c>receivedDateTime ge</c> or <c>gt</c> a date.</summary>
internal static partial class DeltaFilter
{
    /// <exception cref="GraphException">It is another filter.</exception>
    public static Func<GraphMessage, bool> Parse(string? filter)
    {
        if (string.IsNullOrWhiteSpace(filter))
        {
            return _ => true;
        }

        if (Form().Match(filter.Trim()) is not { Success: true } match
            || !DateTimeOffset.TryParse(match.Groups["date"].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            throw GraphException.NotWithDelta("$filter");
        }

        return match.Groups["sign"].Value.Equals("ge", StringComparison.OrdinalIgnoreCase) ? message => message.ReceivedAt >= date : message => message.ReceivedAt > date;
    }

    [GeneratedRegex(@"^receivedDateTime\s+(?<sign>ge|gt)\s+(?<date>\S+)$", RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
