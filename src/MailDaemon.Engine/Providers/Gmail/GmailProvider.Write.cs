using Google.Apis.Gmail.v1.Data;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Changing and sending.</summary>
internal sealed partial class GmailProvider
{
    /// <summary>Ids that one batchModify takes.</summary>
    private const int MaxModified = 1_000;

    public Task SetFlagsAsync(IReadOnlyList<RemoteRef> messages, MessageFlags add, MessageFlags remove, CancellationToken ct)
    {
        var (given, taken) = (new List<string>(), new List<string>());
        (add.HasFlag(MessageFlags.Read) ? taken : remove.HasFlag(MessageFlags.Read) ? given : null)?.Add(GmailLabelIds.Unread);
        (add.HasFlag(MessageFlags.Starred) ? given : remove.HasFlag(MessageFlags.Starred) ? taken : null)?.Add(GmailLabelIds.Starred);

        // Gmail has no word for answered and forwarded: the cache alone knows.
        return ModifyAsync(messages, given, taken, ct);
    }

    public Task SetLabelsAsync(IReadOnlyList<RemoteRef> messages, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct) => ModifyAsync(messages, add, remove, ct);

    public async Task<IReadOnlyList<RemoteLabel>?> ReadLabelsAsync(CancellationToken ct) => GmailLabelList.Own(await labels.ReadAsync(GmailLane.Person, ct));

    public async Task<RemoteLabel?> CreateLabelAsync(string name, string color, CancellationToken ct)
    {
        var made = await client.RunAsync(GmailLane.Person, client.Users.Labels.Create(new Label { Name = name, LabelListVisibility = "labelShow", MessageListVisibility = "show", Color = ColorOf(color) }, "me"), ct);
        labels.Forget();
        return GmailLabelList.Of(made);
    }

    public async Task<RemoteLabel?> UpdateLabelAsync(string label, string? name, string? color, CancellationToken ct)
    {
        var changed = await client.RunAsync(GmailLane.Person, client.Users.Labels.Patch(new Label { Name = name, Color = color is null ? null : ColorOf(color) }, "me", label), ct);
        labels.Forget();
        return GmailLabelList.Of(changed);
    }

    public async Task<bool> DeleteLabelAsync(string label, CancellationToken ct)
    {
        try
        {
            await client.RunAsync(GmailLane.Person, client.Users.Labels.Delete("me", label), ct);
        }
        catch (MailException e) when (e.Fault == MailFault.NotFound)
        {
            // Somebody else was quicker.
        }

        labels.Forget();
        return true;
    }

    public async Task<IReadOnlyList<MovedMessage>> MoveAsync(IReadOnlyList<RemoteRef> messages, string folderPath, CancellationToken ct)
    {
        var (add, remove) = GmailLabelIds.Moving(folderPath) ?? throw MailException.InvalidInput(
            "invalid_folder", $"Gmail lets no mail be moved to {folderPath}: what is sent or written is there by itself. The others are inbox, archive, spam and trash.");
        var missing = await ModifyAsync(messages, add, remove, ct);
        return [.. messages.Select(message =>
        {
            if (missing.Contains(message.RemoteId))
                return new MovedMessage(message, GmailMessages.Scope, null, IsMissing: true);

            // What was sent and is archived is among the sent ones again.
            var now = GmailLabelIds.All(message.FolderPath, MessageFlags.Read, message.NativeLabels).Union(add, StringComparer.Ordinal).Except(remove, StringComparer.Ordinal).ToList();
            return new MovedMessage(message, GmailMessages.Scope, message.RemoteId) { NewFolder = GmailLabelIds.PlaceOf(now), NativeLabels = GmailLabelIds.OthersOf(now) };
        })];
    }

    public async Task DeleteAsync(IReadOnlyList<RemoteRef> messages, CancellationToken ct)
    {
        foreach (var ids in messages.Select(m => m.RemoteId).Chunk(MaxModified))
        {
            if (ids is [var only])
                await IgnoringGoneAsync(client.RunAsync(GmailLane.Person, client.Users.Messages.Delete("me", only), ct));
            else
                await client.RunAsync(GmailLane.Person, client.Users.Messages.BatchDelete(new BatchDeleteMessagesRequest { Ids = ids }, "me"), ct);
        }
    }

    public Task<string> CreateFolderAsync(string? parent, string name, CancellationToken ct) => throw NoFolders();

    public Task<IReadOnlyDictionary<string, string>> RenameFolderAsync(string path, string name, CancellationToken ct) => throw NoFolders();

    public Task DeleteFolderAsync(string path, bool force, CancellationToken ct) => throw NoFolders();

    public async Task<SendReceipt> SendAsync(WrittenMail mail, Func<CancellationToken, Task> handOver, CancellationToken ct)
    {
        await using var file = MailFile.Open(mail.Path);
        var isHandedOver = false;
        Message sent;
        try
        {
            sent = await client.SendAsync(GmailLane.Person, file, mail.Envelope.ThreadId, HandOverOnceAsync, ct);
        }
        catch (MailException e) when (mail.Envelope.ThreadId is not null && e.Fault is MailFault.NotFound or MailFault.InvalidInput)
        {
            // The conversation is gone; the header says where the mail belongs.
            file.Position = 0;
            sent = await client.SendAsync(GmailLane.Person, file, threadId: null, HandOverOnceAsync, ct);
        }
        catch (MailException e) when (e.Code == "message_gone")
        {
            // It is the upload that was not found: nothing was sent, and another upload may do.
            throw new MailException(MailFault.Unreachable, "server_unavailable", "Gmail forgot the mail before all of it was there. It was not sent; try again.", e);
        }

        return new SendReceipt($"Gmail took it as {sent.Id}", new Dictionary<string, string>(StringComparer.Ordinal), []) { SentId = sent.Id };

        async Task HandOverOnceAsync(CancellationToken token)
        {
            if (isHandedOver)
                return;
            await handOver(token);
            isHandedOver = true;
        }
    }

    public async Task<string?> AppendAsync(WrittenMail mail, string folderPath, MessageFlags flags, CancellationToken ct)
    {
        await using var file = MailFile.Open(mail.Path);
        if (folderPath == GmailLabelIds.Draft)
            return (await client.CreateDraftAsync(GmailLane.Person, file, mail.Envelope.ThreadId, ct)).Message?.Id;
        var about = new Message { LabelIds = [.. GmailLabelIds.All(folderPath, flags & ~MessageFlags.Draft, [])] };
        return (await client.InsertAsync(GmailLane.Person, file, about, ct)).Id;
    }

    /// <returns>Ids of those that were not there any more.</returns>
    private async Task<IReadOnlySet<string>> ModifyAsync(IReadOnlyList<RemoteRef> messages, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct)
    {
        var missing = new HashSet<string>(StringComparer.Ordinal);
        if (add.Count + remove.Count == 0)
            return missing;
        own.Add(messages.Select(m => m.RemoteId));
        foreach (var ids in messages.Select(m => m.RemoteId).Distinct(StringComparer.Ordinal).Chunk(MaxModified))
        {
            if (ids is [var only])
            {
                var request = client.Users.Messages.Modify(new ModifyMessageRequest { AddLabelIds = [.. add], RemoveLabelIds = [.. remove] }, "me", only);
                if (!await IgnoringGoneAsync(client.RunAsync(GmailLane.Person, request, ct)))
                    missing.Add(only);
            }
            else
            {
                // Gmail passes over those that are gone.
                var request = client.Users.Messages.BatchModify(new BatchModifyMessagesRequest { Ids = ids, AddLabelIds = [.. add], RemoveLabelIds = [.. remove] }, "me");
                await client.RunAsync(GmailLane.Person, request, ct);
            }
        }

        return missing;
    }

    /// <returns>False: it was gone.</returns>
    private static async Task<bool> IgnoringGoneAsync<T>(Task<T> work)
    {
        try
        {
            await work;
            return true;
        }
        catch (MailException e) when (e.Code == "message_gone")
        {
            return false;
        }
    }

    private static LabelColor ColorOf(string color)
    {
        var background = GmailPalette.Background(color);
        return new LabelColor { BackgroundColor = background, TextColor = GmailPalette.Text(background) };
    }

    private static MailException NoFolders() => MailException.Conflict(
        "folders_are_fixed", "Gmail's folders are inbox, sent, drafts, archive, spam and trash. What other servers keep in folders has labels here: POST /api/labels {provider, email, name} makes one, nested by /.");
}
