namespace MailDaemon.Sandbox.Net;

/// <summary>A request that came to a stand-in.</summary>
/// <param name="Path">With its query, as it came.</param>
/// <param name="Headers">By name without regard to case.</param>
public sealed record HttpCall(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>What is answered.</summary>
/// <param name="Body">JSON; empty for none.</param>
internal sealed record HttpAnswer(int Status, byte[] Body, string? Location = null);
