using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Actions;

/// <summary>
/// What follows the sending of a mail: its copy in Sent, the mark on what it answers, the end of the draft that it was, its
/// record in the CRM. The mail is sent and
/// stays so, whatever becomes of these; what fails is tried again, and a copy is not put twice.
/// </summary>
public sealed partial class OutboxFollowUp(
    OutboxStore store, AccountStore accounts, SentCopy copies, MessageLookup lookup, MessageActions actions, MailTrails trails, TimeProvider time, ILogger<OutboxFollowUp> logger)
{
    /// <param name="isFresh">Whether nothing of it was tried before.</param>
    internal async Task RunAsync(OutboxItem item, bool isFresh, CancellationToken ct)
    {
        if (accounts.Find(item.Account) is not { } account)
        {
            await store.SaveTodoAsync(item.Id, null, null, time.GetUtcNow());
            return;
        }

        var left = item.Todo!;
        string? sentId = null;
        if (left.FileCopy && await IsDoneAsync(item, async () => sentId = await copies.FileAsync(account, item, isFresh, ct)))
            left = left with { FileCopy = false };
        if (left.Answered is { } answered && await IsDoneAsync(item, () => MarkAsync(account, answered, MessageFlags.Answered, ct)))
            left = left with { Answered = null };
        if (left.Forwarded is { } forwarded && await IsDoneAsync(item, () => MarkAsync(account, forwarded, MessageFlags.Forwarded, ct)))
            left = left with { Forwarded = null };
        if (left.Draft is { } draft && await IsDoneAsync(item, () => actions.RemoveAsync(lookup.Message(new MessageAddress(account.Key.Provider, draft)), ct)))
            left = left with { Draft = null };
        if (left.Record is { } record && await IsDoneAsync(item, () => trails.PostAsync(item.Envelope.MessageId, record, account.Key, ct)))
            left = left with { Record = null };

        var isOver = left.IsNothing || item.TodoAttempts + 1 >= Outbox.MostAttempts;
        await store.SaveTodoAsync(item.Id, isOver ? null : left, sentId, time.GetUtcNow() + Outbox.Delay(MailFault.Unreachable, item.TodoAttempts, Random.Shared.NextDouble()));
        if (isOver)
            PrivateFiles.DeleteQuietly(store.PathOf(item.Id));
    }

    private async Task<bool> IsDoneAsync(OutboxItem item, Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (MailException e)
        {
            LogFailed(item.Id, item.Account, e.Code);

            // What is not there any more need not be marked; what was refused will be again.
            return !e.MayPass;
        }
    }

    private async Task MarkAsync(Account account, string key, MessageFlags flag, CancellationToken ct) =>
        await actions.SetFlagAsync(lookup.Message(new MessageAddress(account.Key.Provider, key)), flag, on: true, ct);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What follows the sending of outbox {Id} of {Account} failed: {Code}")]
    private partial void LogFailed(string id, AccountKey account, string code);
}
