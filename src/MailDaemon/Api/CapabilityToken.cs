using System.Reflection;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>The token of an agent's task, in the header <c>Authorization: Bearer</c>.</summary>
public sealed class CapabilityToken
{
    public const string Header = "Authorization";

    private const string Scheme = "Bearer ";

    private CapabilityToken(string value) => Value = value;

    public string Value { get; }

    public override string ToString() => "***";

    /// <summary>The token of a header's value; null when it holds none of an agent.</summary>
    internal static string? Read(string? authorization) =>
        authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true && authorization[Scheme.Length..].Trim() is var token && AgentTaskStore.IsToken(token) ? token : null;

    /// <exception cref="MailException">403 <c>capability_refused</c>: there is none.</exception>
    public static ValueTask<CapabilityToken> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult(new CapabilityToken(
        Read(context.Request.Headers.Authorization.ToString())
        ?? throw AgentTaskStore.Refused("Send the task's capabilityToken as Authorization: Bearer. GET /api/agents/{id}/tasks gives it with the task.")));
}
