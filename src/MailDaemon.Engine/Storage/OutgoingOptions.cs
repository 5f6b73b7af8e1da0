namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Outgoing</c>: calls to webhooks, agents, the CRM and searches.</summary>
public sealed class OutgoingOptions
{
    /// <summary>Whether they may go to private addresses, and by a name to this machine. <c>localhost</c> and loopback addresses in a URL always may.</summary>
    public bool AllowPrivateHosts { get; init; }
}
