using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>AutomaticMail</c>: bounds of what rules and agents send. An account's agentPolicy can be stricter.</summary>
public sealed class AutomaticMailOptions
{
    /// <summary>Recipients of one mail, 1–100. Default 5.</summary>
    [Range(1, 100)]
    public int MaxRecipients { get; init; } = 5;

    /// <summary>Mails of one rule within an hour, its answers, forwards and those of its agents. Default 20.</summary>
    [Range(0, 100_000)]
    public int RulePerHour { get; init; } = 20;

    /// <summary>Mails of one agent within an hour. Default 20.</summary>
    [Range(0, 100_000)]
    public int AgentPerHour { get; init; } = 20;

    /// <summary>Mails of all rules and agents within an hour from one account. Default 50.</summary>
    [Range(0, 100_000)]
    public int AccountPerHour { get; init; } = 50;
}
