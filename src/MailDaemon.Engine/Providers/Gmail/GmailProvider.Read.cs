using System.Globalization;
using System.Runtime.CompilerServices;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Reading what somebody asks for.</summary>
internal sealed partial class GmailProvider
{
    private const int MaxListed = 500;

    /// <summary>A mail is no larger at Gmail.</summary>
    private const int MaxMailBytes = 64 * 1024 * 1024;

    public async Task<RemotePage> ReadPageAsync(RemotePageRequest request, CancellationToken ct)
    {
        if (request.Offset > 0)
            throw MailException.InvalidInput("invalid_parameter", "Gmail has no offsets; give the pageToken of the page before.");
        var list = request.Folder.Length > 0 ? GmailList.Of(request.Folder, request.Query) : new GmailList(null, request.Query);
        var ids = new List<string>();
        var next = request.PageToken;
        do
        {
            (var page, next) = await GmailSnapshot.PageAsync(client, GmailLane.Person, list, next, Math.Min(MaxListed, request.Limit - ids.Count), ct);
            ids.AddRange(page);
        }
        while (next is not null && ids.Count < request.Limit);

        var read = await bodies.ReadAsync(GmailLane.Person, ids, IsBaseline(request.Cursor), ct);
        return new RemotePage(GmailMessages.Scope, read.Messages, Total: null, next) { Refused = read.Refused };
    }

    public async IAsyncEnumerable<RemoteMatches> SearchAsync(RemoteSearchRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        var query = GmailQuery.Of(request);
        var places = request.Folders.Select(folder => folder.Path).ToList();
        IEnumerable<GmailList> lists = places.Count >= GmailLabelIds.Places.Count ? [new GmailList(null, query)] : places.Select(place => GmailList.Of(place, query));
        foreach (var list in lists)
        {
            var ids = new List<string>();
            string? token = null;
            do
            {
                (var page, token) = await GmailSnapshot.PageAsync(client, GmailLane.Person, list, token, Math.Min(MaxListed, request.Limit - ids.Count), ct);
                ids.AddRange(page);
            }
            while (token is not null && ids.Count < request.Limit);

            yield return new RemoteMatches(GmailMessages.Scope, ids, ids.Count, IsCertain: true);
        }
    }

    public async Task<IReadOnlyList<RemoteMessage>> ReadMessagesAsync(string scope, IReadOnlyList<string> remoteIds, string? cursor, CancellationToken ct)
    {
        var read = await bodies.ReadAsync(GmailLane.Person, remoteIds, IsBaseline(cursor), ct);
        return read is { Messages: [], Refused: [var first, ..] } ? throw new MailException(MailFault.Refused, first.Code, first.Reason) : read.Messages;
    }

    public async Task<IReadOnlyList<HeaderLine>> ReadHeaderAsync(RemoteRef message, CancellationToken ct)
    {
        var request = client.Users.Messages.Get("me", message.RemoteId);
        request.Format = Google.Apis.Gmail.v1.UsersResource.MessagesResource.GetRequest.FormatEnum.Metadata;
        return GmailPayload.HeaderLines(await client.RunAsync(GmailLane.Person, request, ct));
    }

    public async IAsyncEnumerable<RemoteStretch> ReadHoldingsAsync(string scope, string? cursor, [EnumeratorCancellation] CancellationToken ct)
    {
        var read = GmailCursor.Read(cursor);
        if (read is null)
        {
            yield return new RemoteStretch(CursorStanding.FirstPass, 0, FromUid: 1, ToUid: 0, []);
            yield break;
        }

        var wants = Wants;
        var server = await GmailSnapshot.ReadAsync(client, GmailLane.Person, ct);
        var recent = wants.Horizon is null ? null : (await GmailSnapshot.ListAsync(client, GmailLane.Person, wants.Recent, ct)).Select(GmailMessages.Id).ToHashSet(StringComparer.Ordinal);
        List<HeldMessage> held =
        [
            .. from id in server.Ids
            let labelIds = server.LabelsOf(id)
            where wants.Has(GmailLabelIds.PlaceOf(labelIds))
            select new HeldMessage(
                new KnownMessage(id, GmailLabelIds.FlagsOf(labelIds), GmailLabelIds.OthersOf(labelIds), GmailLabelIds.PlaceOf(labelIds)),
                read.Phase != GmailPhase.Listing && recent?.Contains(id) != false) { ToldFlags = GmailLabelIds.Flags },
        ];
        yield return new RemoteStretch(read.Phase == GmailPhase.Listing ? CursorStanding.FirstPass : CursorStanding.Complete, held.Count, 0, long.MaxValue, held);
    }

    public Task CopyMessageAsync(RemoteRef message, Stream destination, CancellationToken ct) => client.CopyMessageAsync(GmailLane.Person, message.RemoteId, destination, ct);

    public async Task CopyAttachmentAsync(RemoteRef message, string attachmentId, Stream destination, CancellationToken ct)
    {
        // The id that Gmail gave an attachment before is another by now.
        var part = (await bodies.ReadAsync(message.RemoteId, ct)).Attachment(attachmentId);
        if (part.Body?.AttachmentId is { } id)
            await client.CopyAttachmentAsync(GmailLane.Person, message.RemoteId, id, destination, ct);
        else if (part.Body?.Data is { } data)
            await destination.WriteAsync(GmailPayload.Decode(data), ct);
        else if (part.Body?.Size is > 0 || part.Parts is { Count: > 0 })
            await CopyFromWholeAsync(message, attachmentId, destination, ct);
    }

    public async Task<string?> FindAsync(string folderPath, string messageId, CancellationToken ct) => await FindAllAsync(folderPath, messageId, ct) is [var newest, ..] ? newest : null;

    public async Task<int> CountAsync(string folderPath, string messageId, CancellationToken ct) => (await FindAllAsync(folderPath, messageId, ct)).Count;

    private async Task<IReadOnlyList<string>> FindAllAsync(string folderPath, string messageId, CancellationToken ct) =>
        (await GmailSnapshot.PageAsync(client, GmailLane.Person, GmailList.Of(folderPath, $"rfc822msgid:{messageId.Trim('<', '>')}"), null, MaxListed, ct)).Ids;

    /// <summary>QUIRK: of an embedded message Gmail tells the parts and gives no bytes; the whole mail has them.</summary>
    private async Task CopyFromWholeAsync(RemoteRef message, string attachmentId, Stream destination, CancellationToken ct)
    {
        using var whole = new LimitedBuffer(MaxMailBytes);
        await client.CopyMessageAsync(GmailLane.Person, message.RemoteId, whole, ct);
        var attachments = MimeParser.Parse(whole.GetBuffer().AsMemory(0, (int)whole.Length)).Attachments;
        if (!int.TryParse(attachmentId, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= attachments.Count)
            throw MailException.NotFound("attachment_not_found", $"The message has no attachment {attachmentId}. Its detail lists them.");
        await using var body = attachments[index].OpenBody();
        await body.CopyToAsync(destination, ct);
    }

    /// <summary>What came before the account was first read is old.</summary>
    private static Func<DateTimeOffset, bool> IsBaseline(string? cursor)
    {
        var began = GmailCursor.Read(cursor)?.Began;
        return date => began is null || date < began;
    }

    private sealed class LimitedBuffer(int max) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length + buffer.Length > max)
                throw new MailException(MailFault.TooLarge, "message_too_large", "The mail is larger than Gmail's own limit.");
            base.Write(buffer);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
