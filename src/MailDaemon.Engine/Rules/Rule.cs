using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Rules;

/// <summary>What is to be done with mail that meets conditions.</summary>
public sealed record Rule
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string Description { get; init; } = "";

    /// <summary>Whose mail; null for that of all accounts.</summary>
    public AccountKey? Account { get; init; }

    public bool IsEnabled { get; init; } = true;

    public IReadOnlyList<RuleCondition> Conditions { get; init; } = [];

    /// <summary>One condition is enough; else all must hold.</summary>
    public bool IsAny { get; init; }

    /// <summary>It has no conditions and means every mail.</summary>
    public bool MatchAll { get; init; }

    public IReadOnlyList<RuleAction> Actions { get; init; } = [];

    /// <summary>The smallest first; of equals the oldest.</summary>
    public int Priority { get; init; }

    /// <summary>Rules after this one do not see a mail that it matched.</summary>
    public bool StopOnMatch { get; init; }

    /// <summary>Counts up whenever what it matches or does is changed.</summary>
    public int Version { get; init; } = 1;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public bool Fits(AccountKey account) => Account is null || Account == account;
}

/// <summary>One condition, in the words of <see cref="RuleWords"/>.</summary>
public sealed record RuleCondition(string Field, string Operator, string Value);

/// <summary>One action, in the words of <see cref="RuleWords"/>.</summary>
public sealed record RuleAction
{
    public required string Type { get; init; }

    /// <summary>What it takes: a label's id, a folder, a text, addresses, an agent's id, a URL.</summary>
    public string Value { get; init; } = "";

    /// <summary>auto_reply: <c>text</c> or <c>html</c>, never guessed; null for other actions.</summary>
    public string? ContentType { get; init; }

    /// <summary>auto_reply: one sender is answered once in so many days.</summary>
    public int? Days { get; init; }

    /// <summary>agent_handle: what the agent may do with the mail; null for what agents may by default.</summary>
    public IReadOnlyList<string>? AllowedActions { get; init; }
}

/// <summary>What a rule matches and does, as it is stored.</summary>
internal sealed record RuleDefinition(IReadOnlyList<RuleCondition> Conditions, bool IsAny, bool MatchAll, IReadOnlyList<RuleAction> Actions, bool StopOnMatch);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuleDefinition))]
[JsonSerializable(typeof(RuleAction))]
internal sealed partial class RuleJson : JsonSerializerContext;
