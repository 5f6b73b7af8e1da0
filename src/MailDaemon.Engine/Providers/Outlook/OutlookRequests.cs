using Microsoft.Kiota.Abstractions;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>The requests of a pass.</summary>
internal static class OutlookRequests
{
    /// <summary>Messages of a page with their bodies.</summary>
    public const int PageSize = 50;

    /// <summary>Of the first page of a folder: what the user waits for.</summary>
    public const int FirstPageSize = 25;

    /// <summary>Messages whose state is asked for at a time.</summary>
    public const int AskedAtOnce = 100;

    /// <summary>Messages of a page of states.</summary>
    public const int ListedAtOnce = 1_000;

    private const string NewestFirst = "receivedDateTime desc";

    /// <summary>The first page of a folder's delta, the newest first.</summary>
    /// <param name="since">Null for all.</param>
    public static RequestInformation Delta(GraphClient client, string folderId, DateTimeOffset? since) => client.Me.MailFolders[folderId].Messages.Delta.ToGetRequestInformation(query =>
    {
        query.QueryParameters.Select = OutlookMessages.Selected;
        query.QueryParameters.Orderby = [NewestFirst];
        query.QueryParameters.Filter = Since(since);
    });

    /// <summary>A page of a folder's messages, the newest first.</summary>
    public static RequestInformation List(GraphClient client, string folderId, string[] selected, int top, DateTimeOffset? since, int skip = 0) => client.Me.MailFolders[folderId].Messages.ToGetRequestInformation(query =>
    {
        query.QueryParameters.Select = selected;
        query.QueryParameters.Orderby = [NewestFirst];
        query.QueryParameters.Filter = Since(since);
        query.QueryParameters.Top = top;
        query.QueryParameters.Skip = skip > 0 ? skip : null;
    });

    /// <summary>How many messages a folder has.</summary>
    public static RequestInformation Count(GraphClient client, string folderId, DateTimeOffset? since) => client.Me.MailFolders[folderId].Messages.ToGetRequestInformation(query =>
    {
        query.QueryParameters.Select = ["id"];
        query.QueryParameters.Top = 1;
        query.QueryParameters.Count = true;
        query.QueryParameters.Filter = Since(since);
    });

    public static RequestInformation Sized(RequestInformation request, int messages)
    {
        request.Headers.Add("Prefer", FormattableString.Invariant($"odata.maxpagesize={messages}"));
        return request;
    }

    private static string? Since(DateTimeOffset? since) => since is { } instant ? $"receivedDateTime ge {OutlookQuery.Instant(instant)}" : null;
}
