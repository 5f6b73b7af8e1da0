using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MailDaemon.Sandbox.Graph.Mailboxes;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>MAPI properties of messages that <c>$expand=singleValueExtendedProperties($filter=id eq '…')</c> can ask for.</summary>
internal static partial class ExtendedProperties
{
    private const int MaxAsked = 20;

    /// <param name="filter">Terms <c>id eq '…'</c> joined by <c>or</c>.</param>
    /// <exception cref="GraphException">There is no filter, or it is another one.</exception>
    public static JsonArray Write(GraphMessage message, string? filter)
    {
        var asked = (filter ?? "").Split(" or ", StringSplitOptions.TrimEntries).Take(MaxAsked + 1).Select(term => Term().Match(term)).ToArray();
        if (asked.Length > MaxAsked || asked.Any(match => !match.Success))
        {
            throw GraphException.BadUri("singleValueExtendedProperties can be expanded with a filter 'id eq' only.");
        }

        var values = asked.Select(match => (Id: $"{match.Groups["type"].Value} 0x{Tag(match):x}", Value: ValueOf(message, match.Groups["type"].Value, Tag(match))));
        return new JsonArray([.. values.Where(pair => pair.Value is not null).Select(pair => new JsonObject { ["id"] = pair.Id, ["value"] = pair.Value })]);
    }

    private static int Tag(Match match) => int.Parse(match.Groups["tag"].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>Null when the message does not have it.</summary>
    private static string? ValueOf(GraphMessage message, string type, int tag) => (type, tag) switch
    {
        // PidTagMessageSize.
        ("Long" or "Integer", 0x0E08) => message.Raw.Length.ToString(CultureInfo.InvariantCulture),

        // PidTagLastVerbExecuted.
        ("Integer", 0x1081) when message.LastVerb > 0 => message.LastVerb.ToString(CultureInfo.InvariantCulture),

        // PidTagTransportMessageHeaders.
        ("String", 0x007D) when !message.IsDraft => Encoding.UTF8.GetString(message.Content.Header.Raw.Span),

        // PidTagInternetMessageId.
        ("String", 0x1035) => message.InternetMessageId,

        // PidTagInternetReferences, PidTagInReplyToId.
        ("String", 0x1039) when message.Content.Header.References is { Count: > 0 } references => string.Join(' ', references),
        ("String", 0x1042) => message.Content.Header.InReplyTo,

        // PidTagMessageDeliveryTime.
        ("SystemTime", 0x0E06) => MessageJson.Date(message.ReceivedAt),
        _ => null,
    };

    [GeneratedRegex("^id eq '(?<type>[A-Za-z]+) 0x(?<tag>[0-9A-Fa-f]{1,4})'$")]
    private static partial Regex Term();
}
