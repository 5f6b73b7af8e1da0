using System.Globalization;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Tests.Sending;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Gmail;

/// <summary>
/// Answers of Gmail are lost while it is sent to, before and after it acted, in the middle and at the end of an upload: no mail goes out
/// twice, and none is called failed that went. <c>MAILDAEMON_GMAIL_SENDS</c> makes it longer; <c>scripts/crash.sh gmail-send</c> sets it.
/// </summary>
public sealed class GmailLostRepliesTests
{
    private const string Send = "gmail.users.messages.send";
    private const string Piece = "upload.piece";

    /// <summary>More than fits into one part of an upload.</summary>
    private const int TwoParts = 480_000;

    private static int Sends => int.TryParse(Environment.GetEnvironmentVariable("MAILDAEMON_GMAIL_SENDS"), CultureInfo.InvariantCulture, out var sends) ? sends : 24;

    /// <param name="rewritesMessageId">Gmail gives mail a Message-ID of its own, so that it is not found in Sent by ours.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Mail_goes_out_at_most_once_whatever_answer_is_lost(bool rewritesMessageId)
    {
        await using var gmail = await GmailApp.StartAsync(isSeeded: false);
        var random = new Random(20261201);
        var replies = new LostReplies(gmail.App, "gmail", gmail.Email, number => number % 4 == 0 ? TwoParts : 0);

        var states = await replies.SendAsync(
            Sends,
            round => Arm(gmail.Gmail.Faults, random, round % 8),
            () =>
            {
                gmail.Gmail.Faults.Reset();
                gmail.Gmail.Faults.RewritesMessageId = rewritesMessageId;
            });

        LostReplies.Check(
            states,
            gmail.Mailbox.Messages.Where(m => m.LabelIds.Contains("SENT")).Select(m => m.Raw),
            gmail.Servers.World.FindUser("tom@sandbox.test")!.Inbox.Messages.Select(m => m.Raw));
        await gmail.SyncAsync();
        await gmail.ShouldBeVerifiedAsync();
    }

    private static void Arm(GmailFaults faults, Random random, int kind)
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
                faults.DropAfter.Arm(Piece, true, times);
                break;
            case 3:
                faults.ErrorAfter.Arm(Send, GmailError.Unavailable, times);
                break;
            case 4:
                faults.Error.Arm(Send, GmailError.Backend, times);
                break;
            case 5:
                faults.DropBefore.Arm(Piece, true, times);
                faults.DropAfter.Arm(Send, true, times);
                break;
            case 6:
                // The session is gone when it is asked what became of it.
                faults.DropAfter.Arm(Send, true, times);
                faults.Error.Arm(Piece, new GmailError(404, "notFound", "NOT_FOUND", "Requested entity was not found."), random.Next(1, 3));
                break;
            default:
                faults.DropBefore.Arm("upload.start", true, random.Next(1, 4));
                faults.ErrorAfter.Arm(Piece, GmailError.Unavailable, times);
                break;
        }
    }
}
