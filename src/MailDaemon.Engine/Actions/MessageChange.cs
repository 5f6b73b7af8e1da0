using System.Text.Json;
using System.Text.Json.Serialization;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>A change of messages that can be done again without harm, and undone in the cache: flags, labels of the server, the folder.</summary>
public sealed record MessageChange
{
    public MessageFlags Add { get; init; }

    public MessageFlags Remove { get; init; }

    public IReadOnlyList<string> AddLabels { get; init; } = [];

    public IReadOnlyList<string> RemoveLabels { get; init; } = [];

    /// <summary>The path of the folder to move to; null when they stay.</summary>
    public string? Target { get; init; }

    /// <summary>In a word: <c>move, label, read, unread, star, unstar</c> or <c>flag</c>.</summary>
    [JsonIgnore]
    public string Kind => this switch
    {
        { Target: not null } => "move",
        { AddLabels.Count: > 0 } or { RemoveLabels.Count: > 0 } => "label",
        { Add: MessageFlags.Read } => "read",
        { Remove: MessageFlags.Read } => "unread",
        { Add: MessageFlags.Starred } => "star",
        { Remove: MessageFlags.Starred } => "unstar",
        _ => "flag",
    };

    /// <summary>What the cache shows of a message once this was done, before its server knows of it.</summary>
    internal LocalChange Show(StoredMessage message) => new(message.Key)
    {
        Flags = With(message.Flags),
        NativeLabels = AddLabels.Count + RemoveLabels.Count > 0 ? With(message.NativeLabels) : null,
        ShownIn = Target,
    };

    /// <summary>Takes back what <see cref="Show"/> did, and nothing that others did since.</summary>
    internal LocalChange Undo(StoredMessage now, BeforeChange before)
    {
        var changed = before.Flags ^ With(before.Flags);
        var added = AddLabels.Except(before.Labels, StringComparer.OrdinalIgnoreCase);
        var removed = RemoveLabels.Intersect(before.Labels, StringComparer.OrdinalIgnoreCase);
        return new LocalChange(now.Key)
        {
            Flags = (now.Flags & ~changed) | (before.Flags & changed),
            NativeLabels = [.. now.NativeLabels.Except(added, StringComparer.OrdinalIgnoreCase).Union(removed, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)],
            ShownIn = Target is not null && now.FolderPath == Target ? Before(now, before) : null,
        };
    }

    /// <summary>Where the server has it; where it was before when ids do not say that.</summary>
    private static string? Before(StoredMessage now, BeforeChange before) => now.Scope.Length == 0 ? before.FolderPath : now.ServerFolder == now.FolderPath ? null : now.ServerFolder;

    private MessageFlags With(MessageFlags flags) => (flags | Add) & ~Remove;

    /// <summary>Sorted, as passes read them.</summary>
    private IReadOnlyList<string> With(IReadOnlyList<string> labels) =>
        [.. labels.Except(RemoveLabels, StringComparer.OrdinalIgnoreCase).Union(AddLabels, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
}

/// <summary>How a message stood before a change of it.</summary>
/// <param name="FolderPath">The folder that showed it; null in changes that were stored before this was kept.</param>
public sealed record BeforeChange(string Key, MessageFlags Flags, IReadOnlyList<string> Labels, string? FolderPath = null);

/// <summary>Does changes: on the server, and then in the cache, so that the cache never claims what a server refused.</summary>
public sealed class MessageChanges(MailProviders providers)
{
    /// <param name="folder">Messages that are in one folder on the server; whoever calls has the turn.</param>
    /// <returns>One outcome a message, in order.</returns>
    internal async Task<IReadOnlyList<MessageOutcome>> DoAsync(Account account, MailCache cache, IReadOnlyList<FoundMessage> folder, MessageChange change, CancellationToken ct)
    {
        if (change.Target is { } target)
        {
            return await MoveAsync(account, cache, folder, target, ct);
        }

        var provider = providers.For(account);
        var remotes = folder.Select(m => m.Remote).ToList();
        if (change.AddLabels.Count + change.RemoveLabels.Count > 0)
        {
            await provider.SetLabelsAsync(remotes, change.AddLabels, change.RemoveLabels, ct);
        }
        else
        {
            await provider.SetFlagsAsync(remotes, change.Add, change.Remove, ct);
        }

        await cache.ApplyLocalAsync([.. folder.Select(m => change.Show(m.Message))], ct);
        return [.. folder.Select(m => MessageOutcome.Done(m.Message.Key, MessageActions.Here(m)))];
    }

    private async Task<IReadOnlyList<MessageOutcome>> MoveAsync(Account account, MailCache cache, IReadOnlyList<FoundMessage> folder, string path, CancellationToken ct)
    {
        // Where one scope has all folders, a move that waited is shown already and not done; done twice it does no harm.
        if (path == folder[0].Message.Scope)
        {
            return [.. folder.Select(m => MessageOutcome.Done(m.Message.Key, MessageActions.Here(m)))];
        }

        var moved = await providers.For(account).MoveAsync([.. folder.Select(m => m.Remote)], path, ct);
        await cache.ApplyLocalAsync(
            [.. folder.Zip(moved, (m, to) => to.IsMissing
                ? new LocalChange(m.Message.Key) { IsMissing = true }
                : new LocalChange(m.Message.Key) { Move = new LocalMove(to.NewScope, to.NewFolder ?? path, to.NewRemoteId, to.NewUid), NativeLabels = to.NativeLabels })],
            ct);
        return [.. folder.Zip(moved, (m, to) => to.IsMissing
            ? MessageOutcome.Failed(m.Message.Key, Gone())
            : MessageOutcome.Done(m.Message.Key, new Relocation(to.NewRemoteId is { } id ? MessageIds.Show(account.Key.Provider, id) : null, KeyNow(cache, m), cache.FolderNamed(to.NewFolder ?? path).Role.Name(), to.NewFolder ?? path)))];
    }

    /// <summary>A message may have taken up an older key as it arrived.</summary>
    private static string KeyNow(MailCache cache, FoundMessage message) => cache.Locate(message.Message.Key)?.Key ?? message.Message.Key;

    private static MailException Gone() =>
        MailException.NotFound("message_gone", "The message is no longer on the server; somebody else moved or deleted it.");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MessageChange))]
[JsonSerializable(typeof(IReadOnlyList<BeforeChange>))]
internal sealed partial class ChangeJson : JsonSerializerContext
{
    public static ChangeJson Readable => Holder.Readable;

    /// <summary>Apart, because the order of static fields over the files of a class is not defined.</summary>
    private static class Holder
    {
        public static readonly ChangeJson Readable = new(new JsonSerializerOptions(Default.Options) { Encoder = ReadableJsonEncoder.Instance });
    }
}
