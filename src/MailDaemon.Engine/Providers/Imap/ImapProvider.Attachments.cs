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
    public Task CopyMessageAsync(RemoteRef message, Stream destination, CancellationToken ct) => connections.RunAsync(
        async (client, token) =>
        {
            await OpenAsync(client, message.FolderPath, message.Cursor, isReadOnly: true, token);
            var uid = Uid(message.RemoteId);
            await FetchOneAsync(client, uid, new FetchRequest { Size = true }, token);
            await client.FetchSectionAsync(uid, "", destination, token);
        },
        ct);

    public Task CopyAttachmentAsync(RemoteRef message, string attachmentId, Stream destination, CancellationToken ct) => connections.RunAsync(
        async (client, token) =>
        {
            await OpenAsync(client, message.FolderPath, message.Cursor, isReadOnly: true, token);
            var uid = Uid(message.RemoteId);
            if (await StructureAsync(client, uid, token) is { } structure)
            {
                await CopyDecodedAsync(client, uid, structure.Leaves[Choose(structure.Roles.Attachments, attachmentId)], destination, token);
                return;
            }

            // Its attachments were found in the whole message (see ImapMessageReader), which is small enough to be read again.
            var whole = await FetchOneAsync(client, uid, new FetchRequest { Sections = [""] }, token);
            var attachments = MimeParser.Parse(whole.Sections.GetValueOrDefault("")).Attachments;
            await using var body = Choose(attachments, attachmentId).OpenBody();
            await body.CopyToAsync(destination, token);
        },
        ct);

    public Task<IReadOnlyList<HeaderLine>> ReadHeaderAsync(RemoteRef message, CancellationToken ct) => connections.RunAsync(
        async (client, token) =>
        {
            await OpenAsync(client, message.FolderPath, message.Cursor, isReadOnly: true, token);
            var fetched = await FetchOneAsync(client, Uid(message.RemoteId), new FetchRequest { Sections = ["HEADER"] }, token);
            var header = MimeParser.ParseHeaders(fetched.Sections.GetValueOrDefault("HEADER"));
            return (IReadOnlyList<HeaderLine>)[.. header.Fields.Select(field => new HeaderLine(field.Name, field.Value))];
        },
        ct);

    /// <summary>The structure by which the message was read (see <see cref="ImapMessageReader"/>); null when it was read whole.</summary>
    private static async Task<ImapStructure?> StructureAsync(ImapClient client, uint uid, CancellationToken ct)
    {
        var header = await FetchOneAsync(client, uid, new FetchRequest { BodyStructure = true, Size = true, Sections = ["HEADER"] }, ct);
        var message = ImapMessageReader.Plan(uid, header);
        if (message.Structure is not { Doubted: { Count: > 0 } doubted } structure)
        {
            return message.Structure;
        }

        var told = structure.With((await FetchOneAsync(client, uid, new FetchRequest { Sections = doubted }, ct)).Sections);
        return ImapMessageReader.NeedsWhole(message, told) ? null : told;
    }

    private static async Task<FetchedMessage> FetchOneAsync(ImapClient client, uint uid, FetchRequest request, CancellationToken ct)
    {
        var found = await ImapMessageReader.MergedAsync(client.FetchAsync(UidSet.Single(uid), request, ct), ct);
        return found.GetValueOrDefault(uid)
            ?? throw MailException.NotFound("message_gone", "The message is no longer on the server; somebody else moved or deleted it.");
    }

    private static T Choose<T>(IReadOnlyList<T> attachments, string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < attachments.Count
            ? attachments[index]
            : throw MailException.NotFound("attachment_not_found", $"The message has no attachment {id}. Its detail lists them.");

    /// <summary>One side fetches, the other decodes; the pipe between holds back whoever is faster.</summary>
    private static async Task CopyDecodedAsync(ImapClient client, uint uid, ImapLeaf leaf, Stream destination, CancellationToken ct)
    {
        var pipe = new Pipe();
        var fetching = FillAsync(client, uid, leaf.Part.Section, pipe.Writer, ct);
        try
        {
            await using var decoded = TransferDecoder.OpenDecoding(pipe.Reader.AsStream(), leaf.Encoding);
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
