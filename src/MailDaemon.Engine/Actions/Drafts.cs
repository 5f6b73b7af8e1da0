using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>Drafts, kept on the server where every mail program finds them.</summary>
public sealed class Drafts(MailProviders providers, MessageLookup lookup, MessageActions actions, OutboxStore files, Sending sending)
{
    /// <returns>The folder and the id of the new draft there; the id is null when the server does not tell.</returns>
    /// <exception cref="MailException">Conflict <c>drafts_folder_not_found</c>; or the mail cannot be written.</exception>
    public Task<(string FolderPath, string? RemoteId)> CreateAsync(Account account, Draft draft, CancellationToken ct) =>
        AppendAsync(account, sending.Compose(account, draft), ct);

    /// <summary>Makes a draft that answers a message, in its thread.</summary>
    /// <param name="name">Names the draft: made again under the same name it is there once. Letters, digits, dots.</param>
    internal async Task<(string FolderPath, string? RemoteId)> CreateReplyAsync(FoundMessage original, string text, string name, CancellationToken ct)
    {
        var detail = MailReading.Read(original, BodyOptions.AsSent);
        var draft = ReplyComposer.Compose(detail, new Draft { Body = text }, new ReplyOptions(), original.Account.Email);
        var composed = sending.Compose(original.Account, draft);
        var mail = composed with
        {
            MessageId = $"<{name}{composed.MessageId[composed.MessageId.LastIndexOf('@')..]}",
            InReplyTo = detail.InternetMessageId,
            References = ReplyComposer.References(detail),
        };
        var folder = Folder(original.Account);
        return await providers.For(original.Account).FindAsync(folder, mail.MessageId, ct) is { } there ? (folder, there) : await AppendAsync(original.Account, mail, ct);
    }

    /// <summary>Puts a new one in the place of a draft: messages on servers do not change. Its thread stays.</summary>
    /// <returns>The folder and the id of the new one.</returns>
    public async Task<(string FolderPath, string? RemoteId)> ReplaceAsync(FoundMessage old, Draft draft, CancellationToken ct)
    {
        RequireDraft(old);
        var detail = MailReading.Read(old, BodyOptions.None);
        var mail = sending.Compose(old.Account, draft) with { InReplyTo = detail.Headers.InReplyTo, References = detail.Headers.References };

        // First the new one: a failure between the two leaves both, never none.
        var made = await AppendAsync(old.Account, mail, ct);
        await actions.RemoveAsync(old, ct);
        return made;
    }

    /// <summary>Deletes a draft for good.</summary>
    public Task DeleteAsync(FoundMessage draft, CancellationToken ct)
    {
        RequireDraft(draft);
        return actions.RemoveAsync(draft, ct);
    }

    private static void RequireDraft(FoundMessage message)
    {
        if (message.Message.Role != FolderRole.Drafts)
        {
            throw MailException.Conflict("not_a_draft", "This message is not in the drafts folder.");
        }
    }

    private string Folder(Account account) => lookup.Cache(account).FolderOf(FolderRole.Drafts)?.Path
        ?? throw MailException.Conflict("drafts_folder_not_found", "It is not known which folder of this account is for drafts. Name it in the account's settings (folderRoles.drafts), or create one on the server.");

    private async Task<(string FolderPath, string? RemoteId)> AppendAsync(Account account, OutgoingMail mail, CancellationToken ct)
    {
        var folder = Folder(account);
        var id = OutboxStore.NewId();
        await files.WriteMailAsync(id, stream => MailWriter.WriteAsync(mail, stream, ct));
        try
        {
            var provider = providers.For(account);
            var written = new WrittenMail { Path = files.PathOf(id), Envelope = MailWriter.Envelope(mail, allowPartial: false) };
            return (folder, await provider.AppendAsync(written, folder, MessageFlags.Draft | MessageFlags.Read, ct) ?? await provider.FindAsync(folder, mail.MessageId, ct));
        }
        finally
        {
            PrivateFiles.DeleteQuietly(files.PathOf(id));
        }
    }
}
