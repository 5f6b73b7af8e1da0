using MailDaemon.Tests.Peers;

namespace MailDaemon.Benchmarks;

/// <summary>What lies in a user's mailbox on the server.</summary>
internal sealed record SeededMailbox(int Messages, long Bytes, IReadOnlyDictionary<string, int> Folders);

/// <summary>Fills a user's Maildir beside Dovecot, as a delivery agent would: much faster than APPEND.</summary>
internal static class MailboxSeed
{
    /// <summary>The smallest mailbox that has enough for every measurement.</summary>
    public const int Fewest = 500;

    private static readonly (string Folder, int Percent)[] Shares =
        [("INBOX", 70), ("Sent", 12), ("Archive", 10), ("Projects", 5), ("项目", 2), ("Trash", 1)];

    private static readonly string[] Flags = ["S", "S", "", "RS", "S"];

    public static async Task<SeededMailbox> FillAsync(DovecotServer dovecot, MailUser user, int messages, BenchmarkMail mail, CancellationToken ct)
    {
        var maildir = Path.Combine(dovecot.MailHome(user), "Maildir");
        var folders = new Dictionary<string, int>(StringComparer.Ordinal);
        var bytes = 0L;
        for (var number = 0; number < messages; number++)
        {
            ct.ThrowIfCancellationRequested();
            var folder = FolderOf(number);
            if (folders.TryAdd(folder, 0)) CreateFolder(Directory(maildir, folder));
            folders[folder]++;
            bytes += Deliver(Directory(maildir, folder), number, mail.Create(number));
        }

        await OwnAsync(dovecot, user, ct);
        return new SeededMailbox(messages, bytes, folders);
    }

    /// <summary>Puts further mail into the inbox alone.</summary>
    public static async Task<SeededMailbox> FillInboxAsync(DovecotServer dovecot, MailUser user, int first, int messages, BenchmarkMail mail, CancellationToken ct)
    {
        var maildir = Path.Combine(dovecot.MailHome(user), "Maildir");
        CreateFolder(maildir);
        var bytes = 0L;
        for (var number = first; number < first + messages; number++)
        {
            ct.ThrowIfCancellationRequested();
            bytes += Deliver(maildir, number, mail.Create(number));
        }

        await OwnAsync(dovecot, user, ct);
        return new SeededMailbox(messages, bytes, new Dictionary<string, int>(StringComparer.Ordinal) { ["INBOX"] = messages });
    }

    private static async Task OwnAsync(DovecotServer dovecot, MailUser user, CancellationToken ct)
    {
        var owner = await MailOwner.CurrentAsync(ct);
        if (owner.IsRoot) await PeerTool.RunAsync("chown", ["-R", $"{owner.UserId}:{owner.GroupId}", dovecot.MailHome(user)], null, ct);
    }

    // 37 has no factor in common with 100: each hundred has each share.
    private static string FolderOf(int number)
    {
        var percentile = number * 37 % 100;
        foreach (var (folder, percent) in Shares)
        {
            percentile -= percent;
            if (percentile < 0) return folder;
        }

        throw new InvalidOperationException("the shares are less than a hundred");
    }

    // Maildir++: folders lie beside one another, their names begin with a dot.
    private static string Directory(string maildir, string folder) =>
        folder.Equals("INBOX", StringComparison.Ordinal) ? maildir : Path.Combine(maildir, "." + ImapWire.ModifiedUtf7(folder));

    private static void CreateFolder(string directory)
    {
        foreach (var sub in (string[])["cur", "new", "tmp"]) System.IO.Directory.CreateDirectory(Path.Combine(directory, sub));
        File.WriteAllText(Path.Combine(directory, "maildirfolder"), "");
    }

    // The sizes in the name spare Dovecot a look into the file, as they do when it delivers itself; the file's time is INTERNALDATE.
    private static int Deliver(string directory, int number, byte[] message)
    {
        var date = BenchmarkMail.Date(number);
        var name = $"{date.ToUnixTimeSeconds()}.M{number}.bench,S={message.Length},W={message.Length}:2,{Flags[number % Flags.Length]}";
        var path = Path.Combine(directory, "cur", name);
        File.WriteAllBytes(path, message);
        File.SetLastWriteTimeUtc(path, date.UtcDateTime);
        return message.Length;
    }
}
