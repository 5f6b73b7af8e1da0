using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>Searches the caches of one account or of several together, and with <see cref="RemoteSearch"/> what their servers find too.</summary>
public sealed class MailSearch(MailCaches caches, LabelView labels, RemoteSearch remote)
{
    /// <summary>Newest first, or the best first. Never touches the network.</summary>
    /// <param name="label">Only messages with this label; null for all.</param>
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>: no account has a folder of this path; <c>label_not_found</c>.</exception>
    public SearchPage Search(IReadOnlyList<Account> of, SearchQuery query, BodyOptions body, string? label = null)
    {
        var page = Merge(SlicesOf(of, query, label), query, body);
        if (page.Total == 0)
            RequireKnown(query, label, of);
        return page;
    }

    /// <summary>As <see cref="Search"/>, with whatever the servers find beside it; what they find and a cache lacks is brought first.</summary>
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>. A server that fails says so in the page.</exception>
    public async Task<SearchPage> SearchRemotelyAsync(IReadOnlyList<Account> of, SearchQuery query, BodyOptions body, string? label, CancellationToken ct)
    {
        RequireKnown(query, label, of);
        of = Fitting(of, query, label);
        var answers = await Task.WhenAll(of.Select(account => remote.AskAsync(account, Narrowed(query, label, account.Key), ct)));

        // What was just brought may get into the index between one look and the next: looked at in this order it is in either or in both.
        var beside = answers.Select(answer => Beside(answer, query, label)).OfType<SearchSlice>().ToList();
        var slices = SlicesOf(of, query, label);
        slices.AddRange(beside.Select(slice => Without(slice, slices.Where(other => other.Cache == slice.Cache))).ToList());
        return Merge(slices, query, body) with
        {
            Remote = new RemoteFindings(answers.Sum(a => a.Found), answers.Sum(a => a.Fetched), answers.Sum(a => a.Left), [.. answers.SelectMany(a => a.Failures)]),
        };
    }

    /// <summary>How many messages a query without words lets through.</summary>
    public int Count(IReadOnlyList<Account> of, SearchQuery query, string? label) =>
        Fitting(of, query, label).Sum(account => caches.Open(account.Key).Count(Narrowed(query, label, account.Key)));

    /// <exception cref="MailException">NotFound <c>label_not_found</c>: nothing has such a label, and nothing could.</exception>
    private void RequireKnown(SearchQuery query, string? label, IReadOnlyList<Account> of)
    {
        if (label is not null && !labels.IsKnown(label, [.. of.Select(account => account.Key)]))
            throw LabelStore.NotThere(label);
        foreach (var (name, _) in query.Labels)
        {
            if (of.Count > 0 && !of.Any(account => labels.IsKnown(labels.IdOf(name, account.Key), [account.Key])))
                throw LabelStore.NotThere(name);
        }
    }

    private IReadOnlyList<Account> Fitting(IReadOnlyList<Account> of, SearchQuery query, string? label) => label is null && query.Labels.Count == 0
        ? of
        : [.. of.Where(account => (label is null || labels.Fits(label, account.Key))
            && query.Labels.All(named => named.IsUnwanted || labels.Fits(labels.IdOf(named.Name, account.Key), account.Key)))];

    private SearchQuery Narrowed(SearchQuery query, string? label, AccountKey account)
    {
        query = labels.Narrow(query, account);
        return label is null ? query : labels.Narrow(query, label, account);
    }

    /// <summary>Each account's matches, as many as the page may take of it.</summary>
    private List<SearchSlice> SlicesOf(IReadOnlyList<Account> of, SearchQuery query, string? label)
    {
        var slices = new List<SearchSlice>();
        MailException? missing = null;
        query = query with { Offset = 0, Limit = (int)Math.Min((long)query.Offset + query.Limit, int.MaxValue) };
        foreach (var account in Fitting(of, query, label))
        {
            try
            {
                slices.Add(caches.Open(account.Key).Find(Narrowed(query, label, account.Key)));
            }
            catch (MailException e) when (e.Code == "folder_not_found")
            {
                missing = e;
            }
        }

        return slices.Count == 0 && missing is not null ? throw missing : slices;
    }

    private SearchPage Merge(List<SearchSlice> slices, SearchQuery query, BodyOptions body)
    {
        var places = slices.SelectMany((slice, index) => slice.Places.Select(place => (Place: place, Slice: index)));
        if (slices.Count > 1)
        {
            places = query.IsByRelevance ? places.OrderBy(p => p.Place.Rank) : places.OrderByDescending(p => p.Place.Date);
        }

        var page = places.Skip(query.Offset).Take(query.Limit).ToList();
        var hits = page.GroupBy(p => p.Slice).ToDictionary(
            part => part.Key,
            part => new Queue<SearchHit>(slices[part.Key].Cache.ReadHits(slices[part.Key].Query, [.. part.Select(p => p.Place)])));

        // What went between finding and reading is left out: the others keep their order.
        var found = page.Select(p => hits[p.Slice].TryDequeue(out var hit) ? hit : null).OfType<SearchHit>().ToList();
        return new SearchPage(
            BodyBudget.Cut(ItemBodies.Add(caches, labels.Show(found), body), body.MaxTotal),
            slices.Sum(slice => slice.Total),
            slices.TrueForAll(slice => slice.IsTotalExact),
            query.Offset,
            query.Limit);
    }

    /// <summary>What a server found and the index of its cache does not; null when there is nothing.</summary>
    private SearchSlice? Beside(RemoteAnswer answer, SearchQuery query, string? label)
    {
        if (answer.Keys.Count == 0)
        {
            return null;
        }

        var cache = caches.Open(answer.Account.Key);
        query = labels.Narrow(query, answer.Account.Key);
        var known = cache.Find(query with { Keys = answer.Keys, Offset = 0, Limit = answer.Keys.Count }).Places.Select(place => place.Number).ToHashSet();
        var narrowed = label is null ? query : labels.Narrow(query, label, answer.Account.Key);
        var among = cache.FindAmong(narrowed, label is null ? answer.Keys : [.. answer.Keys.Where(key => cache.Find(key) is { } item && HasLabel(item, label))]);
        var places = among.Places.Where(place => !known.Contains(place.Number)).ToList();
        return places.Count == 0 ? null : among with { Places = places, Total = places.Count };
    }

    /// <summary>Without what other slices of the same cache show.</summary>
    private static SearchSlice Without(SearchSlice slice, IEnumerable<SearchSlice> others)
    {
        var shown = others.SelectMany(other => other.Places).Select(place => place.Number).ToHashSet();
        var places = slice.Places.Where(place => !shown.Contains(place.Number)).ToList();
        return slice with { Places = places, Total = places.Count };
    }

    /// <summary>Labels that stand for a folder or the star are filters; all others are looked at here.</summary>
    private bool HasLabel(MessageItem item, string label) => LabelRules.IsSystem(label) || labels.Ids(item).Contains(label, StringComparer.OrdinalIgnoreCase);
}
