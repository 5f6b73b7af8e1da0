using MailDaemon.Sandbox.Graph;

namespace MailDaemon.Tests.EndToEnd;

/// <content>What goes wrong at Outlook.</content>
internal sealed partial class OutlookHistory
{
    /// <summary>Outlook refuses, forgets, repeats itself and lags, a few times.</summary>
    private void Trouble()
    {
        var (what, times) = (Random.Next(16), Random.Next(1, 4));
        Note($"trouble {what}");
        var faults = Graph.Faults;
        switch (what)
        {
            case 0:
                faults.PartError.Arm("me.mailFolder.messages.delta", GraphError.TooManyRequests with { RetryAfter = 1 }, times);
                break;
            case 1:
                faults.PartError.Arm("me.message.get", GraphError.Unavailable with { RetryAfter = null }, times);
                break;
            case 2:
                faults.DeltaLags.Arm(Random.Next(1, 6), times);
                break;
            case 3:
                faults.DeltaRepeats.Arm(Random.Next(1, 60), times);
                break;
            case 4:
                faults.EmptyPage.Arm(true, times);
                break;
            case 5:
                faults.DropAfter.Arm("me.message.update", true, times: 1);
                break;
            case 6:
                faults.DropAfter.Arm("me.message.move", true, times: 1);
                break;
            case 7:
                faults.DropBefore.Arm("batch", true, times: 1);
                break;
            case 8:
                faults.DeltaLinkGone.Arm(Any([GraphError.SyncStateNotFound, GraphError.ResyncRequired, GraphError.SyncStateInvalid]), times);
                break;
            case 9:
                // All is walked again, and what a walk goes by is lost on the way.
                Mailbox.ForgetSyncState();
                faults.NextLinkGone.Arm(Any([GraphError.SyncStateNotFound, GraphError.ResyncRequired]), times: 1);
                break;
            case 10:
                faults.DeltaReplaysPage.Arm(true, times: 1);
                faults.DuplicatesItems.Arm(Random.Next(1, 10), times);
                break;
            case 11:
                faults.LosesReturnedMessages = true;
                break;
            case 12:
                faults.ForeignLink.Arm("https://elsewhere.test", times: 1);
                break;
            case 13:
                servers.Identity.ExpireAccessTokens();
                break;
            case 14:
                faults.ListSkips.Arm(Random.Next(1, 10), times);
                break;
            default:
                Meanwhile();
                break;
        }
    }

    /// <summary>Another client is a moment faster than the daemon.</summary>
    private void Meanwhile()
    {
        if (AnyMessage() is not { } message)
            return;
        var isMoved = Random.Next(2) == 0;
        if (!isMoved)
            Marks.Moved(message.Id);
        Graph.Faults.Meanwhile.Arm(
            Any(["me.message.get", "me.message.update", "me.message.move", "me.mailFolder.messages.delta"]),
            mailbox =>
            {
                if (mailbox.Find(message.Id) is null)
                    return;
                if (isMoved)
                    mailbox.Move(message.Id, "archive");
                else
                    mailbox.DeleteForGood(message.Id);
            },
            times: 1);
    }
}
