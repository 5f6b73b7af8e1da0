using MailDaemon.Engine.Messages;
using Microsoft.Graph.Models;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// Sending. A mail becomes a draft, which is then sent: so the last word is one short request, and the mail has the Message-ID by which it is
/// found in Sent, whatever id it has there.
/// </summary>
internal sealed partial class OutlookProvider
{
    /// <summary>Tries to remove a draft that nobody needs.</summary>
    private const int MaxRemovals = 3;

    public async Task<SendReceipt> SendAsync(WrittenMail mail, Func<CancellationToken, Task> handOver, CancellationToken ct)
    {
        var draft = await CreateDraftAsync(mail, folderId: null, ct);
        var isHandedOver = false;
        try
        {
            await client.SendDraftAsync(draft, HandOverAsync, ct);
        }
        catch (MailException e) when (e.Code == "send_uncertain")
        {
            // This draft says whether the mail was sent, the others say nothing.
            await TidyAsync(draft, mail.Envelope.MessageId, ct);
            throw;
        }
        catch (MailException e) when (e.Code == "message_gone")
        {
            // Somebody deleted it in this moment: nothing was sent, and another draft may do.
            throw new MailException(MailFault.Unreachable, "server_unavailable", "The mail was deleted from the drafts before it was sent. It was not sent; try again.", e);
        }
        catch (Exception e) when (!isHandedOver || e is MailException)
        {
            await RemoveQuietlyAsync([draft], CancellationToken.None);
            throw;
        }

        return new SendReceipt("Outlook took it", new Dictionary<string, string>(StringComparer.Ordinal), []) { SentId = await TidyAsync(draft, mail.Envelope.MessageId, ct) };

        async Task HandOverAsync(CancellationToken token)
        {
            await handOver(token);
            isHandedOver = true;
        }
    }

    public async Task<string?> AppendAsync(WrittenMail mail, string folderPath, MessageFlags flags, CancellationToken ct)
    {
        var folder = await folders.OfAsync(folderPath, ct);
        return await CreateDraftAsync(mail, folder.Folder.Role == FolderRole.Drafts ? null : folder.Id, ct);
    }

    /// <summary>What is too large for one request is uploaded to the draft.</summary>
    private async Task<string> CreateDraftAsync(WrittenMail mail, string? folderId, CancellationToken ct)
    {
        var split = MimeSplit.Read(mail.Path);
        using var skeleton = new MemoryStream(split.Skeleton.ToArray(), writable: false);
        var draft = (await client.CreateFromMimeAsync(folderId, skeleton, ct)).Id!;
        try
        {
            foreach (var part in split.Parts)
                await client.AddAttachmentAsync(draft, new GraphUpload(part.FileName, part.ContentType, part.Size, part.IsInline, part.ContentId, part.Open), ct);
            return draft;
        }
        catch
        {
            await RemoveQuietlyAsync([draft], CancellationToken.None);
            throw;
        }
    }

    /// <summary>Removes drafts of the same mail: of an attempt that was cut off, or what was sent as it lay among the drafts.</summary>
    /// <returns>The id of the mail in Sent; null when it is not there yet.</returns>
    private async Task<string?> TidyAsync(string draft, string messageId, CancellationToken ct)
    {
        try
        {
            var listed = await folders.AllAsync(ct);
            List<OutlookFolder> places = [.. new[] { FolderRole.Sent, FolderRole.Drafts }.Select(role => listed.FirstOrDefault(folder => folder.Folder.Role == role)).OfType<OutlookFolder>()];
            var found = places.Zip(await client.RunAsync<MessageCollectionResponse>([.. places.Select(place => WithMessageId(place.Id, messageId))], ct)).ToLookup(pair => pair.First.Folder.Role, pair => Ids(pair.Second.Value));
            await RemoveQuietlyAsync([.. found[FolderRole.Drafts].SelectMany(ids => ids).Where(id => id != draft)], ct);
            return found[FolderRole.Sent].SelectMany(ids => ids).FirstOrDefault();
        }
        catch (MailException)
        {
            // It is sent, whatever becomes of this.
            return null;
        }
    }

    /// <summary>A draft that cannot be removed stays: one more is no harm.</summary>
    private async Task RemoveQuietlyAsync(IReadOnlyList<string> ids, CancellationToken ct)
    {
        try
        {
            for (var tries = 0; ids.Count > 0 && tries < MaxRemovals; tries++)
            {
                var answers = await client.RunAsync<Message>([.. ids.Select(id => client.Me.Messages[id].PermanentDelete.ToPostRequestInformation())], ct);
                ids = [.. ids.Zip(answers).Where(pair => pair.Second.Failure is { MayPass: true }).Select(pair => pair.First)];
            }
        }
        catch (MailException)
        {
            // The server cannot be spoken to.
        }
    }
}
