namespace MailDaemon.Engine.Messages;

/// <summary>The state of a message that every provider has.</summary>
[Flags]
public enum MessageFlags
{
    None = 0,
    Read = 1,
    Starred = 2,
    Answered = 4,
    Forwarded = 8,
    Draft = 16,
}
