using System.Globalization;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Tests.Sending;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook;

/// <summary>
/// Answers of Outlook are lost while it is sent to, before and after it acted: when the draft is made, when files are uploaded to it, when it is
/// sent and when what is left is tidied up. No mail goes out twice, none is called failed that went, and no draft stays of one that was sent.
/// <c>MAILDAEMON_OUTLOOK_SENDS</c> makes it longer; <c>scripts/crash.sh outlook-send</c> sets it.
/// </summary>
public sealed class OutlookLostRepliesTests
{
    private const int Kinds = 12;
    private const string Create = "me.createMessage";
    private const string Send = "me.message.send";
    private const string Piece = "upload.piece";

    /// <summary>More than fits into one request.</summary>
    private const int TwoPieces = 3_400_000;

    private static readonly GraphError Busy = GraphError.TooManyRequests with { RetryAfter = 1 };
    private static readonly GraphError Postponed = GraphError.Unavailable with { RetryAfter = 1 };
    private static readonly GraphError Unavailable = GraphError.Unavailable with { RetryAfter = null };

    /// <summary>By default each kind of trouble is met once in the two rounds together.</summary>
    private static int Sends => int.TryParse(Environment.GetEnvironmentVariable("MAILDAEMON_OUTLOOK_SENDS"), CultureInfo.InvariantCulture, out var sends) ? sends : Kinds / 2 * LostReplies.AtOnce;

    /// <param name="rewritesMessageId">Exchange gives mail a Message-ID of its own, so that it is not found in Sent by ours.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Mail_goes_out_at_most_once_whatever_answer_is_lost(bool rewritesMessageId)
    {
        var options = new GraphServerOptions { RequestsPerTenMinutes = null, UploadBytesPerFiveMinutes = null };
        await using var outlook = await OutlookApp.StartAsync(isSeeded: false, options: options);
        var random = new Random(20261201);
        var replies = new LostReplies(outlook.App, "outlook", outlook.Email, number => KindOf(number / LostReplies.AtOnce) is 7 or 8 && number % 4 == 0 ? TwoPieces : 0);

        var states = await replies.SendAsync(
            Sends,
            round =>
            {
                outlook.Graph.DeliverOutbox();
                outlook.Graph.Faults.SendingChangesId = random.Next(2) == 0;
                Arm(outlook.Graph.Faults, random, KindOf(round));
            },
            () =>
            {
                outlook.Graph.Faults.Reset();
                outlook.Graph.Faults.RewritesMessageId = rewritesMessageId;
            });

        outlook.Graph.DeliverOutbox();
        var delivered = outlook.Servers.World.FindUser("tom@sandbox.test")!.Inbox.Messages.Select(m => m.Raw).ToList();
        LostReplies.Check(states, outlook.Mailbox.Messages("sentitems").Select(m => m.Raw), delivered);
        var arrived = LostReplies.Subjects(delivered);
        foreach (var (key, left) in LostReplies.Subjects(outlook.Mailbox.Messages("drafts").Select(m => m.Raw)))
            left.ShouldBeLessThanOrEqualTo(states[key] == "sent" || arrived.ContainsKey(key) ? 0 : 1, $"drafts of {key}, which is {states[key]}");
        await outlook.SyncAsync();
        await outlook.ShouldBeVerifiedAsync();

        int KindOf(int round) => (round + (rewritesMessageId ? Kinds / 2 : 0)) % Kinds;
    }

    private static void Arm(GraphFaults faults, Random random, int kind)
    {
        var times = random.Next(1, LostReplies.AtOnce + 1);
        switch (kind)
        {
            case 0:
                faults.DropAfter.Arm(Send, true, times);
                break;
            case 1:
                faults.DropBefore.Arm(Send, true, times);
                break;
            case 2:
                // A draft is left behind; the next one is sent.
                faults.DropAfter.Arm(Create, true, times);
                break;
            case 3:
                faults.DropBefore.Arm(Create, true, times);
                faults.ErrorAfter.Arm(Create, Unavailable, times);
                break;
            case 4:
                faults.Error.Arm(Send, Busy, random.Next(1, 4));
                faults.DropAfter.Arm(Send, true, random.Next(1, 3));
                break;
            case 5:
                faults.Error.Arm(Send, Postponed, random.Next(1, 4));
                faults.ErrorAfter.Arm(Send, random.Next(2) == 0 ? Unavailable : GraphError.GatewayTimeout, times);
                break;
            case 6:
                // The drafts of before are left, and nobody knows whether the last one was sent.
                faults.DropAfter.Arm(Create, true, times);
                faults.DropAfter.Arm(Send, true, times);
                break;
            case 7:
                faults.DropBefore.Arm(Piece, true, random.Next(1, 3));
                faults.DropAfter.Arm(Piece, true, random.Next(1, 3));
                break;
            case 8:
                faults.UploadGone.Arm(true, random.Next(1, 4));
                faults.DropAfter.Arm("me.message.createUploadSession", true, 1);
                break;
            case 9:
                faults.HoldsOutbox = true;
                faults.DropAfter.Arm(Send, true, times);
                break;
            case 10:
                // What was sent cannot be looked for.
                faults.DropAfter.Arm(Create, true, times);
                faults.DropAfter.Arm("batch", true, random.Next(1, 6));
                break;
            default:
                // What is left cannot be removed at once.
                faults.DropAfter.Arm(Create, true, random.Next(1, 4));
                faults.Error.Arm(Create, Busy, 1);
                faults.Error.Arm("me.message.permanentDelete", GraphError.Internal, random.Next(1, 3));
                break;
        }
    }
}
