using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>Puts what messages say beside what lists show of them, where that was asked for.</summary>
internal static class ItemBodies
{
    public static IReadOnlyList<T> Add<T>(MailCaches caches, IReadOnlyList<T> items, BodyOptions body)
        where T : MessageItem =>
        body.Format == BodyFormat.None ? items : [.. items.Select(item => Content(caches, item) is { } content ? (T)(item with { Body = MessageBody.Of(content, body, item.Subject) }) : item)];

    private static MessageContent? Content(MailCaches caches, MessageItem item) =>
        ProviderKinds.TryParse(item.Provider, out var provider) ? caches.Open(new AccountKey(provider, item.Email)).ReadContent(item.Key) : null;
}
