using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Graph;

/// <summary>
/// What can be made to go wrong with Outlook while it runs. Requests are named as in <see cref="GraphRequest.Operation"/>; <c>*</c> is all.
/// The numbers are the rows of the list of public complaints about synchronisation with Graph.
/// </summary>
public sealed class GraphFaults : HttpFaults<GraphError>
{
    /// <summary>Something happens in the user's mailbox just before the request is carried out.</summary>
    public FaultTable<Action<GraphMailbox>> Meanwhile { get; } = new();

    /// <summary>The answer is 302 to this address, and nothing is carried out.</summary>
    public FaultTable<string> Redirect { get; } = new();

    /// <summary>A delta query by deltaLink answers this error (10): 410 SyncStateNotFound, 410 resyncRequired or 400.</summary>
    public FaultSwitch<GraphError> DeltaLinkGone { get; } = new();

    /// <summary>A delta query by nextLink, in the middle of a walk, answers this error (10).</summary>
    public FaultSwitch<GraphError> NextLinkGone { get; } = new();

    /// <summary>Any delta query of the folder with this well-known name or display name answers this error (17).</summary>
    public FaultTable<GraphError> FolderDelta { get; } = new();

    /// <summary>A message that was moved away and back between two delta queries is told as gone only (11).</summary>
    public bool LosesReturnedMessages { get; set; }

    /// <summary>A delta query tells a message of which nothing but the read state has changed by <c>id</c>, <c>isRead</c> and <c>parentFolderId</c> alone, whatever was selected (microsoft-graph-docs#7776).</summary>
    public bool TellsReadStateAlone { get; set; }

    /// <summary>The next delta page begins with this many messages of the folder that the client already knows (21).</summary>
    public FaultSwitch<int> DeltaRepeats { get; } = new();

    /// <summary>The page that a nextLink of a delta query leads to is the one before it once more, and so is the link.</summary>
    public FaultSwitch<bool> DeltaReplaysPage { get; } = new();

    /// <summary>This many of a page's items are in it twice.</summary>
    public FaultSwitch<int> DuplicatesItems { get; } = new();

    /// <summary>A page without items and with a nextLink comes before it goes on.</summary>
    public FaultSwitch<bool> EmptyPage { get; } = new();

    /// <summary>A delta query does not know the last changes of the folder yet, this many (20).</summary>
    public FaultSwitch<int> DeltaLags { get; } = new();

    /// <summary>The next page of a list leaves this many out, as it does when mail is moved away meanwhile.</summary>
    public FaultSwitch<int> ListSkips { get; } = new();

    /// <summary>The links of a page begin with this in place of the server's own scheme, host and port.</summary>
    public FaultSwitch<string> ForeignLink { get; } = new();

    /// <summary>The message in Sent Items has another id than the draft had, the immutable one too (13).</summary>
    public bool SendingChangesId { get; set; }

    /// <summary>What is sent has a Message-ID of Exchange's own in the place of the given one.</summary>
    public bool RewritesMessageId { get; set; }

    /// <summary>What is sent stays in the Outbox, and is delivered and filed with <see cref="GraphServer.DeliverOutbox"/> only.</summary>
    public bool HoldsOutbox { get; set; }

    /// <summary>Pieces of an upload are answered as if the session were not there, this many times.</summary>
    public FaultSwitch<bool> UploadGone { get; } = new();

    /// <summary>The answers of a batch come in another order than its parts.</summary>
    public bool ShufflesBatch { get; set; }

    public override void Reset()
    {
        base.Reset();
        Meanwhile.DisarmAll();
        Redirect.DisarmAll();
        DeltaLinkGone.Disarm();
        NextLinkGone.Disarm();
        FolderDelta.DisarmAll();
        DeltaRepeats.Disarm();
        DeltaReplaysPage.Disarm();
        DuplicatesItems.Disarm();
        EmptyPage.Disarm();
        DeltaLags.Disarm();
        ListSkips.Disarm();
        ForeignLink.Disarm();
        UploadGone.Disarm();
        LosesReturnedMessages = TellsReadStateAlone = SendingChangesId = RewritesMessageId = HoldsOutbox = ShufflesBatch = false;
    }
}
