namespace MailDaemon.Engine.Messages;

/// <summary>A message that its server has and does not give, while it gives the others.</summary>
/// <param name="Code">The stable word of the refusal.</param>
/// <param name="Reason">What the server said, for people.</param>
public sealed record RefusedMessage(string RemoteId, string Code, string Reason);
