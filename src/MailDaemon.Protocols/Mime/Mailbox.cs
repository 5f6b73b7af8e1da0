namespace MailDaemon.Protocols.Mime;

/// <summary>A display name (decoded, empty when there is none) and an address as written (RFC 5322 §3.4).</summary>
public sealed record Mailbox(string Name, string Address);
