using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Imap;

/// <summary>What can be made to go wrong on the IMAP side while it runs. Commands are named without UID: FETCH is also UID FETCH.</summary>
public sealed class ImapFaults
{
    /// <summary>A new connection is closed after this many bytes of replies, TLS not counted.</summary>
    public FaultSwitch<long> CutAfterReplyBytes { get; } = new();

    /// <summary>The connection is closed after this many bytes of the next literal of a FETCH.</summary>
    public FaultSwitch<int> CutInsideLiteral { get; } = new();

    /// <summary>The connection is closed after this many bytes of the command's answer, TLS not counted.</summary>
    public FaultTable<long> CutInsideReply { get; } = new();

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

    /// <summary>The answer to the command, and all that follows on this connection, comes byte by byte with this pause between, by the clock of the servers.</summary>
    public FaultTable<TimeSpan> Trickle { get; } = new();

    /// <summary>
    /// Lines that are sent before the tagged reply of the command, without the CRLF at the end: EXISTS that falls without EXPUNGE, FETCH
    /// that nobody asked for, VANISHED with UIDs that never were.
    /// </summary>
    public FaultTable<string> Inject { get; } = new();

    /// <summary>Lines that are sent after the first message of a FETCH, without the CRLF at the end: <c>* 1 EXPUNGE</c> for instance.</summary>
    public FaultSwitch<string> InjectInFetch { get; } = new();

    /// <summary>The messages of a FETCH come in falling order of their UIDs.</summary>
    public FaultSwitch<bool> FetchBackwards { get; } = new();

    /// <summary>Sections are NIL, as those of a message that is deleted in this moment.</summary>
    public FaultSwitch<bool> MissingSection { get; } = new();

    /// <summary>A FETCH of sections of this UID alone is refused with <c>[UNAVAILABLE]</c>; with others, or with what else is known of it, it is answered.</summary>
    public FaultSwitch<uint> UnavailableSection { get; } = new();

    /// <summary>
    /// A FETCH of more than flags that names the message of this UID is answered with these words after the tag, <c>NO [SERVERBUG] Oops</c>
    /// for instance; the connection is closed when there are none.
    /// </summary>
    public FaultTable<string> RefuseMessage { get; } = new();

    /// <summary>What stands in place of a message's flags, <c>(\Seen foo(bar))</c> for instance.</summary>
    public FaultSwitch<string> Flags { get; } = new();

    /// <summary>Lines of LIST that are sent beside the right ones, without the CRLF at the end.</summary>
    public FaultSwitch<string> ListLines { get; } = new();

    /// <summary>How the mailbox of this path is spelt in LIST; commands have to spell it so.</summary>
    public FaultTable<string> Spelling { get; } = new();

    /// <summary>What stands in place of a message's BODYSTRUCTURE, <c>NIL</c> for instance.</summary>
    public FaultSwitch<string> Structure { get; } = new();

    /// <summary>The message of this UID is counted and left out of the answer to a FETCH, which is OK all the same.</summary>
    public FaultSwitch<uint> Withhold { get; } = new();

    /// <summary>The next IDLE tells nothing of what changes while it lasts.</summary>
    public FaultSwitch<bool> DeafIdle { get; } = new();

    /// <summary>SEARCH looks at no texts, and names every message that may be.</summary>
    public FaultSwitch<bool> DeafSearch { get; } = new();

    /// <summary>The UIDVALIDITY that is told in place of the right one. See also <see cref="Mail.MailFolder.RebuildWithNewUidValidity"/>.</summary>
    public FaultSwitch<uint> UidValidity { get; } = new();

    /// <summary>The UIDNEXT that is told in place of the right one by SELECT and STATUS.</summary>
    public FaultSwitch<uint> UidNext { get; } = new();

    /// <summary>The folder of this path has got other UIDs under another UIDVALIDITY when it is opened next.</summary>
    public FaultTable<bool> RebuildOnSelect { get; } = new();

    /// <summary>
    /// The HIGHESTMODSEQ that is told in place of the right one by SELECT and STATUS. See also <see cref="Mail.MailFolder.RestartModSeqs"/>.
    /// </summary>
    public FaultSwitch<long> HighestModSeq { get; } = new();

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
        UnavailableSection.Disarm();
        RefuseMessage.DisarmAll();
        Flags.Disarm();
        ListLines.Disarm();
        Spelling.DisarmAll();
        Structure.Disarm();
        Withhold.Disarm();
        DeafIdle.Disarm();
        DeafSearch.Disarm();
        UidValidity.Disarm();
        UidNext.Disarm();
        HighestModSeq.Disarm();
        InjectInFetch.Disarm();
        FetchBackwards.Disarm();
        Goodbye.Disarm();
        CutBeforeReply.DisarmAll();
        CutInsideReply.DisarmAll();
        Trickle.DisarmAll();
        RebuildOnSelect.DisarmAll();
        Delay.DisarmAll();
        Silence.DisarmAll();
        EndlessLine.DisarmAll();
        Refuse.DisarmAll();
        Inject.DisarmAll();
        MissingFolder.DisarmAll();
    }
}
