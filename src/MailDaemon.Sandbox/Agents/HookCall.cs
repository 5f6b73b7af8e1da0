namespace MailDaemon.Sandbox.Agents;

/// <summary>A request that came to a <see cref="HookEndpoint"/>.</summary>
/// <param name="Headers">By name without regard to case.</param>
public sealed record HookCall(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);
