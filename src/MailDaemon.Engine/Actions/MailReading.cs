using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>Lists and single messages, of one account or of all together. Reads caches; only a message whose file is damaged is fetched again.</summary>
public sealed class MailReading(AccountStore accounts, MailCaches caches, LabelView labels, MailSearch searching, ContentRepair contents, AttachmentCache attachments)
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

    /// <exception cref="MailException">NotFound <c>folder_not_found</c> or <c>label_not_found</c>.</exception>
    public MessagePage List(IReadOnlyList<Account> of, MessageQuery query, BodyOptions body, ListFilter? filter = null)
    {
        filter ??= new ListFilter();
        if (!filter.IsSimple)
            return ListFiltered(of, query, filter, body);
        query = query with { IsUnread = filter.IsUnread == true };
        if (of.Count == 0)
            return new MessagePage([], 0, query.Offset, query.Limit);
        var page = UnifiedList.Read([.. of.Select(account => caches.Open(account.Key))], query);
        return page with { Messages = labels.Show(BodyBudget.Cut(ItemBodies.Add(caches, page.Messages, body), body.MaxTotal)) };
    }

    /// <summary>All messages of a cache that a query names, page by page read at once.</summary>
    internal static List<MessageItem> All(MailCache cache, MessageQuery query)
    {
        var all = new List<MessageItem>();
        for (var offset = 0; ; offset += MessageQuery.MostItems)
        {
            var page = cache.List(query with { Offset = offset, Limit = MessageQuery.MostItems }).Messages;
            all.AddRange(page);
            if (page.Count < MessageQuery.MostItems)
                return all;
        }
    }

    /// <summary>A message as it is by now; null when it has gone, or its account has.</summary>
    public MessageItem? Find(AccountKey account, string key)
    {
        try
        {
            return accounts.Find(account) is null || caches.Open(account).Find(key) is not { } item ? null : labels.Show(item);
        }
        catch (MailException e) when (e.Fault == MailFault.NotFound)
        {
            return null;
        }
    }

    /// <exception cref="MailException">It has gone; or its file is damaged and the server does not give it just now.</exception>
    public async Task<MessageDetail> DetailAsync(FoundMessage message, BodyOptions body, CancellationToken ct) => labels.Show(WithSizes(message, await contents.ReadAsync(message, body, ct)));

    /// <summary>With the sizes of attachments that were downloaded, where they were reckoned before.</summary>
    private MessageDetail WithSizes(FoundMessage message, MessageDetail detail) => detail.Attachments.Any(attachment => attachment.SizeIsEstimate)
        ? detail with { Attachments = [.. detail.Attachments.Select(attachment => WithSize(message, attachment))] }
        : detail;

    private Attachment WithSize(FoundMessage message, Attachment attachment) =>
        attachment.SizeIsEstimate && attachments.SizeOf(message.Account.Key, message.Message.Key, attachment.Id) is { } size ? attachment with { Size = size, SizeIsEstimate = false } : attachment;

    /// <summary>As <see cref="DetailAsync"/> from the cache alone, with the labels as the server has them.</summary>
    internal static MessageDetail Read(FoundMessage message, BodyOptions body) =>
        message.Cache.ReadDetail(message.Message.Key, body) ?? throw MessageLookup.NotFound(message.Message.Key);

    /// <summary>A conversation's messages, oldest first, from whichever of these accounts has it.</summary>
    /// <exception cref="MailException">NotFound <c>thread_not_found</c>.</exception>
    public IReadOnlyList<MessageItem> Thread(IReadOnlyList<Account> of, string threadId, BodyOptions body)
    {
        foreach (var account in of)
        {
            if (caches.Open(account.Key).Thread(threadId) is { Count: > 0 } messages)
                return labels.Show(BodyBudget.Cut(ItemBodies.Add(caches, messages, body), body.MaxTotal));
        }

        throw MailException.NotFound("thread_not_found", $"There is no conversation {threadId}. Each message names its own as threadId.");
    }

    /// <summary>What the order of the list alone does not answer is searched without words.</summary>
    private MessagePage ListFiltered(IReadOnlyList<Account> of, MessageQuery query, ListFilter filter, BodyOptions body)
    {
        var search = new SearchQuery
        {
            Folder = query.Folder,
            IsUnread = filter.IsUnread,
            IsStarred = filter.IsStarred,
            HasAttachment = filter.HasAttachment,
            IsAnswered = filter.IsAnswered,
            IsForwarded = filter.IsForwarded,
            Since = query.Since,
            Offset = query.Offset,
            Limit = query.Limit,
        };
        var found = searching.Search(of, search, body, filter.Label);

        // Without words there are no highlights, and a list shows none.
        return new MessagePage(
            [.. found.Messages.Select(hit => hit.Item)], found.IsTotalExact ? found.Total : searching.Count(of, search, filter.Label), query.Offset, query.Limit);
    }
}
