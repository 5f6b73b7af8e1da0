using System.Globalization;
using System.IO.Pipelines;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Protocols.Imap;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Reading attachments: the structure says which section an id means, and its bytes are decoded as they come.</summary>
internal sealed partial class ImapProvider
{
    public Task CopyAttachmentAsync(RemoteRef message, string attachmentId, Stream destination, CancellationToken ct) => connections.RunAsync(
        async (client, token) =>
        {
            await client.SelectAsync(message.FolderPath, new SelectOptions { ReadOnly = true }, token);
            var leaf = await FindAsync(client, Uid(message.RemoteId), attachmentId, token);
            await CopyDecodedAsync(client, Uid(message.RemoteId), leaf.Part, destination, token);
        },
        ct);

    private static async Task<ImapLeaf> FindAsync(ImapClient client, uint uid, string attachmentId, CancellationToken ct)
    {
        BodyPart? root = null;
        await foreach (var message in client.FetchAsync(UidSet.Single(uid), new FetchRequest { BodyStructure = true }, ct))
        {
            root = message.Uid == uid ? message.BodyStructure ?? root : root;
        }

        if (root is null)
        {
            throw MailException.NotFound("message_gone", "The message is no longer on the server; somebody else moved or deleted it.");
        }

        var structure = ImapStructure.Of(root);
        return int.TryParse(attachmentId, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < structure.Roles.Attachments.Count
            ? structure.Leaves[structure.Roles.Attachments[index]]
            : throw MailException.NotFound("attachment_not_found", $"The message has no attachment {attachmentId}. Its detail lists them.");
    }

    /// <summary>One side fetches, the other decodes; the pipe between holds back whoever is faster.</summary>
    private static async Task CopyDecodedAsync(ImapClient client, uint uid, BodyPart part, Stream destination, CancellationToken ct)
    {
        var pipe = new Pipe();
        var fetching = FillAsync(client, uid, part.Section, pipe.Writer, ct);
        try
        {
            await using var decoded = TransferDecoder.OpenDecoding(pipe.Reader.AsStream(), part.Encoding);
            await decoded.CopyToAsync(destination, ct);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await fetching;
        }
    }

    private static async Task FillAsync(ImapClient client, uint uid, string section, PipeWriter writer, CancellationToken ct)
    {
        try
        {
            await client.FetchSectionAsync(uid, section, writer.AsStream(leaveOpen: true), ct);
            await writer.CompleteAsync();
        }
        catch (Exception e)
        {
            await writer.CompleteAsync(e);
            throw;
        }
    }
}
