using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;

namespace MailDaemon.Messages;

/// <summary>Which part of which list; what the list of one account and that of all share.</summary>
public abstract record ListRequest : FilterRequest
{
    [Description("Messages to leave out from the newest on"), Range(0, int.MaxValue), Alias("skip")]
    public int Offset { get; init; }

    [Description("Messages to list"), Range(1, MessageQuery.MostItems), Alias("pageSize", "maxResults"), NotCalled("top", "count", "size")]
    public int Limit { get; init; } = 50;

    [Description("Only those that the server received at this instant or later"), NotCalled("after", "dateFrom", "from"), Example("2026-01-31T00:00:00Z")]
    public DateTimeOffset? Since { get; init; }

    internal MessageQuery Query => new() { Folder = Folder, Offset = Offset, Limit = Limit, Since = Since };
}
