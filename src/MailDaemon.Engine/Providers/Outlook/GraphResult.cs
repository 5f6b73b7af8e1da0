using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>What became of one request of many.</summary>
/// <param name="Value">What the server answered; null where it answers nothing, or failed.</param>
/// <param name="Failure">Null when it was done.</param>
internal readonly record struct GraphResult<T>(T? Value, MailException? Failure);
