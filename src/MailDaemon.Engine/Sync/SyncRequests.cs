using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Sync;

/// <summary>What became of a pass that somebody asked for.</summary>
/// <param name="Result">Null while the pass still runs.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
public sealed record RequestedPass(AccountKey Account, PassResult? Result, MailException? Error = null);

/// <summary>A page of messages that were read from the server just now.</summary>
/// <param name="Refused">Messages of the page that the server has and does not give.</param>
/// <param name="Total">Messages in the folder on the server; null when it does not say.</param>
public sealed record FetchedPage(IReadOnlyList<MessageItem> Messages, IReadOnlyList<RefusedMessage> Refused, int? Total, string? NextPageToken);

/// <summary>Passes and reads from the server that a user asks for; they join what runs already, and see what is there now.</summary>
public sealed class SyncRequests(SyncPasses passes, MailCaches caches, MailProviders providers, TimeProvider time)
{
    /// <summary>So long a caller waits for a pass; the pass itself goes on.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    /// <summary>So long a fetch waits for a pass that is under way before it reads between two of its pages.</summary>
    private static readonly TimeSpan FetchPatience = TimeSpan.FromSeconds(5);

    /// <summary>Runs a pass and waits for it at most 100 s.</summary>
    /// <exception cref="MailException">The pass failed.</exception>
    public async Task<RequestedPass> SyncAsync(Account account, CancellationToken ct)
    {
        try
        {
            return new RequestedPass(account.Key, await passes.RunAfreshAsync(account.Key, PassScope.Thorough, ct).WaitAsync(Patience, time, ct));
        }
        catch (TimeoutException)
        {
            return new RequestedPass(account.Key, null);
        }
    }

    /// <summary>Runs a pass over several accounts side by side; one that fails says so and keeps nobody waiting.</summary>
    public async Task<IReadOnlyList<RequestedPass>> SyncAllAsync(IReadOnlyList<Account> accounts, CancellationToken ct) =>
        await Task.WhenAll(accounts.Select(async account =>
        {
            try
            {
                return await SyncAsync(account, ct);
            }
            catch (MailException e)
            {
                return new RequestedPass(account.Key, null, e);
            }
        }));

    /// <summary>Reads a page of a folder from the server now. What is new there comes in by a pass, so that it is treated as new mail is.</summary>
    public async Task<FetchedPage> FetchAsync(Account account, RemotePageRequest request, CancellationToken ct)
    {
        var cache = caches.Open(account.Key);
        await CatchUpAsync(account, ct);
        var folder = request.Folder.Length == 0 ? "" : cache.FolderNamed(request.Folder).Path;
        RemotePage page;
        using (await cache.EnterAsync(ct))
        {
            var provider = providers.For(account);
            page = await provider.ReadPageAsync(request with { Folder = folder, Cursor = cache.Cursor(provider.ScopeOf(folder)) }, ct);

            // The cursor stays where it is: what the next pass reads again changes nothing.
            await cache.ApplyAsync(new Delta { Scope = page.Scope, Next = null, Added = page.Messages, Refused = page.Refused }, ct);
        }

        return new FetchedPage([.. page.Messages.Select(m => cache.Find(m.FolderPath, m.RemoteId)).OfType<MessageItem>()], page.Refused, page.Total, page.NextPageToken);
    }

    private async Task CatchUpAsync(Account account, CancellationToken ct)
    {
        try
        {
            await passes.RunAfreshAsync(account.Key, PassScope.Thorough, ct).WaitAsync(FetchPatience, time, ct);
        }
        catch (TimeoutException)
        {
            // A long first pass: the page is read between two of its own.
        }
    }
}
