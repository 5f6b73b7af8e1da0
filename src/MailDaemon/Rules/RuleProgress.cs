using System.ComponentModel;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>How far a rule is in old mail.</summary>
public sealed record RuleProgress
{
    [Example("r_5d41402abc4b2a76")]
    public required string RuleId { get; init; }

    [Description("running, done or failed"), Example("running")]
    public required string Status { get; init; }

    public required bool DryRun { get; init; }

    [Description("Messages to be looked at")]
    public required int Total { get; init; }

    [Description("Messages looked at")]
    public required int Done { get; init; }

    public required int Matched { get; init; }

    [Description("Messages with which something went wrong; applied again, the rule is tried on them again")]
    public required int Failed { get; init; }

    [Description("The first messages that matched")]
    public required IReadOnlyList<MessageItem> Samples { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }

    [Description("The stable word of a failure"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Msg { get; init; }

    internal static RuleProgress Of(RuleApplication application) => new()
    {
        RuleId = application.RuleId,
        Status = application.State,
        DryRun = application.IsDryRun,
        Total = application.Total,
        Done = application.Done,
        Matched = application.Matched,
        Failed = application.Failed,
        Samples = application.Samples,
        StartedAt = application.StartedAt,
        FinishedAt = application.FinishedAt,
        Error = application.Error?.Code,
        Msg = application.Error?.Message,
    };
}
