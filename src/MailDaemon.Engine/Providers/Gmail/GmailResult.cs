using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>What became of one request of many.</summary>
/// <param name="Value">What the server answered; null where it answers nothing, or failed.</param>
/// <param name="Failure">Null when it was done.</param>
internal sealed record GmailResult<T>(T? Value, MailException? Failure);
