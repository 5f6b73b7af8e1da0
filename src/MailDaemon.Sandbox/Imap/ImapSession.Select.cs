using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Imap;

/// <content>Opening and closing folders (RFC 3501 §6.3.1, §6.3.2, §6.4.2; RFC 7162 §3.1.8, §3.2.5).</content>
internal sealed partial class ImapSession
{
    private Task<string> SelectAsync(ImapCommand command, bool isReadOnly)
    {
        var path = PathArgument(command);
        var resync = TakeSelectParameters(command);
        command.End();
        if (options.NeedsId && !hasNamedItself)
        {
            throw new ImapRefusal("SELECT Unsafe Login. Please contact kefu@188.com for help");
        }

        if (open is not null && options.Offers("QRESYNC"))
        {
            connection.Write("* OK [CLOSED] The former folder is closed\r\n");
        }

        // A failed SELECT leaves no folder open.
        open = null;
        var folder = RequireSelectable(path, "NONEXISTENT");
        if (faults.RebuildOnSelect.TryTake(folder.Path, out _))
        {
            folder.RebuildWithNewUidValidity();
        }

        open = new OpenFolder(folder, isReadOnly);
        WriteOpened(open, resync);
        return Task.FromResult(isReadOnly ? "[READ-ONLY] EXAMINE completed" : "[READ-WRITE] SELECT completed");
    }

    private void WriteOpened(OpenFolder folder, Resync? resync)
    {
        var state = folder.Opened;
        var uidValidity = UidValidityTold(state.UidValidity);
        WriteFlags(folder);
        connection.Write($"* {folder.Count} EXISTS\r\n* {folder.RecentCount} RECENT\r\n");
        var unseen = Array.FindIndex(state.Messages, m => !m.Has(MessageFlags.Seen));
        if (unseen >= 0)
        {
            connection.Write($"* OK [UNSEEN {unseen + 1}] First unseen\r\n");
        }

        connection.Write($"* OK [UIDVALIDITY {uidValidity}] UIDs valid\r\n* OK [UIDNEXT {UidNextTold(state.UidNext)}] Predicted next UID\r\n");
        if (options.Offers("CONDSTORE"))
        {
            connection.Write(KeepsModSeq(folder.Folder)
                ? $"* OK [HIGHESTMODSEQ {HighestModSeqTold(state.HighestModSeq)}] Highest\r\n"
                : "* OK [NOMODSEQ] No modification sequences here\r\n");
        }

        if (options.Offers("OBJECTID"))
        {
            connection.Write($"* OK [MAILBOXID ({folder.Folder.MailboxId})] Ok\r\n");
        }

        if (resync is not null && resync.UidValidity == uidValidity && KeepsModSeq(folder.Folder))
        {
            WriteSince(folder, resync);
        }
    }

    private void WriteFlags(OpenFolder folder)
    {
        var flags = string.Join(' ', MessageFlags.System.Concat(folder.Keywords));
        connection.Write($"* FLAGS ({flags})\r\n");
        connection.Write($"* OK [PERMANENTFLAGS ({(folder.IsReadOnly ? "" : flags + " \\*")})] Flags permitted\r\n");
    }

    /// <summary>What the client has missed: first what is gone, then what is changed or new (RFC 7162 §3.2.5).</summary>
    private void WriteSince(OpenFolder folder, Resync resync)
    {
        var vanished = folder.Folder.VanishedSince(resync.ModSeq).Where(resync.Knows).ToArray();
        if (vanished.Length > 0)
        {
            connection.Write($"* VANISHED (EARLIER) {NumberSet.Format(vanished)}\r\n");
        }

        for (var i = 0; i < folder.Opened.Messages.Length; i++)
        {
            var message = folder.Opened.Messages[i];
            if (message.ModSeq > resync.ModSeq && resync.Knows(message.Uid))
            {
                WriteFlagsOf(folder, i + 1, message);
            }
        }
    }

    /// <summary>select-param: CONDSTORE, or QRESYNC with UIDVALIDITY, modification sequence, known UIDs and a sample of their sequence numbers.</summary>
    private Resync? TakeSelectParameters(ImapCommand command)
    {
        if (command.AtEnd || !options.Offers("CONDSTORE"))
        {
            return null;
        }

        command.Space();
        command.Take('(');
        Resync? resync = null;
        do
        {
            var name = command.Word();
            if (name == "QRESYNC" && qresync)
            {
                command.Space();
                resync = TakeResync(command);
            }
            else if (name != "CONDSTORE")
            {
                throw new ImapSyntaxException("Unknown parameter, or QRESYNC is not enabled");
            }
        }
        while (command.TryTake(' '));

        command.Take(')');
        condstore = true;
        return resync;
    }

    private static Resync TakeResync(ImapCommand command)
    {
        command.Take('(');
        var uidValidity = command.Number();
        command.Space();
        var modSeq = command.Number();
        NumberSet? known = null;
        while (command.TryTake(' '))
        {
            if (command.TryTake('('))
            {
                // The sample only saves a server from naming old VANISHED UIDs; this one remembers them all.
                _ = command.Set();
                command.Space();
                _ = command.Set();
                command.Take(')');
            }
            else
            {
                known = command.Set();
            }
        }

        command.Take(')');
        return new Resync(uidValidity, modSeq, known);
    }

    private Task<string> CloseAsync(ImapCommand command, bool withExpunge)
    {
        command.End();
        if (withExpunge && !open!.IsReadOnly)
        {
            open.Folder.Expunge(DeletedIn(open, uids: null));
        }

        open = null;
        return Task.FromResult("Closed");
    }

    private sealed record Resync(long UidValidity, long ModSeq, NumberSet? Known)
    {
        public bool Knows(uint uid) => Known?.Contains(uid, uint.MaxValue - 1) ?? true;
    }
}
