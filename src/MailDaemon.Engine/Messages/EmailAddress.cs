namespace MailDaemon.Engine.Messages;

/// <summary>A person's display name (empty when there is none) and address.</summary>
public sealed record EmailAddress(string Name, string Address);
