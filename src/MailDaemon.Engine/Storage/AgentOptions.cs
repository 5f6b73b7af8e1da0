namespace MailDaemon.Engine.Storage;

/// <summary>One entry of the settings section <c>Agents</c>, whose key is the agent's id or <c>Default</c>.</summary>
public sealed class AgentOptions
{
    /// <summary>Where tasks are pushed to; null means that they wait to be pulled.</summary>
    [HttpUrl]
    public string? Url { get; init; }

    /// <summary>The key of the signature on pushes; null for none.</summary>
    public string? Secret { get; init; }
}

/// <summary>The settings section <c>Agents</c>.</summary>
public sealed class AgentsOptions : Dictionary<string, AgentOptions>
{
    public AgentsOptions()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>The entry of an agent, else <c>Default</c>, else null.</summary>
    public AgentOptions? For(string agentId) => GetValueOrDefault(agentId) ?? GetValueOrDefault("Default");

    private AgentOptions? GetValueOrDefault(string id) => TryGetValue(id, out var options) ? options : null;
}
