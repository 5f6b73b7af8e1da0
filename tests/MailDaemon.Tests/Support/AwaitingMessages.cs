using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Support;

public static class AwaitingMessages
{
    /// <summary>The messages on which no rules were run yet.</summary>
    public static IReadOnlyList<MessageItem> AwaitingItems(this MailCache cache, int limit = MessageQuery.MostItems) => [.. cache.AwaitingRules(limit).Select(awaiting => awaiting.Item)];
}
