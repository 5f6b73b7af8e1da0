using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>
/// The copy of a sent mail in Sent. Some servers put it there by themselves, a few a moment later: a server of which nothing is known is
/// looked at before a copy is added, and what it does is remembered in the account's cache.
/// </summary>
public sealed class SentCopy(AccountStore accounts, MailProviders providers, MessageLookup lookup, OutboxStore store, TimeProvider time)
{
    /// <summary>Looks for a copy that the server usually makes, before the daemon adds it after all.</summary>
    private const int MaxLooks = 3;

    /// <summary>Whether the daemon has to see to the copy.</summary>
    internal bool IsOurs(Account account) => account.Settings.SentCopies switch
    {
        SentCopies.Daemon => true,
        SentCopies.Server => false,
        _ => !providers.For(account).FilesSentMail,
    };

    /// <summary>The mail with a word to its sender where no copy of it can be kept.</summary>
    internal OutboxItem Noted(OutboxItem item) =>
        item.SentId is null && accounts.Find(item.Account) is { } account && IsOurs(account) && Place(account) is null
            ? item with { Notice = "No copy is kept: it is not known which folder of this account is for sent mail. Name it in the account's settings (folderRoles.sent), or create one on the server." }
            : item;

    /// <param name="isFresh">Whether nothing of it was tried before.</param>
    /// <returns>The copy's id; null when there is none or the server did not tell.</returns>
    /// <exception cref="MailException">The server failed; or it may still add its own copy, and is to be looked at again later.</exception>
    internal async Task<string?> FileAsync(Account account, OutboxItem item, bool isFresh, CancellationToken ct)
    {
        if (Place(account) is not { } folder)
        {
            return null;
        }

        var provider = providers.For(account);
        var cache = lookup.Cache(account);
        var isAuto = account.Settings.SentCopies == SentCopies.Auto;
        var habit = isAuto ? await HabitAsync(provider, cache, folder, ct) : SentHabit.DaemonFiles;
        if (habit != SentHabit.DaemonFiles || !isFresh)
        {
            if (await provider.FindAsync(folder, item.Envelope.MessageId, ct) is { } there)
            {
                // Only a first look can tell whose copy it is.
                await (isAuto && isFresh ? cache.SaveSentHabitAsync(SentHabit.ServerFiles, messageId: null, time.GetUtcNow(), ct) : Task.CompletedTask);
                return Show(account, there);
            }

            if (habit == SentHabit.ServerFiles && item.TodoAttempts < MaxLooks)
            {
                throw new MailException(MailFault.Refused, "server_unavailable", "The server has not put its copy into the sent folder yet; it is looked for again.");
            }
        }

        var added = await provider.AppendAsync(new WrittenMail { Path = store.PathOf(item.Id), Envelope = item.Envelope }, folder, MessageFlags.Read, ct);
        if (habit != SentHabit.DaemonFiles)
        {
            // The next mail tells whether a second copy has come beside this one.
            await cache.SaveSentHabitAsync(SentHabit.Unknown, item.Envelope.MessageId, time.GetUtcNow(), ct);
        }

        return added is null ? null : Show(account, added);
    }

    /// <summary>What the server does; of one that is not known, what became of the last copy that the daemon added.</summary>
    private async Task<SentHabit> HabitAsync(IMailProvider provider, MailCache cache, string folder, CancellationToken ct)
    {
        var (habit, messageId) = cache.SentHabit(time.GetUtcNow());
        if (habit != SentHabit.Unknown || messageId is null)
        {
            return habit;
        }

        var copies = await provider.CountAsync(folder, messageId, ct);
        if (copies == 0)
        {
            return SentHabit.Unknown;
        }

        habit = copies > 1 ? SentHabit.ServerFiles : SentHabit.DaemonFiles;
        await cache.SaveSentHabitAsync(habit, messageId: null, time.GetUtcNow(), ct);
        return habit;
    }

    private string? Place(Account account) => lookup.Cache(account).FolderOf(FolderRole.Sent)?.Path;

    private static string Show(Account account, string id) => MessageIds.Show(account.Key.Provider, id);
}
