using System.Text.Json.Nodes;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Lists in pages: how many items, which link leads on, and what faults do to a page.</summary>
internal sealed class GraphPages(GraphFaults faults)
{
    private const int DefaultSize = 10;
    private const int MaxSize = 1000;

    /// <summary>How many items a page of this call has.</summary>
    /// <exception cref="GraphException">The client asks for none or too many.</exception>
    public static int SizeOf(GraphCall call) => call.Number("top", 1, MaxSize) ?? call.MaxPageSize ?? DefaultSize;

    /// <summary>The page asked for; its place in the list stands in the link, as Graph has it for mail.</summary>
    /// <param name="items">All items in order.</param>
    /// <param name="parameter">The name of the place in the link: <c>skip</c>, or <c>skiptoken</c> for results of a search.</param>
    public JsonObject Page<T>(GraphCall call, IReadOnlyList<T> items, string parameter, string context, Func<T, JsonNode> write)
    {
        var skip = call.Number(parameter, 0, int.MaxValue) ?? 0;
        if (skip > 0 && faults.ListSkips.TryTake(out var skipped))
        {
            skip += skipped;
        }

        var size = SizeOf(call);
        var isEmpty = faults.EmptyPage.TryTake(out _);
        var page = isEmpty ? [] : items.Skip(skip).Take(size).ToArray();
        var answer = new JsonObject { ["@odata.context"] = $"{call.BaseUrl}/$metadata#{context}" };
        if (call.One("count") == "true")
        {
            answer["@odata.count"] = items.Count;
        }

        answer["value"] = Values(page, write);
        if (isEmpty || skip + page.Length < items.Count)
        {
            answer["@odata.nextLink"] = Link(call, parameter, (skip + page.Length).ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return answer;
    }

    public JsonArray Values<T>(IReadOnlyList<T> page, Func<T, JsonNode> write)
    {
        var values = page.Select(write).ToList();
        if (page.Count > 0 && faults.DuplicatesItems.TryTake(out var twice))
        {
            values.AddRange(page.Take(twice).Select(write));
        }

        return new JsonArray([.. values]);
    }

    /// <summary>The address of the call with another value of one parameter.</summary>
    public string Link(GraphCall call, string parameter, string value)
    {
        var query = call.Request.Query.Where(pair => pair.Key.TrimStart('$') != parameter).Append(new($"${parameter}", value));
        return Link(call, string.Join('&', query.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}")));
    }

    /// <summary>The address of the call with another query; keys stand in brackets, as in the links of Graph.</summary>
    public string Link(GraphCall call, string query)
    {
        var url = call.BaseUrl + string.Concat(call.Segments.Select(segment => call.PathValues.Values.Contains(segment) ? $"('{Uri.EscapeDataString(segment)}')" : "/" + segment));
        if (faults.ForeignLink.TryTake(out var authority))
        {
            url = authority + new Uri(url).AbsolutePath;
        }

        return $"{url}?{query}";
    }
}
