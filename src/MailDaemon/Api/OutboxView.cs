using System.ComponentModel;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>A mail in the outbox as the API shows it.</summary>
public sealed record OutboxView(
    [property: Example("o_5d41402abc4b2a76b9719d91")] string Id,
    [property: Description("send, reply, forward or draft"), Example("send")] string Kind,
    string Provider,
    string Email,
    [property: Description("pending, sending, sent, failed or uncertain"), Example("pending")] string Status,
    [property: Description("Tries that failed")] int Attempts,
    [property: Description("When it is tried next; null when it is not")] DateTimeOffset? NextAttemptAt,
    [property: Description("Why the last try failed; null when none did")] string? LastError,
    [property: Description("The stable word of that error")] string? ErrorCode,
    [property: Example("<5d41402abc4b2a76@example.com>")] string MessageId,
    [property: Description("The id of the copy in Sent")] string? SentId,
    DateTimeOffset CreatedAt)
{
    internal static OutboxView Of(OutboxItem item) => new(
        item.Id,
        item.Kind,
        item.Account.Provider.Name(),
        item.Account.Email,
        item.State.ToString().ToLowerInvariant(),
        item.Attempts,
        item.State == OutboxState.Pending ? item.NextAttemptAt : null,
        item.Error?.Message,
        item.Error?.Code,
        item.Envelope.MessageId,
        item.SentId,
        item.CreatedAt);
}
