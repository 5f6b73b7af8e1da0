using System.Collections.Immutable;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Imap;

/// <content>APPEND, COPY, MOVE, EXPUNGE and STORE (RFC 3501 §6.3.11, §6.4; RFC 4315; RFC 6851; RFC 7162 §3.1.3).</content>
internal sealed partial class ImapSession
{
    private const int MaxKeywordsOfMessage = 100;

    /// <summary>append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal</summary>
    private Task<string> AppendAsync(ImapCommand command)
    {
        var path = PathArgument(command);
        command.Space();
        IReadOnlyList<string> flags = [];
        if (command.Next == '(')
        {
            flags = Allowed(command.FlagList());
            command.Space();
        }

        DateTimeOffset? date = null;
        if (command.Next == '"')
        {
            date = command.DateTime();
            command.Space();
        }

        var raw = command.Next == '{' ? command.String() : throw new ImapSyntaxException("Expected a literal");
        command.End();
        var folder = RequireSelectable(path, "TRYCREATE");
        var message = folder.Append(raw, flags, date);
        return Task.FromResult(options.Offers("UIDPLUS")
            ? $"[APPENDUID {UidValidityTold(folder.UidValidity)} {message.Uid}] APPEND completed"
            : "APPEND completed");
    }

    private Task<string> CopyAsync(ImapCommand command, bool byUid)
    {
        var (uids, target) = TakeUidsAndTarget(command, byUid);
        var pairs = open!.Folder.CopyTo(target, uids);
        return Task.FromResult(options.Offers("UIDPLUS") && pairs.Count > 0 ? CopyUid(target, pairs) + " COPY completed" : "COPY completed");
    }

    private Task<string> MoveAsync(ImapCommand command, bool byUid)
    {
        var (uids, target) = TakeUidsAndTarget(command, byUid);
        ThrowIfReadOnly();
        var pairs = open!.Folder.MoveTo(target, uids);
        if (options.Offers("UIDPLUS") && pairs.Count > 0)
        {
            // It comes before the EXPUNGEs, so that a client knows where a message went when it sees it go (RFC 6851 §4.3).
            connection.Write($"* OK {CopyUid(target, pairs)} Moved\r\n");
        }

        return Task.FromResult("MOVE completed");
    }

    private string CopyUid(MailFolder target, IReadOnlyList<(uint From, uint To)> pairs) =>
        $"[COPYUID {UidValidityTold(target.UidValidity)} {NumberSet.Format(pairs.Select(p => p.From))} {NumberSet.Format(pairs.Select(p => p.To))}]";

    private Task<string> ExpungeAsync(ImapCommand command, bool byUid)
    {
        NumberSet? set = null;
        if (byUid)
        {
            command.Space();
            set = command.Set();
        }

        command.End();
        ThrowIfReadOnly();
        open!.Folder.Expunge(DeletedIn(open, set));
        return Task.FromResult(
            options.Offers("CONDSTORE") && condstore && KeepsModSeq(open.Folder) ? $"[HIGHESTMODSEQ {open.Folder.HighestModSeq}] EXPUNGE completed" : "EXPUNGE completed");
    }

    /// <summary>The messages marked \Deleted: all of the folder, told or not, or those among <paramref name="uids"/>.</summary>
    private static uint[] DeletedIn(OpenFolder folder, NumberSet? uids)
    {
        var state = folder.Folder.State();
        return [.. state.Messages.Where(m => m.Has(MessageFlags.Deleted) && uids?.Contains(m.Uid, folder.LargestUid) != false).Select(m => m.Uid)];
    }

    /// <summary>store = "STORE" SP sequence-set [SP "(UNCHANGEDSINCE" SP mod-sequence ")"] SP ["+" / "-"] "FLAGS" [".SILENT"] SP (flag-list / (flag *(SP flag)))</summary>
    private Task<string> StoreAsync(ImapCommand command, bool byUid)
    {
        command.Space();
        var uids = UidsOf(command.Set(), byUid);
        command.Space();
        long? unchangedSince = null;
        if (command.TryTake('('))
        {
            unchangedSince = TakeUnchangedSince(command);
        }

        var item = command.Word();
        command.Space();
        if (item.Contains("X-GM-LABELS", StringComparison.Ordinal) && options.Offers("X-GM-EXT-1"))
        {
            return StoreLabelsAsync(command, item, uids);
        }

        var flags = MessageFlags.Set(Allowed(command.Next == '(' ? command.FlagList() : TakeBareFlags(command)));
        command.End();
        ThrowIfReadOnly();

        var folder = open!;
        var before = folder.Folder.State();
        var refused = folder.Folder.ChangeFlags(uids, ChangeOf(item, flags), unchangedSince);
        foreach (var uid in uids.Except(refused))
        {
            AnswerStore(folder, uid, before, isSilent: item.EndsWith(".SILENT", StringComparison.Ordinal), byUid);
        }

        if (refused.Count > 0)
        {
            var numbers = refused.Select(u => byUid ? u : (uint)folder.SequenceOf(u));
            return Task.FromResult($"[MODIFIED {NumberSet.Format(numbers)}] Conditional STORE failed for some");
        }

        return Task.FromResult("STORE completed");
    }

    /// <summary>
    /// The new flags are told, changed or not. With .SILENT nothing is told, but for the modification sequence
    /// and for a message that another session had changed before.
    /// </summary>
    private void AnswerStore(OpenFolder folder, uint uid, FolderState before, bool isSilent, bool byUid)
    {
        if (folder.Folder.State().Find(uid) is not { } now)
        {
            return;
        }

        var sequence = folder.SequenceOf(uid);
        if (!isSilent)
        {
            WriteFlagsOf(folder, sequence, now, byUid);
            folder.Told(now);
            return;
        }

        if (condstore && KeepsModSeq(folder.Folder))
        {
            connection.Write($"* {sequence} FETCH (UID {uid} MODSEQ ({now.ModSeq}))\r\n");
        }

        if (before.Find(uid)?.ModSeq == folder.View[sequence - 1].ModSeq)
        {
            folder.Told(now);
        }
    }

    private long TakeUnchangedSince(ImapCommand command)
    {
        if (command.Word() != "UNCHANGEDSINCE")
        {
            throw new ImapSyntaxException("Unknown STORE modifier");
        }

        command.Space();
        var modSeq = command.Number();
        command.Take(')');
        command.Space();
        EnableCondstore();
        return modSeq;
    }

    private static List<string> TakeBareFlags(ImapCommand command)
    {
        var flags = new List<string>();
        do
        {
            flags.Add(command.Flag());
        }
        while (command.TryTake(' '));

        return flags;
    }

    private static Func<ImmutableSortedSet<string>, ImmutableSortedSet<string>> ChangeOf(string item, ImmutableSortedSet<string> flags) => item switch
    {
        "FLAGS" or "FLAGS.SILENT" => _ => flags,
        "+FLAGS" or "+FLAGS.SILENT" => old => old.Union(flags) is { Count: <= MaxKeywordsOfMessage } union ? union : throw new ImapRefusal("[LIMIT] Too many keywords"),
        "-FLAGS" or "-FLAGS.SILENT" => old => old.Except(flags),
        _ => throw new ImapSyntaxException("Unknown STORE item"),
    };

    private static IReadOnlyList<string> Allowed(IReadOnlyList<string> flags)
    {
        if (flags.Count > MaxKeywordsOfMessage)
        {
            throw new ImapRefusal("[LIMIT] Too many keywords");
        }

        var unknown = flags.FirstOrDefault(f => f.StartsWith('\\') && !MessageFlags.System.Contains(f, StringComparer.OrdinalIgnoreCase));
        return unknown is null ? flags : throw new ImapSyntaxException($"{unknown} cannot be set");
    }

    private (IReadOnlyList<uint> Uids, MailFolder Target) TakeUidsAndTarget(ImapCommand command, bool byUid)
    {
        command.Space();
        var uids = UidsOf(command.Set(), byUid);
        var path = PathArgument(command);
        command.End();
        return (uids, RequireSelectable(path, "TRYCREATE"));
    }

    /// <summary>The UIDs of the messages in view that a command names. Unknown UIDs are passed over, unknown sequence numbers are an error.</summary>
    private IReadOnlyList<uint> UidsOf(NumberSet set, bool byUid)
    {
        var folder = open!;
        if (byUid)
        {
            return [.. folder.View.Where(m => set.Contains(m.Uid, folder.LargestUid)).Select(m => m.Uid)];
        }

        if (set.Highest > folder.Count)
        {
            throw new ImapSyntaxException("There is no message of that number");
        }

        return [.. folder.View.Where((_, i) => set.Contains((uint)i + 1, (uint)folder.Count)).Select(m => m.Uid)];
    }

    private void ThrowIfReadOnly()
    {
        if (open!.IsReadOnly)
        {
            throw new ImapRefusal("[READ-ONLY] The folder was opened with EXAMINE");
        }
    }
}
