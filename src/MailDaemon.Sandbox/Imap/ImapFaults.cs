using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Imap;

/// <summary>What can be made to go wrong on the IMAP side while it runs. Commands are named without UID: FETCH is also UID FETCH.</summary>
public sealed class ImapFaults
{
    /// <summary>A new connection is closed after this many bytes of replies, TLS not counted.</summary>
    public FaultSwitch<long> CutAfterReplyBytes { get; } = new();

    /// <summary>The connection is closed after this many bytes of the next literal of a FETCH.</summary>
    public FaultSwitch<int> CutInsideLiteral { get; } = new();

    /// <summary>The command is carried out and the connection closed before its tagged reply.</summary>
    public FaultTable<bool> CutBeforeReply { get; } = new();

    /// <summary>The command waits this long before it is carried out, by the clock of the servers.</summary>
    public FaultTable<TimeSpan> Delay { get; } = new();

    /// <summary>The command and all after it on this connection are never answered; the connection stays open. CONNECT is the greeting.</summary>
    public FaultTable<bool> Silence { get; } = new();

    /// <summary>The next literal of a FETCH is announced with this length and filler is sent until that is reached, or for ever when it is <see cref="long.MaxValue"/>.</summary>
    public FaultSwitch<long> EndlessLiteral { get; } = new();

    /// <summary>The command is answered by a line that never ends.</summary>
    public FaultTable<bool> EndlessLine { get; } = new();

    /// <summary>A login with the right password is refused.</summary>
    public FaultSwitch<LoginRefusal> RefuseLogin { get; } = new();

    /// <summary>The command is not carried out and answered with these words after the tag, <c>NO [LIMIT] Slow down</c> for instance.</summary>
    public FaultTable<string> Refuse { get; } = new();

    /// <summary>Lines that are sent before the tagged reply of the command, without the CRLF at the end.</summary>
    public FaultTable<string> Inject { get; } = new();

    /// <summary>What stands in place of a message's BODYSTRUCTURE, <c>NIL</c> for instance.</summary>
    public FaultSwitch<string> Structure { get; } = new();

    /// <summary>A FETCH is answered from the last message to the first.</summary>
    public FaultSwitch<bool> Backwards { get; } = new();

    /// <summary>The message of this UID is counted and left out of the answer to a FETCH, which is OK all the same.</summary>
    public FaultSwitch<uint> Withhold { get; } = new();

    /// <summary>The UIDVALIDITY that is told in place of the right one. See also <see cref="Mail.MailFolder.RebuildWithNewUidValidity"/>.</summary>
    public FaultSwitch<uint> UidValidity { get; } = new();

    /// <summary>The folder of this path is as if it were not there.</summary>
    public FaultTable<bool> MissingFolder { get; } = new();

    /// <summary>The greeting is BYE with this text.</summary>
    public FaultSwitch<string> Goodbye { get; } = new();

    /// <summary>Switches everything off.</summary>
    public void Reset()
    {
        CutAfterReplyBytes.Disarm();
        CutInsideLiteral.Disarm();
        EndlessLiteral.Disarm();
        RefuseLogin.Disarm();
        Structure.Disarm();
        Backwards.Disarm();
        Withhold.Disarm();
        UidValidity.Disarm();
        Goodbye.Disarm();
        CutBeforeReply.DisarmAll();
        Delay.DisarmAll();
        Silence.DisarmAll();
        EndlessLine.DisarmAll();
        Refuse.DisarmAll();
        Inject.DisarmAll();
        MissingFolder.DisarmAll();
    }
}
