using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Smtp;

/// <summary>
/// What can be made to go wrong on the SMTP side while it runs. Steps are named by their command; CONNECT is the greeting and
/// END the reply to the final dot.
/// </summary>
public sealed class SmtpFaults
{
    /// <summary>A new connection is closed after this many bytes of replies, TLS not counted.</summary>
    public FaultSwitch<long> CutAfterReplyBytes { get; } = new();

    /// <summary>The connection is closed in place of the reply to a step. At END the message has been accepted: the client cannot know.</summary>
    public FaultTable<bool> CutBeforeReply { get; } = new();

    /// <summary>The connection is closed after the final dot and the message thrown away: for the client this looks like a cut at END.</summary>
    public FaultSwitch<bool> LoseMessage { get; } = new();

    /// <summary>The step waits this long before it is carried out, by the clock of the servers.</summary>
    public FaultTable<TimeSpan> Delay { get; } = new();

    /// <summary>The step and all after it on this connection are never answered; the connection stays open.</summary>
    public FaultTable<bool> Silence { get; } = new();

    /// <summary>The step is answered by a reply that never ends.</summary>
    public FaultTable<bool> EndlessReply { get; } = new();

    /// <summary>A login with the right password is refused.</summary>
    public FaultSwitch<LoginRefusal> RefuseLogin { get; } = new();

    /// <summary>The step is not carried out and gets this reply, <c>451 4.3.0 Try again later</c> for instance.</summary>
    public FaultTable<string> Refuse { get; } = new();

    /// <summary>The recipient of this address gets this reply, <c>550 5.1.1 No such user</c> for instance.</summary>
    public FaultTable<string> RefuseRecipient { get; } = new();

    /// <summary>Switches everything off.</summary>
    public void Reset()
    {
        CutAfterReplyBytes.Disarm();
        LoseMessage.Disarm();
        RefuseLogin.Disarm();
        CutBeforeReply.DisarmAll();
        Delay.DisarmAll();
        Silence.DisarmAll();
        EndlessReply.DisarmAll();
        Refuse.DisarmAll();
        RefuseRecipient.DisarmAll();
    }
}
