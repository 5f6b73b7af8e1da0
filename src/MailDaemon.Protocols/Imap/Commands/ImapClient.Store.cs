using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <summary>Changes flags. Messages that are gone are passed over by the server.</summary>
    /// <param name="flags">With their backslash where they are system flags; keywords without.</param>
    /// <param name="unchangedSince">Only messages not changed since (RFC 7162 §3.1.3); needs CONDSTORE. Null: all.</param>
    public async Task<StoreOutcome> StoreAsync(
        UidSet uids, FlagAction action, IReadOnlyList<string> flags, ulong? unchangedSince, CancellationToken ct)
    {
        RequireSelected();
        var modSeqs = new Dictionary<uint, ulong>();
        var modified = UidSet.Empty;
        if (flags.Count == 0 && action != FlagAction.Set)
        {
            return new StoreOutcome(modified, modSeqs);
        }

        foreach (var piece in uids.Split(limits.MaxSetBytes))
        {
            var command = Command("UID STORE").Word(piece.ToString());
            if (unchangedSince is { } modSeq)
            {
                command.Open().Word("UNCHANGEDSINCE").Number(modSeq).Close();
            }

            command.Word(ItemOf(action)).Flags(flags);
            modified = modified.Union(await StoreAsync(command, piece, modSeqs, ct).ConfigureAwait(false));
        }

        return new StoreOutcome(modified, modSeqs);
    }

    private async Task<UidSet> StoreAsync(ImapWriter command, UidSet uids, Dictionary<uint, ulong> modSeqs, CancellationToken ct)
    {
        var turn = BeginTurn((in ImapReply reply) =>
        {
            if (reply.Name != DataName.Fetch)
            {
                return false;
            }

            var message = FetchParser.Read(reply, limits);
            if (message is { Uid: { } uid, ModSeq: { } modSeq } && uids.Contains(uid))
            {
                modSeqs[uid] = modSeq;
            }

            Observe(message);
            return true;
        });
        try
        {
            await SendAsync(turn, command, ct).ConfigureAwait(false);
            await FinishAsync(turn, ct).ConfigureAwait(false);
        }
        finally
        {
            EndTurn(turn);
        }

        // A NO with MODIFIED says the same as an OK with it: some were left alone.
        if (turn.LastStatus is { Code: "MODIFIED" } status)
        {
            return status.ReadUidSet();
        }

        turn.ThrowIfRefused();
        return UidSet.Empty;
    }

    private static string ItemOf(FlagAction action) => action switch
    {
        FlagAction.Add => "+FLAGS.SILENT",
        FlagAction.Remove => "-FLAGS.SILENT",
        _ => "FLAGS.SILENT",
    };
}
