using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>Lists, searches and single messages, of one account or of all together. Reads caches only, never the network.</summary>
public sealed class MailReading(AccountStore accounts, MailCaches caches)
{
    /// <summary>The accounts that both words allow, oldest first.</summary>
    /// <exception cref="MailException">An address was given and no account has it: not authorized, or <c>account_not_found</c> without a provider.</exception>
    public IReadOnlyList<Account> Accounts(ProviderKind? provider, string? email)
    {
        var found = accounts.All()
            .Where(account => provider is null || account.Key.Provider == provider)
            .Where(account => email is null || account.Key == new AccountKey(account.Key.Provider, email))
            .ToList();
        return found.Count > 0 || email is null ? found
            : throw (provider is { } named
                ? MailException.NotAuthorized(named)
                : MailException.NotFound("account_not_found", "There is no account with this address. GET /api/accounts lists them."));
    }

    /// <exception cref="MailException">NotFound <c>folder_not_found</c>.</exception>
    public MessagePage List(IReadOnlyList<Account> of, MessageQuery query, BodyOptions body)
    {
        if (of.Count == 0)
            return new MessagePage([], 0, query.Offset, query.Limit);
        var page = UnifiedList.Read([.. of.Select(account => caches.Open(account.Key))], query);
        return body.Format == BodyFormat.None ? page : page with { Messages = [.. page.Messages.Select(item => WithBody(item, body))] };
    }

    /// <summary>Newest first, or the best first; of several accounts each is searched and what they found is merged.</summary>
    /// <exception cref="MailException">NotFound <c>folder_not_found</c>: no account has a folder of this path.</exception>
    public SearchPage Search(IReadOnlyList<Account> of, SearchQuery query, BodyOptions body)
    {
        var pages = SearchEach(of, of.Count == 1 ? query : query with { Offset = 0, Limit = query.Offset + query.Limit });
        var found = pages.SelectMany(page => page.Messages);
        if (of.Count > 1)
        {
            found = (query.IsByRelevance ? found.OrderBy(hit => hit.Rank) : found.OrderByDescending(hit => hit.Date)).Skip(query.Offset).Take(query.Limit);
        }

        return new SearchPage(
            [.. found.Select(hit => body.Format == BodyFormat.None ? hit : (SearchHit)WithBody(hit, body))],
            pages.Sum(page => page.Total),
            pages.TrueForAll(page => page.IsTotalExact),
            query.Offset,
            query.Limit);
    }

    /// <exception cref="MailException">NotFound: it has gone, or its file is damaged.</exception>
    public static MessageDetail Detail(FoundMessage message, BodyOptions body) =>
        message.Cache.ReadDetail(message.Message.Key, body) ?? throw MessageLookup.NotFound(message.Message.Key);

    /// <summary>A conversation's messages, oldest first, from whichever of these accounts has it.</summary>
    /// <exception cref="MailException">NotFound <c>thread_not_found</c>.</exception>
    public IReadOnlyList<MessageItem> Thread(IReadOnlyList<Account> of, string threadId, BodyOptions body)
    {
        foreach (var account in of)
        {
            if (caches.Open(account.Key).Thread(threadId) is { Count: > 0 } messages)
                return body.Format == BodyFormat.None ? messages : [.. messages.Select(item => WithBody(item, body))];
        }

        throw MailException.NotFound("thread_not_found", $"There is no conversation {threadId}. Each message names its own as threadId.");
    }

    private List<SearchPage> SearchEach(IReadOnlyList<Account> of, SearchQuery query)
    {
        var pages = new List<SearchPage>();
        MailException? missing = null;
        foreach (var account in of)
        {
            try
            {
                pages.Add(caches.Open(account.Key).Search(query));
            }
            catch (MailException e) when (e.Code == "folder_not_found")
            {
                missing = e;
            }
        }

        return pages.Count == 0 && missing is not null ? throw missing : pages;
    }

    private MessageItem WithBody(MessageItem item, BodyOptions body) =>
        ProviderKinds.TryParse(item.Provider, out var provider) && caches.Open(new AccountKey(provider, item.Email)).ReadContent(item.Key) is { } content
            ? item with { Body = MessageBody.Of(content, body) }
            : item;
}
