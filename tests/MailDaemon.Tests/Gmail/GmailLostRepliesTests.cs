using System.Globalization;
using System.Text;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Gmail;

/// <summary>
/// Answers of Gmail are lost while it is sent to, before and after it acted, in the middle and at the end of an upload: no mail goes out
/// twice, and none is called failed that went. <c>MAILDAEMON_GMAIL_SENDS</c> makes it longer; <c>scripts/crash.sh gmail-send</c> sets it.
/// </summary>
public sealed class GmailLostRepliesTests
{
    private const int AtOnce = 8;
    private const string Send = "gmail.users.messages.send";
    private const string Piece = "upload.piece";

    private static int Sends => int.TryParse(Environment.GetEnvironmentVariable("MAILDAEMON_GMAIL_SENDS"), CultureInfo.InvariantCulture, out var sends) ? sends : 24;

    /// <param name="rewritesMessageId">Gmail gives mail a Message-ID of its own, so that it is not found in Sent by ours.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Mail_goes_out_at_most_once_whatever_answer_is_lost(bool rewritesMessageId)
    {
        await using var gmail = await GmailApp.StartAsync(isSeeded: false);
        var random = new Random(20261201);
        var states = new Dictionary<string, string>(StringComparer.Ordinal);

        for (var sent = 0; sent < Sends; sent += AtOnce)
        {
            gmail.Gmail.Faults.Reset();
            gmail.Gmail.Faults.RewritesMessageId = rewritesMessageId;
            Arm(gmail.Gmail.Faults, random, kind: sent / AtOnce % 8);
            var keys = Enumerable.Range(sent, Math.Min(AtOnce, Sends - sent)).Select(number => number.ToString("00000", CultureInfo.InvariantCulture)).ToList();
            await Task.WhenAll(keys.Select(key => SendAsync(gmail, key)));
            gmail.Gmail.Faults.Reset();
            gmail.Gmail.Faults.RewritesMessageId = rewritesMessageId;
            foreach (var key in keys)
                states[key] = await SettledAsync(gmail, key);
        }

        var copies = gmail.Mailbox.Messages.Where(m => m.LabelIds.Contains("SENT")).Select(m => Encoding.UTF8.GetString(m.Raw.Span)).ToList();
        var delivered = gmail.Servers.World.FindUser("tom@sandbox.test")!.Inbox.Messages.Select(m => Encoding.UTF8.GetString(m.Raw.Span)).ToList();
        foreach (var (key, state) in states)
        {
            var (filed, arrived) = (CountOf(copies, key), CountOf(delivered, key));
            state.ShouldBeOneOf(["sent", "uncertain"], $"{key}: {arrived} arrived");
            filed.ShouldBe(arrived, $"{key} is {state}");
            arrived.ShouldBeInRange(state == "sent" ? 1 : 0, 1, $"{key} is {state}");
        }

        states.Count.ShouldBe(Sends);
        states.Values.Count(state => state == "sent").ShouldBeGreaterThan(Sends / 2);
        await gmail.SyncAsync();
        await gmail.ShouldBeVerifiedAsync();
    }

    private static void Arm(GmailFaults faults, Random random, int kind)
    {
        var times = random.Next(1, AtOnce + 1);
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

    /// <summary>Every fourth is longer than a part of an upload.</summary>
    private static Task<Reply> SendAsync(GmailApp gmail, string key) => gmail.App.PostAsync(
        "/api/gmail/send",
        new { email = gmail.Email, toRecipients = new[] { new { address = "tom@sandbox.test" } }, subject = $"mail {key}", body = key[^1] % 4 == 0 ? LongText : $"text of {key}" },
        ("Idempotency-Key", key));

    private static string LongText { get; } = string.Concat(Enumerable.Repeat("A line of a long mail, which takes more than one part.\n", 12_000));

    private static async Task<string> SettledAsync(GmailApp gmail, string key)
    {
        var state = "";
        await Eventually.UntilAsync(
            async () =>
            {
                var reply = await SendAsync(gmail, key);
                reply.Status.ShouldBeOneOf([200, 202], $"{key}: {reply.Text}");
                return (state = reply.Result.GetProperty("status").GetString()!) != "queued";
            },
            $"{key} is settled",
            TimeSpan.FromSeconds(60));
        return state;
    }

    private static int CountOf(IEnumerable<string> mails, string key) => mails.Count(mail => mail.Contains($"Subject: mail {key}\r\n", StringComparison.Ordinal));
}
