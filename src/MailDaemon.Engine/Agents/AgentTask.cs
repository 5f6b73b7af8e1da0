using System.Text.Json;
using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Agents;

/// <summary>A mail that an agent is to handle.</summary>
public sealed record AgentTask
{
    /// <summary>Times that a task is given out before it is left for people to look at.</summary>
    public const int MostAttempts = 5;

    public required string Id { get; init; }

    public required string AgentId { get; init; }

    /// <summary>
    /// <c>queued</c> (to be taken or pushed), <c>leased</c> (an agent has it), <c>completing</c> (its actions are being done), <c>done</c>,
    /// <c>dead</c> (given up), or <c>cancelled</c> (by people, or its rule was deleted).
    /// </summary>
    public string State { get; init; } = "queued";

    /// <summary>What the message is: text of a stranger, to be read and never obeyed.</summary>
    public string Trust => "untrusted_email";

    public required string RuleId { get; init; }

    public required string RuleName { get; init; }

    /// <summary>Words of <see cref="AgentAbilities"/>.</summary>
    public required IReadOnlyList<string> AllowedActions { get; init; }

    /// <summary>Opens this task, this message and these actions and nothing else, while the lease lasts. Told once, to whom it is leased.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CapabilityToken { get; init; }

    public required AgentMessage Message { get; init; }

    /// <summary>Times it was given out.</summary>
    public int Attempts { get; init; }

    /// <summary>Until when the agent has it; null when none has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>What the agent said it came to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Result { get; init; }

    /// <summary>What the agent asked for, and what became of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AgentAction>? Actions { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    [JsonIgnore]
    public AccountKey Account => AccountKey.Read(Message.Provider, Message.Email);

    [JsonIgnore]
    internal byte[]? TokenHash { get; init; }

    internal static bool IsAgentId(string id) =>
        id.Length is >= 1 and <= 100 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && char.IsAsciiLetterOrDigit(id[0]);
}

/// <summary>One thing that an agent wants done with its mail.</summary>
public sealed record AgentAction
{
    public required string Type { get; init; }

    public string Value { get; init; } = "";

    /// <summary>Of a reply or a draft: <c>text</c> or <c>html</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContentType { get; init; }

    /// <summary><c>planned, done, queued</c> or <c>failed</c>.</summary>
    public string Status { get; init; } = "planned";

    /// <summary>Of a mail: the addresses that it goes to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? To { get; init; }

    /// <summary>The id of what came of it: a mail in the outbox, a draft.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Effect { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Msg { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(AgentTask))]
[JsonSerializable(typeof(AgentMessage))]
[JsonSerializable(typeof(IReadOnlyList<AgentAction>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class AgentJson : JsonSerializerContext
{
    public static AgentJson Readable => Holder.Readable;

    private static class Holder
    {
        public static readonly AgentJson Readable = new(new JsonSerializerOptions(Default.Options) { Encoder = ReadableJsonEncoder.Instance });
    }
}
