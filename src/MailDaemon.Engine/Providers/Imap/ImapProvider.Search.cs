using System.Runtime.CompilerServices;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Searching on the server (RFC 9051 §6.4.4).</summary>
internal sealed partial class ImapProvider
{
    public async IAsyncEnumerable<RemoteMatches> SearchAsync(RemoteSearchRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        var query = QueryOf(request);
        foreach (var folder in request.Folders)
        {
            yield return await SearchFolderAsync(folder, query, request, ct);
        }
    }

    public Task<IReadOnlyList<RemoteMessage>> ReadMessagesAsync(string scope, IReadOnlyList<string> remoteIds, string? cursor, CancellationToken ct) => InFolderAsync(
        scope,
        cursor,
        async (session, token) =>
        {
            var (messages, refused) = await ReadAsync(session, [.. remoteIds.Select(Uid)], cursor, token);
            return messages.Count == 0 && refused is [var first, ..] ? throw new MailException(MailFault.Refused, first.Code, first.Reason) : messages;
        },
        ct);

    private async Task<RemoteMatches> SearchFolderAsync(SearchedFolder folder, SearchQuery query, RemoteSearchRequest request, CancellationToken ct)
    {
        try
        {
            return await connections.RunAsync(
                async (client, token) =>
                {
                    await OpenAsync(client, folder.Path, folder.Cursor, isReadOnly: true, token);
                    var found = await client.SearchAsync(query, token);
                    var newest = found.OrderDescending().Take(request.Limit).ToList();
                    var here = await OnlyHereAsync(client, await AllMailAtAsync(client, folder.Path, token), newest, token);

                    var isCertain = !HasWords(request) || found.IsEmpty || found.Count < client.Selected?.Exists || !await IsDeafAsync(client, token);
                    return new RemoteMatches(folder.Path, [.. here.Select(RemoteId)], (int)found.Count - (newest.Count - here.Count), isCertain);
                },
                ct);
        }
        catch (MailException e) when (!e.IsOffline && e.Fault != MailFault.NotAuthorized)
        {
            return new RemoteMatches(folder.Path, [], 0, IsCertain: true, e);
        }
    }

    /// <summary>QUIRK: QQ, text criteria are not looked at and all messages named. It then names some for a word that nobody can have written.</summary>
    private static async Task<bool> IsDeafAsync(ImapClient client, CancellationToken ct) => !(await client.SearchAsync(SearchQuery.Text(Guid.NewGuid().ToString("N")), ct)).IsEmpty;

    private static bool HasWords(RemoteSearchRequest request) =>
        request.Words.Count + request.Unwanted.Count + request.From.Count + request.To.Count + request.Subject.Count > 0;

    private static SearchQuery QueryOf(RemoteSearchRequest request) => SearchQuery.And(
    [
        .. request.Words.Select(SearchQuery.Text),
        .. request.Unwanted.Select(word => SearchQuery.Not(SearchQuery.Text(word))),
        .. request.From.Select(SearchQuery.From),
        .. request.To.Select(word => SearchQuery.Or(SearchQuery.To(word), SearchQuery.Cc(word), SearchQuery.Header("Bcc", word))),
        .. request.Subject.Select(SearchQuery.Subject),

        // A server's day may begin up to a day before ours or after it.
        .. request.Since is { } since ? [SearchQuery.Since(Day(since, -1))] : (IReadOnlyList<SearchQuery>)[],
        .. request.Before is { } before ? [SearchQuery.Before(Day(before, 2))] : (IReadOnlyList<SearchQuery>)[],
        .. Flag(request.IsUnread, SearchQuery.Unseen),
        .. Flag(request.IsStarred, SearchQuery.Flagged),
    ]);

    private static IEnumerable<SearchQuery> Flag(bool? isWanted, SearchQuery flag) => isWanted switch
    {
        true => [flag],
        false => [SearchQuery.Not(flag)],
        null => [],
    };

    private static DateOnly Day(DateTimeOffset instant, int later) =>
        DateOnly.FromDayNumber(Math.Clamp(DateOnly.FromDateTime(instant.UtcDateTime).DayNumber + later, DateOnly.MinValue.DayNumber, DateOnly.MaxValue.DayNumber));
}
