using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>Drafts, kept on the server where every mail program finds them. Each way of making one shows it in the cache at once. Thread-safe.</summary>
public sealed class Drafts
{
    private readonly MailProviders providers;
    private readonly MessageLookup lookup;
    private readonly MessageActions actions;
    private readonly OutboxStore files;
    private readonly MailComposer composer;
    private readonly Originals originals;
    private readonly TimeProvider time;

    /// <summary>One of these is held while a draft is changed; which one, its key says.</summary>
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    internal Drafts(MailProviders providers, MessageLookup lookup, MessageActions actions, OutboxStore files, MailComposer composer, Originals originals, TimeProvider time) =>
        (this.providers, this.lookup, this.actions, this.files, this.composer, this.originals, this.time) = (providers, lookup, actions, files, composer, originals, time);

    /// <exception cref="MailException">Conflict <c>drafts_folder_not_found</c>; or the mail cannot be written.</exception>
    public Task<MessageItem> CreateAsync(Account account, Draft draft, CancellationToken ct) => AddAsync(account, composer.New(account, draft), ct);

    /// <summary>Makes a draft that answers a message, in its thread.</summary>
    /// <param name="name">Names the draft: made again under the same name it is there once. Letters, digits, dots; null for a name of its own.</param>
    public async Task<MessageItem> CreateReplyAsync(FoundMessage original, Draft answer, ReplyOptions how, string? name, CancellationToken ct)
    {
        using var reply = await composer.ReplyAsync(original, answer, how, ct);
        if (name is null)
            return await AddAsync(original.Account, reply.Mail, ct);
        var mail = reply.Mail with { MessageId = MailComposer.MessageId(name, original.Account.Email) };
        var folder = Folder(original.Account);
        return await providers.For(original.Account).FindAsync(folder, mail.MessageId, ct) is { } there
            ? await ShowAsync(original.Account, folder, there, ct)
            : await AddAsync(original.Account, mail, ct);
    }

    /// <summary>Makes a draft that sends a message on.</summary>
    public async Task<MessageItem> CreateForwardAsync(FoundMessage original, Draft note, CancellationToken ct)
    {
        using var forward = await composer.ForwardAsync(original, note, ct);
        return await AddAsync(original.Account, forward.Mail, ct);
    }

    /// <summary>Changes what is named of a draft; all else of it stays, whoever stored it, and so does its key.</summary>
    /// <exception cref="MailException">Conflict <c>not_a_draft</c>; NotFound; or the change cannot be written.</exception>
    public async Task<MessageItem> ChangeAsync(FoundMessage draft, DraftChange change, CancellationToken ct)
    {
        RequireDraft(draft);
        var turn = turns[(uint)string.GetHashCode(draft.Message.Key, StringComparison.Ordinal) % turns.Length];
        await turn.WaitAsync(ct);
        try
        {
            var old = draft.Anew();
            using var stored = await originals.DownloadAsync(old, ct);

            // Messages on servers do not change: a new one comes first, so that a failure between the two leaves both, never none.
            var changed = DraftEditor.Edit(stored, old.Account, change, time.GetUtcNow());
            var made = await PutAsync(old.Account, changed, old.Message.Flags, ct);
            await KeepLabelsAsync(old, made, ct);
            await actions.ReplaceAsync(old, made.RemoteId, ct);
            return old.Item;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Deletes a draft for good.</summary>
    public Task DeleteAsync(FoundMessage draft, CancellationToken ct)
    {
        RequireDraft(draft);
        return actions.RemoveAsync(draft, ct);
    }

    internal static void RequireDraft(FoundMessage message)
    {
        if (message.Message.Role != FolderRole.Drafts)
            throw MailException.Conflict("not_a_draft", "This message is not in the drafts folder.");
    }

    private string Folder(Account account) => lookup.Cache(account).FolderOf(FolderRole.Drafts)?.Path
        ?? throw MailException.Conflict("drafts_folder_not_found", "It is not known which folder of this account is for drafts. Name it in the account's settings (folderRoles.drafts), or create one on the server.");

    private async Task<MessageItem> AddAsync(Account account, OutgoingMail mail, CancellationToken ct)
    {
        var made = await PutAsync(account, ReadyMail.Of(mail), MessageFlags.None, ct);
        return lookup.Cache(account).Find(made.Key) ?? throw NotListed(made.FolderPath);
    }

    /// <summary>Puts a draft into the folder and into the cache.</summary>
    private async Task<StoredMessage> PutAsync(Account account, ReadyMail mail, MessageFlags flags, CancellationToken ct)
    {
        var folder = Folder(account);
        var id = OutboxStore.NewId();
        await files.WriteMailAsync(id, stream => mail.WriteAsync(stream, ct));
        try
        {
            var provider = providers.For(account);
            var written = new WrittenMail { Path = files.PathOf(id), Envelope = mail.Envelope };
            var remoteId = await provider.AppendAsync(written, folder, flags | MessageFlags.Draft | MessageFlags.Read, ct) ?? await provider.FindAsync(folder, mail.Envelope.MessageId, ct);
            var shown = await ShowAsync(account, folder, remoteId, ct);
            return lookup.Cache(account).Locate(shown.Key) ?? throw NotListed(folder);
        }
        finally
        {
            PrivateFiles.DeleteQuietly(files.PathOf(id));
        }
    }

    /// <summary>Brings a message that was put into a folder into the cache; no pass need find it.</summary>
    private async Task<MessageItem> ShowAsync(Account account, string folder, string? remoteId, CancellationToken ct)
    {
        if (remoteId is null)
            throw NotListed(folder);
        var cache = lookup.Cache(account);
        using (await cache.EnterAsync(ct))
        {
            var provider = providers.For(account);
            var scope = provider.ScopeOf(folder);
            var read = await provider.ReadMessagesAsync(scope, [remoteId], cache.Cursor(scope), ct);

            // The cursor stays where it is: what the next pass reads again changes nothing.
            await cache.ApplyAsync(new Delta { Scope = scope, Next = null, Added = read }, ct);
        }

        return cache.Find(folder, remoteId) ?? throw NotListed(folder);
    }

    private async Task KeepLabelsAsync(FoundMessage old, StoredMessage made, CancellationToken ct)
    {
        if (old.Message.NativeLabels.Except(made.NativeLabels, StringComparer.OrdinalIgnoreCase).ToList() is not { Count: > 0 } labels)
            return;
        var change = new MessageChange { AddLabels = labels };
        await providers.For(old.Account).SetLabelsAsync([(old with { Message = made }).Remote], labels, [], ct);
        await old.Cache.ApplyLocalAsync([change.Show(made)], ct);
    }

    private static MailException NotListed(string folder) =>
        new(MailFault.Refused, "message_not_listed", $"The server took the message into {folder} and does not say under which id. POST /api/sync, then look there.");
}
