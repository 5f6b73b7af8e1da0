namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Who waits for a call, which decides who goes first where the quota is short.</summary>
internal enum GmailLane
{
    /// <summary>A person, or an agent that asked over the API.</summary>
    Person,

    /// <summary>A pass over the account.</summary>
    Pass,
}
