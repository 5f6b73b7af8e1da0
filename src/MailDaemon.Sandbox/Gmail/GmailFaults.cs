using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Gmail;

/// <summary>
/// What can be made to go wrong with Gmail while it runs. Requests are named as in <see cref="GmailRequest.Method"/>; <c>*</c> is all.
/// The numbers are the rows of the list of public complaints about synchronisation with Gmail.
/// </summary>
public sealed class GmailFaults
{
    /// <summary>The request waits before it is carried out, by the clock of the server (8).</summary>
    public FaultTable<TimeSpan> Delay { get; } = new();

    /// <summary>Something happens in the user's mailbox just before the request is carried out (2).</summary>
    public FaultTable<Action<GmailMailbox>> Meanwhile { get; } = new();

    /// <summary>The connection is cut and nothing is carried out.</summary>
    public FaultTable<bool> DropBefore { get; } = new();

    /// <summary>The request is carried out and the connection cut before the answer: a message was sent and the sender does not know.</summary>
    public FaultTable<bool> DropAfter { get; } = new();

    /// <summary>The request is carried out, and the connection cut after this many bytes of the answer's body. A part of a batch is answered whole.</summary>
    public FaultTable<int> CutAfter { get; } = new();

    /// <summary>Nothing is carried out, and this error is answered: storms of 429 and 403, with Retry-After or without (5), and 5xx.</summary>
    public FaultTable<GmailError> Error { get; } = new();

    /// <summary>The request is carried out, and this error is answered.</summary>
    public FaultTable<GmailError> ErrorAfter { get; } = new();

    /// <summary>As <see cref="Error"/>, for parts of a batch only; the batch itself is answered 200 (6, 7).</summary>
    public FaultTable<GmailError> PartError { get; } = new();

    /// <summary>messages.get of the message with this id answers this error, alone or in a batch.</summary>
    public FaultTable<GmailError> MessageError { get; } = new();

    /// <summary>history.list answers 404, whatever it is asked (1).</summary>
    public FaultSwitch<bool> HistoryIsTooOld { get; } = new();

    /// <summary>history.list answers a page with a token and without <c>history</c> before it goes on (3).</summary>
    public FaultSwitch<bool> EmptyHistoryPage { get; } = new();

    /// <summary>history.list gives this many changes again that the client already knows (21).</summary>
    public FaultSwitch<int> HistoryRepeats { get; } = new();

    /// <summary>history.list does not know the last changes yet, this many, and answers with the history id before them (20).</summary>
    public FaultSwitch<int> HistoryLags { get; } = new();

    /// <summary>The next page of messages.list or threads.list leaves this many out.</summary>
    public FaultSwitch<int> ListSkips { get; } = new();

    /// <summary>The next page of messages.list or threads.list begins with this many of the page before.</summary>
    public FaultSwitch<int> ListRepeats { get; } = new();

    /// <summary>The answers of a batch come in another order than its parts.</summary>
    public bool ShufflesBatch { get; set; }

    /// <summary>messages.send and drafts.send put a Message-ID of Gmail's own in the place of the given one.</summary>
    public bool RewritesMessageId { get; set; }

    /// <summary>Whoever signs in consents with this address in place of the one on the page; null for the one on the page.</summary>
    public string? ConsentsAs { get; set; }

    /// <summary>Whoever signs in leaves the boxes of these scopes empty.</summary>
    public IReadOnlyList<string> WithheldScopes { get; set; } = [];

    public void Reset()
    {
        Delay.DisarmAll();
        Meanwhile.DisarmAll();
        DropBefore.DisarmAll();
        DropAfter.DisarmAll();
        CutAfter.DisarmAll();
        Error.DisarmAll();
        ErrorAfter.DisarmAll();
        PartError.DisarmAll();
        MessageError.DisarmAll();
        HistoryIsTooOld.Disarm();
        EmptyHistoryPage.Disarm();
        HistoryRepeats.Disarm();
        HistoryLags.Disarm();
        ListSkips.Disarm();
        ListRepeats.Disarm();
        ShufflesBatch = RewritesMessageId = false;
        ConsentsAs = null;
        WithheldScopes = [];
    }
}
