using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>What a server found of an account.</summary>
/// <param name="Keys">Of the messages that it found, whatever the cache's own index says of them.</param>
/// <param name="Found">Messages that match on the server.</param>
/// <param name="Fetched">Of these, those that the cache lacked and has now.</param>
/// <param name="Left">Of these, those that it still lacks: there were too many.</param>
public sealed record RemoteAnswer(Account Account, IReadOnlyList<string> Keys, int Found, int Fetched, int Left, IReadOnlyList<RemoteFailure> Failures);

/// <summary>Asks servers what matches a search, and brings what the caches lack of it: mail from before the days that are kept, or that a first pass has not come to.</summary>
public sealed class RemoteSearch(MailProviders providers, MailCaches caches, TimeProvider time)
{
    /// <summary>Messages that are brought for one search of an account.</summary>
    private const int MostFetched = 200;

    /// <summary>Matches of a folder that are looked up in the cache.</summary>
    private const int MostNamed = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Whatever of the server fails is in the answer, beside what was found until then.</summary>
    public async Task<RemoteAnswer> AskAsync(Account account, SearchQuery query, CancellationToken ct)
    {
        var asking = new Asking(account, caches.Open(account.Key), providers.For(account), query.Offset + query.Limit, IsSayable(query));
        using var timeout = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            await foreach (var matches in asking.Provider.SearchAsync(RequestOf(asking, account, query), either.Token))
            {
                await asking.TakeAsync(matches, either.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            asking.Fail(null, new MailException(MailFault.Timeout, "server_timeout", $"The mail server did not find everything within {Patience.TotalSeconds:0} s. Narrow the search, to a folder or to days."));
        }
        catch (MailException e)
        {
            asking.Fail(null, e);
        }

        return asking.Answer();
    }

    private static RemoteSearchRequest RequestOf(Asking asking, Account account, SearchQuery query)
    {
        var cache = asking.Cache;
        var terms = SearchTerms.Of(query.Text).ToList();
        return new RemoteSearchRequest
        {
            Words = Texts(terms, SearchField.Anywhere),
            Unwanted = [.. terms.Where(term => term is { Field: SearchField.Anywhere, IsUnwanted: true }).Select(term => term.Text)],
            From = [.. Texts(terms, SearchField.From), .. Words(query.From)],
            To = [.. Texts(terms, SearchField.To), .. Words(query.To)],
            Subject = [.. Texts(terms, SearchField.Subject), .. Words(query.Subject)],
            Since = query.Since,
            Before = query.Before,
            IsUnread = query.IsUnread,
            IsStarred = query.IsStarred,
            Folders = [.. cache.FoldersByActivity()
                .IntersectBy(cache.SearchedFolders(query).Where(folder => folder.IsSelectable && account.Settings.Wants(folder)).Select(folder => folder.Path), folder => folder.Path)
                .Select(folder => new SearchedFolder(folder.Path, cache.Cursor(asking.Provider.ScopeOf(folder.Path))))],
            Limit = MostNamed,
        };
    }

    /// <summary>Whether a server can be told all of it; else it finds too much, and the index alone says what of it matches.</summary>
    private static bool IsSayable(SearchQuery query) =>
        SearchTerms.Of(query.Text).All(term => !term.IsWord || term.Field == SearchField.Anywhere || (term.Field != SearchField.Filename && !term.IsUnwanted));

    private static IReadOnlyList<string> Texts(List<SearchTerm> terms, SearchField field) => [.. terms.Where(term => term.Field == field && !term.IsUnwanted).Select(term => term.Text)];

    private static IReadOnlyList<string> Words(string? text) => [.. SearchTerms.Of(text, hasOperators: false).Select(term => term.Text)];

    /// <summary>One account's search as it comes in, folder by folder.</summary>
    /// <param name="shown">Of the newest so many of a folder those that are missing are brought: no more can be on the page.</param>
    /// <param name="isSayable">Whether what the server finds is what was searched for.</param>
    private sealed class Asking(Account account, MailCache cache, IMailProvider provider, int shown, bool isSayable)
    {
        private readonly List<string> keys = [];
        private readonly List<RemoteFailure> failures = [];
        private int found;
        private int fetched;
        private int left;

        public MailCache Cache => cache;

        public IMailProvider Provider => provider;

        public async Task TakeAsync(RemoteMatches matches, CancellationToken ct)
        {
            if (matches.Failure is { } failure)
            {
                Fail(matches.Scope, failure);
                return;
            }

            var known = cache.KeysOf(matches.Scope, matches.RemoteIds);
            var missing = matches.RemoteIds.Count - known.Count;
            var wanted = matches.RemoteIds.Take(shown).Where(id => !known.ContainsKey(id)).Take(MostFetched - fetched).ToList();
            if (wanted.Count > 0)
            {
                await BringAsync(matches.Scope, wanted, ct);
                known = cache.KeysOf(matches.Scope, matches.RemoteIds);
            }

            found += matches.IsCertain ? matches.Total : 0;
            left += matches.IsCertain ? missing - wanted.Count + matches.Total - matches.RemoteIds.Count : 0;

            // Else the index alone says which of them match.
            if (matches.IsCertain && isSayable)
            {
                keys.AddRange(known.Values);
            }
        }

        public void Fail(string? folder, MailException e) => failures.Add(new RemoteFailure(account.Key.Provider.Name(), account.Key.Email, folder, e.Code, e.Message));

        public RemoteAnswer Answer() => new(account, keys, found, fetched, left, failures);

        private async Task BringAsync(string scope, IReadOnlyList<string> ids, CancellationToken ct)
        {
            using var turn = await cache.EnterAsync(ct);
            var messages = await provider.ReadMessagesAsync(scope, ids, cache.Cursor(scope), ct);

            // The cursor stays where it is: what the next pass reads again changes nothing.
            await cache.ApplyAsync(new Delta { Scope = scope, Next = null, Added = messages }, CancellationToken.None);
            fetched += messages.Count;
        }
    }
}
