namespace MailDaemon.Engine.Messages;

/// <summary>A field of a message's header: its name as written, its value unfolded and decoded.</summary>
public sealed record HeaderLine(string Name, string Value);
