using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <summary>Counts and marks of a mailbox that is not open.</summary>
    public async Task<MailboxStatus> StatusAsync(string mailbox, CancellationToken ct)
    {
        var found = new Dictionary<string, MailboxStatus>(StringComparer.Ordinal);
        await ExecuteAsync(StatusCommand(mailbox), CollectStatus(found, [mailbox]), ct).ConfigureAwait(false);

        // QUIRK: some servers answer with another spelling of the name; with one question there is one answer.
        return found.GetValueOrDefault(mailbox) ?? found.Values.FirstOrDefault() ?? new MailboxStatus { Mailbox = mailbox };
    }

    /// <summary>Counts and marks of many mailboxes with several questions on their way at once. Mailboxes that are refused are left out.</summary>
    public async Task<IReadOnlyList<MailboxStatus>> StatusAsync(IReadOnlyList<string> mailboxes, CancellationToken ct)
    {
        var found = new Dictionary<string, MailboxStatus>(StringComparer.Ordinal);
        var commands = mailboxes.Select(StatusCommand).ToList();
        await ExecuteAllAsync(commands, CollectStatus(found, [.. mailboxes]), ct).ConfigureAwait(false);
        return [.. mailboxes.Select(m => found.GetValueOrDefault(m)).OfType<MailboxStatus>()];
    }

    private ImapWriter StatusCommand(string mailbox) => WriteStatusItems(names.Write(Command("STATUS"), mailbox, IsUtf8Enabled));

    private ImapWriter WriteStatusItems(ImapWriter command)
    {
        command.Open().Word("MESSAGES").Word("UIDNEXT").Word("UIDVALIDITY").Word("UNSEEN");
        if (Capabilities.Has("CONDSTORE") || Capabilities.Has("QRESYNC"))
        {
            command.Word("HIGHESTMODSEQ");
        }

        if (Capabilities.Has("OBJECTID"))
        {
            command.Word("MAILBOXID");
        }

        return command.Close();
    }

    private DataHandler CollectStatus(Dictionary<string, MailboxStatus> found, HashSet<string> asked) => (in ImapReply reply) =>
    {
        if (reply.Name != DataName.Status)
        {
            return false;
        }

        if (ReadStatus(reply) is { } status)
        {
            // With NOTIFY the news of another mailbox may come between.
            if (IsNotifying && !asked.Contains(status.Mailbox))
            {
                return false;
            }

            found[status.Mailbox] = MailboxParser.Merge(found.GetValueOrDefault(status.Mailbox), status);
        }

        return true;
    };
}
