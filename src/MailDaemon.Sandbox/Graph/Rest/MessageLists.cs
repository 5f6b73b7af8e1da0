using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Graph.OData;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>Lists of messages, of a folder or of all: filtered, sorted, searched.</summary>
internal sealed class MessageLists(GraphContext context)
{
    private const int MaxFound = 1000;
    private static readonly string[] NotWithSearch = ["filter", "orderby", "skip"];

    private readonly GraphPages pages = new(context.Faults);

    public GraphReply OfAll(GraphCall call) => List(call, call.Mailbox.Messages());

    public GraphReply OfFolder(GraphCall call) => List(call, call.Mailbox.Messages(call.PathValues["mailFolder-id"]));

    private GraphReply List(GraphCall call, IReadOnlyList<GraphMessage> messages)
    {
        var properties = MessageProperties.For(call);
        var (selected, expands) = (MessageJson.Selected(call.One("select")), ODataExpand.Parse(call.One("expand")));
        if (call.One("search") is { } search)
        {
            messages = Search(call, messages, search);
        }
        else
        {
            var (filter, order) = (ODataFilter<GraphMessage>.Parse(call.One("filter"), properties), ODataOrder.Parse(call.One("orderby"), properties.Names));
            ThrowIfInefficient(filter, order);
            IEnumerable<GraphMessage> found = filter is null ? messages : messages.Where(filter.Matches);
            messages = order is null && filter is null ? messages : [.. order is null ? found : order.Apply(found, properties.Get)];
        }

        var parameter = call.One("search") is null ? "skip" : "skiptoken";
        return GraphReply.Ok(pages.Page(call, messages, parameter, "users('me')/messages", message => MessageJson.Write(call, message, selected, expands)));
    }

    /// <summary>At most 1,000 results, the newest first; nothing else can be asked beside (Graph, "Use the $search query parameter").</summary>
    private static IReadOnlyList<GraphMessage> Search(GraphCall call, IReadOnlyList<GraphMessage> messages, string search)
    {
        if (NotWithSearch.FirstOrDefault(name => call.One(name) is not null) is { } other)
        {
            throw new GraphException(400, "SearchWithOrderBy", $"The query parameter '${other}' is not supported with '$search'.");
        }

        var query = KqlSearch.Parse(search);
        return [.. messages.Where(query.Matches).Take(MaxFound)];
    }

    /// <summary>What is sorted by must stand in the filter too, first and in the same order (Graph, "List messages").</summary>
    private static void ThrowIfInefficient(ODataFilter<GraphMessage>? filter, ODataOrder? order)
    {
        if (filter is not null && order is not null && !order.Keys.Select(key => key.Property).SequenceEqual(filter.Properties.Take(order.Keys.Count)))
        {
            throw new GraphException(400, "InefficientFilter", "The restriction or sort order is too complex for this operation.");
        }
    }
}
