using System.ComponentModel;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Rules;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Events;

/// <summary>An event as the API tells it.</summary>
public sealed record EventView
{
    [Description("What Last-Event-ID takes to go on after this one"), Example("19ab3c-42")]
    public required string Id { get; init; }

    [Example("message.added")]
    public required string Type { get; init; }

    [Description("When it happened")]
    public required DateTimeOffset At { get; init; }

    [Example("imap")]
    public required string Provider { get; init; }

    [Example("me@example.com")]
    public required string Email { get; init; }

    [Description("The message it happened to"), Example("m_5d41402abc4b2a76"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    [Description("That message as it is by now; missing when it has gone"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MessageItem? Message { get; init; }

    [Description("The mail in the outbox as it was then"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OutboxView? Outbox { get; init; }

    [Description("The change of messages that waits for its server, as it was then"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OutboxView? Operation { get; init; }

    [Description("How far a long pass is"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SyncProgress? Progress { get; init; }

    [Description("What a pass did"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PassView? Pass { get; init; }

    [Description("The rule that matched"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MatchedRule? Rule { get; init; }

    [Description("The agent's task as it was then, without the message's text"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentTask? Task { get; init; }

    [Description("The record in the CRM as it was then"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TrailNews? Trail { get; init; }

    [Description("The stable word of a failure"), Example("server_unreachable"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    [Description("The failure in words"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Msg { get; init; }

    internal static EventView Of(MailEvent e, string id, MailReading reading)
    {
        var failure = e.Data as MailException;
        return new EventView
        {
            Id = id,
            Type = e.Type,
            At = e.At,
            Provider = e.Account.Provider.Name(),
            Email = e.Account.Email,
            Key = e.Key,
            Message = e.Key is null ? null : reading.Find(e.Account, e.Key),
            Outbox = e.Data is OutboxItem item ? OutboxView.Of(item) : null,
            Operation = e.Data is ChangeItem change ? OutboxView.Of(change) : null,
            Progress = e.Data as SyncProgress,
            Pass = e.Data is PassResult pass ? new PassView(pass.Added, pass.Updated, pass.Removed, (long)(pass.Finished - pass.Started).TotalMilliseconds) : null,
            Rule = e.Data as MatchedRule,
            Task = e.Data as AgentTask,
            Trail = e.Data as TrailNews,
            Error = failure?.Code,
            Msg = failure?.Message,
        };
    }

    /// <summary>What a pass did.</summary>
    public sealed record PassView(int Added, int Updated, int Removed, long DurationMs);
}
