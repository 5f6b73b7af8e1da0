using System.Globalization;
using System.Text.Json.Nodes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>Lists in pages, the newest first. A token names the last item given, so that what comes in meanwhile moves no page.</summary>
internal sealed class Paging(GmailFaults faults)
{
    private const int DefaultSize = 100;
    private const int MaxSize = 500;

    /// <summary>The page asked for as Google's list.</summary>
    /// <param name="items">All items in order.</param>
    /// <param name="keyOf">When an item is from and its id: what the items are in order of, falling.</param>
    /// <exception cref="GmailException">The token is not one of this list.</exception>
    public JsonObject Page<T>(GmailCall call, IReadOnlyList<T> items, Func<T, (DateTimeOffset Date, string Id)> keyOf, string name, Func<T, JsonNode> write)
    {
        var start = call.One("pageToken") is { Length: > 0 } token ? StartOf(items, keyOf, Read(token, call)) : 0;
        if (start > 0 && faults.ListSkips.TryTake(out var skipped))
        {
            start += skipped;
        }
        else if (start > 0 && faults.ListRepeats.TryTake(out var repeated))
        {
            start = Math.Max(0, start - repeated);
        }

        var page = items.Skip(start).Take(call.Number("maxResults", DefaultSize, MaxSize)).ToList();
        var answer = new JsonObject();
        if (page.Count > 0)
        {
            answer[name] = new JsonArray([.. page.Select(write)]);
        }

        if (start + page.Count < items.Count && page.Count > 0)
        {
            answer["nextPageToken"] = Write(keyOf(page[^1]), call);
        }

        answer["resultSizeEstimate"] = items.Count;
        return answer;
    }

    private static int StartOf<T>(IReadOnlyList<T> items, Func<T, (DateTimeOffset Date, string Id)> keyOf, (long Milliseconds, string Id) last)
    {
        var start = 0;
        while (start < items.Count && !IsAfter(keyOf(items[start]), last))
        {
            start++;
        }

        return start;
    }

    private static bool IsAfter((DateTimeOffset Date, string Id) key, (long Milliseconds, string Id) last)
    {
        var milliseconds = key.Date.ToUnixTimeMilliseconds();
        return milliseconds < last.Milliseconds || (milliseconds == last.Milliseconds && string.CompareOrdinal(key.Id, last.Id) < 0);
    }

    private static string Write((DateTimeOffset Date, string Id) last, GmailCall call) =>
        GoogleBase64.Encode(string.Create(CultureInfo.InvariantCulture, $"{last.Date.ToUnixTimeMilliseconds()}/{last.Id}/{Question(call)}"));

    private static (long Milliseconds, string Id) Read(string token, GmailCall call) =>
        GoogleBase64.DecodeText(token)?.Split('/', 3) is [var milliseconds, var id, var question]
        && long.TryParse(milliseconds, CultureInfo.InvariantCulture, out var date) && question == Question(call)
            ? (date, id)
            : throw GmailException.InvalidArgument("Invalid pageToken");

    private static string Question(GmailCall call) =>
        string.Join('&', call.Query.Where(pair => pair.Key is "q" or "labelIds" or "includeSpamTrash").Select(pair => $"{pair.Key}={pair.Value}"));
}
