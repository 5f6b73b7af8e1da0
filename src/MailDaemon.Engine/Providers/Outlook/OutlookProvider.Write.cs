using MailDaemon.Engine.Messages;
using Microsoft.Graph.Models;
using Microsoft.Graph.Users.Item.Messages.Item.Move;
using Microsoft.Kiota.Abstractions;
using GraphMessage = Microsoft.Graph.Models.Message;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Changing messages, each by itself, in batches.</summary>
internal sealed partial class OutlookProvider
{
    public async Task SetFlagsAsync(IReadOnlyList<RemoteRef> messages, MessageFlags add, MessageFlags remove, CancellationToken ct)
    {
        var (isRead, isStarred) = (Wanted(MessageFlags.Read), Wanted(MessageFlags.Starred));

        // Graph has no word for answered and forwarded: the cache alone knows.
        if (isRead is null && isStarred is null)
            return;
        await ChangeAsync(messages, message => client.Me.Messages[message.RemoteId].ToPatchRequestInformation(PatchOf(isRead, isStarred)), ct);

        bool? Wanted(MessageFlags flag) => add.HasFlag(flag) ? true : remove.HasFlag(flag) ? false : null;
    }

    public async Task SetLabelsAsync(IReadOnlyList<RemoteRef> messages, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct)
    {
        if (add.Count + remove.Count > 0)
            await RetagAsync([.. messages.Select(message => message.RemoteId)], add, remove, ct);
    }

    public async Task<IReadOnlyList<MovedMessage>> MoveAsync(IReadOnlyList<RemoteRef> messages, string folderPath, CancellationToken ct)
    {
        var folder = await folders.OfAsync(folderPath, ct);
        var answers = await ChangeAsync(messages, message => client.Me.Messages[message.RemoteId].Move.ToPostRequestInformation(new MovePostRequestBody { DestinationId = folder.Id }), ct);
        return [.. messages.Zip(answers, (message, answer) => answer.Failure is null
            ? new MovedMessage(message, OutlookMessages.Scope, answer.Value?.Id ?? message.RemoteId)
            : new MovedMessage(message, OutlookMessages.Scope, null, IsMissing: true))];
    }

    public Task DeleteAsync(IReadOnlyList<RemoteRef> messages, CancellationToken ct) =>
        ChangeAsync(messages, message => client.Me.Messages[message.RemoteId].PermanentDelete.ToPostRequestInformation(), ct);

    private static GraphMessage PatchOf(bool? isRead, bool? isStarred)
    {
        var patch = new GraphMessage();
        if (isRead is not null)
            patch.IsRead = isRead;
        if (isStarred is { } starred)
            patch.Flag = new FollowupFlag { FlagStatus = starred ? FollowupFlagStatus.Flagged : FollowupFlagStatus.NotFlagged };
        return patch;
    }

    /// <summary>Graph takes all categories of a message at once: they are read before.</summary>
    /// <returns>How many messages have others now.</returns>
    private async Task<int> RetagAsync(IReadOnlyList<string> ids, IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove, CancellationToken ct)
    {
        own.Add(ids);
        var states = await reader.ReadStatesAsync([.. ids.Distinct(StringComparer.Ordinal)], ct);
        List<RequestInformation> patches =
        [
            .. from state in states.Values
            where state is not null
            let before = OutlookMessages.Categories(state)
            let after = before.Except(remove, StringComparer.OrdinalIgnoreCase).Union(add, StringComparer.OrdinalIgnoreCase).ToList()
            where !after.ToHashSet(StringComparer.Ordinal).SetEquals(before)
            select client.Me.Messages[state.Id].ToPatchRequestInformation(new GraphMessage { Categories = after }),
        ];
        ThrowUnlessGone(await client.RunAsync<GraphMessage>(patches, ct));
        return patches.Count;
    }

    /// <returns>What became of each; the only failure is that it was gone.</returns>
    private async Task<IReadOnlyList<GraphResult<GraphMessage>>> ChangeAsync(IReadOnlyList<RemoteRef> messages, Func<RemoteRef, RequestInformation> request, CancellationToken ct)
    {
        own.Add(messages.Select(message => message.RemoteId));
        var answers = await client.RunAsync<GraphMessage>([.. messages.Select(request)], ct);
        ThrowUnlessGone(answers);
        return answers;
    }

    private static void ThrowUnlessGone(IReadOnlyList<GraphResult<GraphMessage>> answers)
    {
        foreach (var answer in answers)
        {
            if (answer.Failure is { Fault: not MailFault.NotFound } failure)
                throw failure;
        }
    }
}
