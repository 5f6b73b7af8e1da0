namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <summary>Copies messages to another mailbox.</summary>
    /// <returns>Their new UIDs; null when the server does not tell (no UIDPLUS) or nothing was copied.</returns>
    /// <exception cref="ImapException">No with TRYCREATE: there is no such mailbox. Of a large set earlier pieces may have been copied.</exception>
    public Task<CopyUid?> CopyAsync(UidSet uids, string mailbox, CancellationToken ct) => CopyAsync("UID COPY", uids, mailbox, ct);

    /// <summary>Moves messages to another mailbox.</summary>
    /// <remarks>
    /// Without MOVE (RFC 6851) it is COPY, then \Deleted, then <see cref="ExpungeAsync"/>, which removes none but these. When the
    /// connection breaks between the steps a message is in both mailboxes; it is never in neither.
    /// </remarks>
    /// <returns>As <see cref="CopyAsync(UidSet, string, CancellationToken)"/>.</returns>
    public async Task<CopyUid?> MoveAsync(UidSet uids, string mailbox, CancellationToken ct)
    {
        if (Capabilities.Has("MOVE"))
        {
            return await CopyAsync("UID MOVE", uids, mailbox, ct).ConfigureAwait(false);
        }

        var copied = await CopyAsync(uids, mailbox, ct).ConfigureAwait(false);
        await StoreAsync(uids, FlagAction.Add, ["\\Deleted"], null, ct).ConfigureAwait(false);
        await ExpungeAsync(uids, ct).ConfigureAwait(false);
        return copied;
    }

    /// <summary>Removes those of the messages that have \Deleted, and no others.</summary>
    /// <remarks>
    /// Without UIDPLUS (RFC 4315) a server can only expunge everything that has \Deleted: the mark is taken from all others first
    /// and given back afterwards. When the connection breaks between, others have lost their mark and nothing else.
    /// </remarks>
    public async Task ExpungeAsync(UidSet uids, CancellationToken ct)
    {
        RequireSelected();
        if (uids.IsEmpty)
        {
            return;
        }

        if (Capabilities.Has("UIDPLUS"))
        {
            foreach (var piece in uids.Split(limits.MaxSetBytes))
            {
                await ExecuteAsync(Command("UID EXPUNGE").Word(piece.ToString()), null, ct).ConfigureAwait(false);
            }

            return;
        }

        var deleted = await SearchAsync(SearchQuery.Deleted, ct).ConfigureAwait(false);
        var others = deleted.Except(uids);
        await StoreAsync(others, FlagAction.Remove, ["\\Deleted"], null, ct).ConfigureAwait(false);
        await ExecuteAsync(Command("EXPUNGE"), null, ct).ConfigureAwait(false);
        await StoreAsync(others, FlagAction.Add, ["\\Deleted"], null, ct).ConfigureAwait(false);
    }

    private async Task<CopyUid?> CopyAsync(string name, UidSet uids, string mailbox, CancellationToken ct)
    {
        RequireSelected();
        CopyUid? outcome = null;
        foreach (var piece in uids.Split(limits.MaxSetBytes))
        {
            var command = names.Write(Command(name).Word(piece.ToString()), mailbox, IsUtf8Enabled);
            CopyUid? told = null;
            var turn = BeginTurn(null);

            // MOVE tells the new UIDs before the expunges, in an untagged OK (RFC 6851 §4.3).
            turn.Untagged = status => told = status.ReadCopyUid() ?? told;
            try
            {
                await SendAsync(turn, command, ct).ConfigureAwait(false);
                await FinishAsync(turn, ct).ConfigureAwait(false);
            }
            finally
            {
                EndTurn(turn);
            }

            turn.ThrowIfRefused();
            outcome = CopyUid.Join(outcome, turn.LastStatus!.ReadCopyUid() ?? told);
        }

        return outcome;
    }
}
