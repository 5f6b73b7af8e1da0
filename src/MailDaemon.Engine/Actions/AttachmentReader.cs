using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>An attachment with the file that holds its decoded bytes.</summary>
public sealed record AttachmentFile(Attachment Attachment, FileInfo File);

/// <summary>Brings an attachment from the server, once, and hands out its file.</summary>
public sealed class AttachmentReader(MailProviders providers, AttachmentCache cache, ContentRepair contents)
{
    /// <exception cref="MailException">The message or the attachment is not there, or the server failed.</exception>
    public async Task<AttachmentFile> OpenAsync(FoundMessage message, string attachmentId, CancellationToken ct)
    {
        await contents.EnsureAsync(message, ct);
        var content = message.Cache.ReadContent(message.Message.Key) ?? throw MessageLookup.NotFound(message.Message.Key);
        var native = MessageIds.Native(message.Account.Key.Provider, attachmentId);
        var attachment = content.Attachments.FirstOrDefault(a => a.Id == native)
            ?? throw MailException.NotFound("attachment_not_found", $"The message has no attachment {attachmentId}. Its detail lists them.");
        var remote = message.Remote;
        var file = await cache.GetAsync(
            message.Account.Key,
            message.Message.Key,
            native,
            (stream, token) => providers.For(message.Account).CopyAttachmentAsync(remote, native, stream, token),
            ct);
        return new AttachmentFile(attachment, file);
    }
}
