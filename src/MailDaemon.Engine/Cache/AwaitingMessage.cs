using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>A message on which no rules were run yet.</summary>
/// <param name="AddedAt">When it came into the cache.</param>
public sealed record AwaitingMessage(MessageItem Item, DateTimeOffset AddedAt);
