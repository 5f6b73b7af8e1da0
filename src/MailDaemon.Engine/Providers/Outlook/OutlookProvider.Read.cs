using System.Runtime.CompilerServices;
using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Mime;
using Microsoft.Graph.Models;
using Microsoft.Kiota.Abstractions;
using GraphMessage = Microsoft.Graph.Models.Message;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Reading what somebody asks for.</summary>
internal sealed partial class OutlookProvider
{
    private const int MaxFound = 50;

    public async Task<RemotePage> ReadPageAsync(RemotePageRequest request, CancellationToken ct)
    {
        var folder = await folders.OfAsync(request.Folder, ct);
        var isOld = IsOld(request.Cursor);
        var messages = new List<RemoteMessage>();
        var ended = false;
        while (messages.Count < request.Limit && !ended)
        {
            var size = Math.Min(OutlookRequests.PageSize, request.Limit - messages.Count);
            var page = await client.OneAsync<MessageCollectionResponse>(
                OutlookRequests.List(client, folder.Id, OutlookMessages.Selected, size, since: null, skip: request.Offset + messages.Count), ct);
            messages.AddRange((await reader.CompleteAsync(folder.Id, page.Value ?? [], _ => folder.Path, isOld, ct)).Messages);
            ended = page.Value is not { Count: > 0 } some || some.Count < size;
        }

        return new RemotePage(OutlookMessages.Scope, messages, folder.Total);
    }

    public async IAsyncEnumerable<RemoteMatches> SearchAsync(RemoteSearchRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        var all = await folders.AllAsync(ct);
        var asked = request.Folders.Select(folder => folder.Path).ToHashSet(StringComparer.Ordinal);
        if (all.All(folder => asked.Contains(folder.Path)))
        {
            yield return await SearchAsync(request, client.Me.Messages.ToGetRequestInformation(query =>
                (query.QueryParameters.Select, query.QueryParameters.Top, query.QueryParameters.Search, query.QueryParameters.Filter) = Query(request)), ct);
            yield break;
        }

        foreach (var folder in all.Where(folder => asked.Contains(folder.Path)))
        {
            yield return await SearchAsync(request, client.Me.MailFolders[folder.Id].Messages.ToGetRequestInformation(query =>
                (query.QueryParameters.Select, query.QueryParameters.Top, query.QueryParameters.Search, query.QueryParameters.Filter) = Query(request)), ct);
        }
    }

    public async Task<IReadOnlyList<RemoteMessage>> ReadMessagesAsync(string scope, IReadOnlyList<string> remoteIds, string? cursor, CancellationToken ct)
    {
        var paths = await PathsAsync(ct);
        var read = await reader.ReadAsync(remoteIds, message => paths.GetValueOrDefault(message.ParentFolderId ?? ""), IsOld(cursor), ct);
        return read is { Messages: [], Refused: [var first, ..] } ? throw new MailException(MailFault.Refused, first.Code, first.Reason) : read.Messages;
    }

    public async Task<IReadOnlyList<HeaderLine>> ReadHeaderAsync(RemoteRef message, CancellationToken ct)
    {
        var read = await client.OneAsync<GraphMessage>(client.Me.Messages[message.RemoteId].ToGetRequestInformation(query => query.QueryParameters.Select = ["id", "internetMessageHeaders"]), ct);
        if (OutlookMessages.HeaderLines(read) is { Count: > 0 } told)
            return told;

        // Of what was not received Graph tells no fields; the mail itself has them.
        using var start = new HeaderBuffer();
        await client.CopyMessageAsync(message.RemoteId, start, ct);
        return [.. MimeParser.ParseHeaders(start.Header).Fields.Select(field => new HeaderLine(field.Name, field.Value))];
    }

    public async IAsyncEnumerable<RemoteStretch> ReadHoldingsAsync(string scope, string? cursor, [EnumeratorCancellation] CancellationToken ct)
    {
        var read = OutlookCursor.Read(cursor);
        var held = new List<HeldMessage>();
        var isFirst = read is null;
        DateTimeOffset? horizon = account.Settings.SyncDays > 0 ? time.GetUtcNow() - TimeSpan.FromDays(account.Settings.SyncDays) : null;
        foreach (var folder in (await folders.RefreshAsync(ct)).Where(folder => account.Settings.Wants(folder.Folder)))
        {
            var isRead = read?.Folders.GetValueOrDefault(folder.Id)?.IsRead == true;
            isFirst |= !isRead;
            var request = OutlookRequests.List(client, folder.Id, OutlookMessages.State, OutlookRequests.ListedAtOnce, since: null);
            while (true)
            {
                var page = await client.OneAsync<MessageCollectionResponse>(request, ct);
                held.AddRange((page.Value ?? []).Select(message => new HeldMessage(
                    new KnownMessage(message.Id!, OutlookMessages.FlagsOf(message), OutlookMessages.Categories(message), folder.Path),
                    isRead && (horizon is null || message.ReceivedDateTime >= horizon)) { ToldFlags = OutlookMessages.Flags }));
                if (page.OdataNextLink is not { } next)
                    break;
                request = client.Page(next);
            }
        }

        // A message that was moved while the folders were listed is in two lists.
        held = [.. held.GroupBy(message => message.Message.RemoteId, StringComparer.Ordinal).Select(same => same.Last())];
        yield return read is null
            ? new RemoteStretch(CursorStanding.FirstPass, held.Count, FromUid: 1, ToUid: 0, [])
            : new RemoteStretch(isFirst ? CursorStanding.FirstPass : CursorStanding.Complete, held.Count, 0, long.MaxValue, held);
    }

    public Task CopyMessageAsync(RemoteRef message, Stream destination, CancellationToken ct) => client.CopyMessageAsync(message.RemoteId, destination, ct);

    public Task CopyAttachmentAsync(RemoteRef message, string attachmentId, Stream destination, CancellationToken ct) => client.CopyAttachmentAsync(message.RemoteId, attachmentId, destination, ct);

    public async Task<string?> FindAsync(string folderPath, string messageId, CancellationToken ct) => await FindAllAsync(folderPath, messageId, ct) is [var newest, ..] ? newest : null;

    public async Task<int> CountAsync(string folderPath, string messageId, CancellationToken ct) => (await FindAllAsync(folderPath, messageId, ct)).Count;

    private async Task<IReadOnlyList<string>> FindAllAsync(string folderPath, string messageId, CancellationToken ct) =>
        Ids(await client.OneAsync<MessageCollectionResponse>(WithMessageId((await folders.OfAsync(folderPath, ct)).Id, messageId), ct));

    /// <summary>The newest first. What Graph filters by an id it cannot order by a date.</summary>
    private static IReadOnlyList<string> Ids(MessageCollectionResponse? found) => [.. (found?.Value ?? []).OrderByDescending(message => message.ReceivedDateTime).Select(message => message.Id!)];

    private RequestInformation WithMessageId(string folderId, string messageId) => client.Me.MailFolders[folderId].Messages.ToGetRequestInformation(query =>
    {
        query.QueryParameters.Select = ["id", "receivedDateTime"];
        query.QueryParameters.Filter = OutlookQuery.HasMessageId(messageId);
        query.QueryParameters.Top = MaxFound;
    });

    private static (string[] Select, int? Top, string? Search, string? Filter) Query(RemoteSearchRequest request)
    {
        // Graph takes one of the two; what it is not asked is judged here.
        var search = OutlookQuery.Search(request);
        var isWords = request.Words.Count + request.Unwanted.Count + request.From.Count + request.To.Count + request.Subject.Count > 0;
        return (["id"], Math.Clamp(request.Limit, 1, OutlookRequests.ListedAtOnce), isWords ? search : null, isWords ? null : OutlookQuery.Filter(request));
    }

    private async Task<RemoteMatches> SearchAsync(RemoteSearchRequest request, RequestInformation asked, CancellationToken ct)
    {
        var ids = new List<string>();
        try
        {
            while (true)
            {
                var page = await client.OneAsync<MessageCollectionResponse>(asked, ct);
                ids.AddRange((page.Value ?? []).Select(message => message.Id!));
                if (page.OdataNextLink is not { } next || ids.Count >= request.Limit)
                    return new RemoteMatches(OutlookMessages.Scope, [.. ids.Take(request.Limit)], ids.Count, IsCertain: true);
                asked = client.Page(next);
            }
        }
        catch (MailException e) when (!e.MayPass)
        {
            return new RemoteMatches(OutlookMessages.Scope, ids, ids.Count, IsCertain: true, e);
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> PathsAsync(CancellationToken ct) =>
        (await folders.AllAsync(ct)).Where(folder => account.Settings.Wants(folder.Folder)).ToDictionary(folder => folder.Id, folder => folder.Path, StringComparer.Ordinal);

    /// <summary>What came before the account was first read is old.</summary>
    private static Func<DateTimeOffset, bool> IsOld(string? cursor)
    {
        var began = OutlookCursor.Read(cursor)?.Began;
        return date => began is null || date < began;
    }

    /// <summary>Keeps what comes up to the first empty line, and passes over the rest.</summary>
    private sealed class HeaderBuffer : MemoryStream
    {
        private const int MaxBytes = 1024 * 1024;

        private bool isOver;

        public byte[] Header => ToArray();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (isOver)
                return;
            base.Write(buffer[..(int)Math.Min(buffer.Length, MaxBytes - Length)]);
            isOver = Length >= MaxBytes || GetBuffer().AsSpan(0, (int)Length).IndexOf("\r\n\r\n"u8) >= 0;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer.AsSpan(offset, count));
            return Task.CompletedTask;
        }
    }
}
