using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Mailboxes;

namespace MailDaemon.Benchmarks;

/// <summary>A mailbox of the sandbox's Outlook with mail in twelve folders, and what another client does in it.</summary>
internal sealed class OutlookMailbox
{
    /// <summary>Own folders have the name of the one above before the slash.</summary>
    private static readonly (string Folder, int Percent)[] Shares =
    [
        ("inbox", 44), ("sentitems", 12), ("archive", 12), ("deleteditems", 4), ("junkemail", 2), ("Projects", 8), ("Projects/Atlas", 4), ("项目", 4), ("客户", 4), ("Invoices", 3), ("Newsletters", 2), ("Travel", 1),
    ];

    private readonly GraphMailbox mailbox;
    private readonly BenchmarkMail mail = new();
    private readonly List<string> folders = [];
    private int next;

    public OutlookMailbox(GraphMailbox mailbox, int messages)
    {
        this.mailbox = mailbox;
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (folder, percent) in Shares)
        {
            ids[folder] = folder.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? mailbox.CreateFolder(folder[(slash + 1)..], ids[folder[..slash]]).Id
                : char.IsAsciiLetterLower(folder[0]) ? folder
                : mailbox.CreateFolder(folder).Id;
            folders.AddRange(Enumerable.Repeat(ids[folder], percent));
        }

        // 37 has no factor in common with 100: each hundred has each share.
        while (next < messages)
            Add(folders[next * 37 % 100]);
    }

    /// <summary>What a client does between two passes, and to how many messages.</summary>
    public IReadOnlyList<(string Work, Action Run)> Changes(int messages) =>
    [
        ("nothing", () => { }),
        ("new", () => Each(Enumerable.Range(0, messages), _ => Add("inbox"))),
        ("read or flagged", () => Each(Some("inbox", messages), message => _ = message.IsRead ? mailbox.SetFlag(message.Id) : mailbox.SetRead(message.Id))),
        ("moved", () => Each(Some("inbox", messages), message => mailbox.Move(message.Id, "archive"))),
        ("deleted", () => Each(Some("inbox", messages), message => mailbox.Delete(message.Id))),
        ("deleted for good", () => Each(Some("archive", messages), message => mailbox.DeleteForGood(message.Id))),
        ("with other categories", () => Each(Some("inbox", messages), message => mailbox.SetCategories(message.Id, "Red category", "Blue category"))),
    ];

    private void Add(string folder)
    {
        mailbox.Add(new GraphMail(mail.CreateSmall(next)) { Folder = folder, IsRead = next % 5 != 2, Flag = next % 20 == 0 ? GraphFlag.Flagged : GraphFlag.NotFlagged, ReceivedAt = BenchmarkMail.Date(next) });
        next++;
    }

    /// <summary>From all over a folder.</summary>
    private IEnumerable<GraphMessage> Some(string folder, int count)
    {
        var all = mailbox.Messages(folder);
        return Enumerable.Range(0, count).Select(i => all[i * all.Count / count]);
    }

    private static void Each<T>(IEnumerable<T> items, Action<T> run)
    {
        foreach (var item in items.ToList())
            run(item);
    }
}
