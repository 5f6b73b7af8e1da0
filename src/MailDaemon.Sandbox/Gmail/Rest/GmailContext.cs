using MailDaemon.Sandbox.Smtp;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>What the methods of the API share.</summary>
/// <param name="Delivery">Where sent mail goes.</param>
internal sealed record GmailContext(GmailServerOptions Options, GmailFaults Faults, MailDelivery Delivery, TimeProvider Time);
