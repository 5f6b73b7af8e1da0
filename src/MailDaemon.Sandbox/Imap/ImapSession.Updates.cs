using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Imap;

/// <content>What other sessions did to the open folder, and IDLE (RFC 3501 §7, RFC 2177).</content>
internal sealed partial class ImapSession
{
    private static readonly TimeSpan StillHereEvery = TimeSpan.FromMinutes(2);

    private void Tell(bool withExpunges)
    {
        if (open is not { } folder)
        {
            return;
        }

        var changes = folder.Refresh(withExpunges);
        if (qresync && changes.Gone.Count > 0)
        {
            connection.Write($"* VANISHED {NumberSet.Format(changes.Gone)}\r\n");
        }
        else
        {
            foreach (var sequence in changes.Expunged)
            {
                connection.Write($"* {sequence} EXPUNGE\r\n");
            }
        }

        if (changes.Added > 0)
        {
            connection.Write($"* {folder.Count} EXISTS\r\n* {folder.RecentCount} RECENT\r\n");
        }

        foreach (var uid in changes.Changed)
        {
            var sequence = folder.SequenceOf(uid);
            WriteFlagsOf(folder, sequence, folder.View[sequence - 1]);
        }
    }

    private void WriteFlagsOf(OpenFolder folder, int sequence, StoredMessage message, bool withUid = false)
    {
        if (folder.LearnKeywords(message))
        {
            WriteFlags(folder);
        }

        var uid = withUid || condstore ? $"UID {message.Uid} " : "";
        var modSeq = condstore && KeepsModSeq(folder.Folder) ? $" MODSEQ ({message.ModSeq})" : "";
        connection.Write($"* {sequence} FETCH ({uid}FLAGS ({FlagsOf(folder, message)}){modSeq})\r\n");
    }

    private static string FlagsOf(OpenFolder folder, StoredMessage message) =>
        string.Join(' ', folder.IsRecent(message.Uid) ? message.Flags.Prepend("\\Recent") : message.Flags);

    /// <summary>From a command that names modification sequences on, every change is told with its own (RFC 7162 §3.1).</summary>
    private void EnableCondstore()
    {
        if (!options.Offers("CONDSTORE"))
        {
            throw new ImapSyntaxException("CONDSTORE is not offered");
        }

        if (!KeepsModSeq(open!.Folder))
        {
            throw new ImapSyntaxException("The folder keeps no modification sequences");
        }

        if (!condstore)
        {
            condstore = true;
            connection.Write($"* OK [HIGHESTMODSEQ {open.Folder.HighestModSeq}] Highest\r\n");
        }
    }

    private async Task<string> IdleAsync(ImapCommand command, CancellationToken ct)
    {
        command.End();
        connection.Write("+ idling\r\n");
        var isDeaf = host.Faults.DeafIdle.TryTake(out _);
        var done = reader.ReadLineAsync(ct);
        while (true)
        {
            if (!isDeaf)
            {
                Tell(withExpunges: true);
            }

            await connection.FlushAsync(ct);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var change = (isDeaf ? null : open?.WaitForChangeAsync(stop.Token)) ?? Task.Delay(Timeout.InfiniteTimeSpan, stop.Token);
            var alive = Task.Delay(StillHereEvery, host.Time, stop.Token);
            var first = await Task.WhenAny(done, change, alive);
            await stop.CancelAsync();
            if (first == done)
            {
                var line = await done ?? throw new ConnectionCutException();
                return line.Equals("DONE", StringComparison.OrdinalIgnoreCase) ? "IDLE completed" : throw new ImapSyntaxException("Expected DONE");
            }

            if (first == alive)
            {
                connection.Write("* OK Still here\r\n");
            }
        }
    }
}
