using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Gmail;

/// <summary>
/// What can be made to go wrong with Gmail while it runs. Requests are named as in <see cref="GmailRequest.Method"/>; <c>*</c> is all.
/// The numbers are the rows of the list of public complaints about synchronisation with Gmail.
/// </summary>
public sealed class GmailFaults : HttpFaults<GmailError>
{
    /// <summary>Something happens in the user's mailbox just before the request is carried out (2).</summary>
    public FaultTable<Action<GmailMailbox>> Meanwhile { get; } = new();

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

    public override void Reset()
    {
        base.Reset();
        Meanwhile.DisarmAll();
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
