using System.ComponentModel;
using System.Text.Json.Serialization;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>What waits for a mail server, or went there: a mail, or a change of messages.</summary>
public sealed record OutboxView(
    [property: Description("o_… of a mail, w_… of a webhook, c_… of a change"), Example("o_5d41402abc4b2a76b9719d91")] string Id,
    [property: Description("send, reply, forward or draft; webhook; of changes move, label, read, unread, star, unstar or flag"), Example("send")] string Kind,
    string Provider,
    string Email,
    [property: Description("pending, sending, sent, failed, uncertain, or cancelled: a webhook that is not wanted any more"), Example("pending")] string Status,
    [property: Description("Tries that failed")] int Attempts,
    [property: Description("When it is tried next; null when it is not")] DateTimeOffset? NextAttemptAt,
    [property: Description("Why the last try failed; null when none did")] string? LastError,
    [property: Description("The stable word of that error")] string? ErrorCode,
    [property: Description("null for a change"), Example("<5d41402abc4b2a76@example.com>")] string? MessageId,
    [property: Description("The id of the copy in Sent")] string? SentId,
    DateTimeOffset CreatedAt)
{
    [Description("Of a mail"), Example("Quotation 2026-01"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Subject { get; init; }

    [Description("Everybody that a mail goes to, Bcc included"), Example("[\"li.wei@example.com\"]"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Recipients { get; init; }

    [Description("The folder that sentId belongs to"), Example("sent"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SentFolder => SentId is null ? null : FolderRole.Sent.Name();

    [Description("What the sender should know, such as that no copy could be kept"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Notice { get; init; }

    /// <summary>Of a change.</summary>
    [Description("The messages that are changed"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Keys { get; init; }

    [Description("Where they are moved to"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Target { get; init; }

    [Description("Where a webhook goes"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Url { get; init; }

    internal static OutboxView Of(Outgoing item) => item.Hook is { } hook ? Of(hook) : Of(item.Mail!);

    internal static OutboxView Of(Hook hook) => new(
        hook.Id,
        "webhook",
        hook.Account.Provider.Name(),
        hook.Account.Email,
        hook.State,
        hook.Attempts,
        hook.State == "pending" ? hook.NextAttemptAt : null,
        hook.Error,
        hook.ErrorCode,
        MessageId: null,
        SentId: null,
        hook.CreatedAt)
    {
        Url = hook.Url,
    };

    internal static OutboxView Of(OfflineOperation operation) => operation.Change is { } change ? Of(change) : Of(operation.Mail!);

    internal static OutboxView Of(ChangeItem item) => new(
        item.Id,
        item.Change.Kind,
        item.Account.Provider.Name(),
        item.Account.Email,
        item.IsFailed ? "failed" : "pending",
        item.Attempts,
        item.IsFailed ? null : item.NextAttemptAt,
        item.Error?.Message,
        item.Error?.Code,
        MessageId: null,
        SentId: null,
        item.CreatedAt)
    {
        Keys = [.. item.Before.Select(before => before.Key)],
        Target = item.Change.Target,
    };

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
        item.CreatedAt)
    {
        Subject = item.Envelope.Subject,
        Recipients = item.Envelope.Recipients,
        Notice = item.Notice,
    };
}
