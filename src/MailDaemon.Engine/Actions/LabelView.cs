using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>Shows on each message the labels that it has: those of its server under our ids where we gave them one, and those that only we know.</summary>
public sealed class LabelView(LabelStore store, MailCaches caches)
{
    public T Show<T>(T item)
        where T : MessageItem => Show([item])[0];

    public IReadOnlyList<T> Show<T>(IReadOnlyList<T> items)
        where T : MessageItem
    {
        var labels = store.All();
        if (labels.Count == 0)
            return items;
        var links = store.Of([.. items.Select(item => item.Key)]);
        var older = Aliases(items);
        var olderLinks = store.Of([.. older.Select(alias => alias.Old)]);
        var byKey = older.ToLookup(alias => alias.Key, alias => alias.Old, StringComparer.Ordinal);
        return [.. items.Select(item => With(item, labels, links[item.Key].Concat(byKey[item.Key].SelectMany(old => olderLinks[old]))))];
    }

    /// <summary>The ids that stand for a message's labels.</summary>
    public IReadOnlyList<string> Ids(MessageItem item) => Show(item).Labels;

    /// <summary>What finds a label's messages in an account, to be narrowed further.</summary>
    /// <param name="query">What else must be so.</param>
    /// <param name="id">A label's id, or what the account's server calls one that we do not know.</param>
    public SearchQuery Narrow(SearchQuery query, string id, AccountKey account)
    {
        var label = !LabelRules.IsSystem(id) ? store.Find(id)
            : LabelRules.IsWord(id) ? LabelRules.OfWord(id)
            : LabelRules.System(account).FirstOrDefault(system => system.Id == id) ?? throw LabelStore.NotThere(id);
        return (label?.Type, label?.Name, label?.Native) switch
        {
            (null, _, _) => query with { NativeLabel = id },
            (LabelType.System, "starred", _) => query.Require(isStarred: true),
            (LabelType.System, { } role, _) => query.Folder is null ? query with { Folder = role } : query with { Folders = [.. query.Folders, new SearchName(role, IsUnwanted: false)] },
            (_, _, { } native) => query with { NativeLabel = native },
            _ => query with { Keys = store.Keys(id, account) },
        };
    }

    /// <summary>An account's messages that have a label of its server. Each page is to lose it before the next is read.</summary>
    internal IEnumerable<IReadOnlyList<FoundMessage>> Pages(string native, Account account)
    {
        var cache = caches.Open(account.Key);
        while (true)
        {
            var page = cache.Search(new SearchQuery { NativeLabel = native, Limit = MessageQuery.MostItems }).Messages
                .Select(hit => cache.Locate(hit.Key)).OfType<StoredMessage>().Select(stored => new FoundMessage(account, cache, stored)).ToList();
            if (page.Count == 0)
                yield break;
            yield return page;
        }
    }

    /// <summary>Unread messages of an account with a label.</summary>
    internal int Unread(string id, AccountKey account) => caches.Open(account).Count(Narrow(new SearchQuery { IsUnread = true }, id, account));

    /// <summary>The query with the labels that it names as the account knows them.</summary>
    public SearchQuery Narrow(SearchQuery query, AccountKey account)
    {
        foreach (var label in query.Labels)
        {
            var match = Narrow(new SearchQuery(), IdOf(label.Name, account), account);
            query = (match.IsStarred, match.Folder) switch
            {
                (true, _) => query.Require(isStarred: !label.IsUnwanted),
                (_, { } folder) => query with { Folders = [.. query.Folders, new SearchName(folder, label.IsUnwanted)] },
                _ => query with { LabelMatches = [.. query.LabelMatches, new LabelMatch(match.NativeLabel, match.Keys, label.IsUnwanted)] },
            };
        }

        return query with { Labels = [] };
    }

    /// <summary>The label of this id, or else of this name, that the account's messages can have; else the word as the server may know it.</summary>
    public string IdOf(string name, AccountKey account) => LabelRules.IsSystem(name) || store.Find(name) is not null
        ? name
        : store.All().FirstOrDefault(label => label.Fits(account) && string.Equals(label.Name, name, StringComparison.OrdinalIgnoreCase))?.Id
            ?? LabelRules.System(account).FirstOrDefault(label => string.Equals(label.Name, name, StringComparison.OrdinalIgnoreCase))?.Id
            ?? name;

    /// <summary>Whether an account's messages can have a label.</summary>
    public bool Fits(string id, AccountKey account) => LabelRules.IsSystem(id)
        ? LabelRules.IsWord(id) || LabelRules.System(account).Any(system => system.Id == id)
        : store.Find(id) is not { } label || label.Fits(account);

    /// <summary>Whether one of ours, one that these accounts have by themselves, or one that their servers put on a message.</summary>
    public bool IsKnown(string id, IReadOnlyList<AccountKey> accounts) => LabelRules.IsSystem(id)
        ? LabelRules.IsWord(id) || accounts.Any(account => Fits(id, account))
        : store.Find(id) is not null || accounts.Any(account => caches.Open(account).Search(new SearchQuery { NativeLabel = id, Limit = 1 }).Messages.Count > 0);

    private static T With<T>(T item, IReadOnlyList<Label> labels, IEnumerable<string> linked)
        where T : MessageItem
    {
        var native = item.Labels.Select(name => labels.FirstOrDefault(label => IsNative(label, item, name))?.Id ?? name);
        var all = native.Concat(linked.Where(id => labels.Any(label => label.Id == id))).Distinct(StringComparer.Ordinal).OrderBy(LabelRules.IsWord).ToList();
        return all.SequenceEqual(item.Labels, StringComparer.Ordinal) ? item : (T)(item with { Labels = all });
    }

    private static bool IsNative(Label label, MessageItem item, string name) =>
        label.Account is { } account
        && string.Equals(label.Native, name, StringComparison.OrdinalIgnoreCase)
        && string.Equals(account.Email, item.Email, StringComparison.OrdinalIgnoreCase)
        && account.Provider.Name() == item.Provider;

    /// <summary>A label given under a key that the message no longer has is its label still.</summary>
    private List<(string Old, string Key)> Aliases<T>(IReadOnlyList<T> items)
        where T : MessageItem =>
        [.. items
            .GroupBy(item => (item.Provider, item.Email))
            .SelectMany(group => ProviderKinds.TryParse(group.Key.Provider, out var provider)
                ? caches.Open(new AccountKey(provider, group.Key.Email)).Aliases([.. group.Select(item => item.Key)])
                : [])];
}
