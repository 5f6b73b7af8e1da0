namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <summary>Opens a mailbox; one that was open is closed without expunging. What a quick resync tells is in <see cref="TakeUpdates"/>.</summary>
    /// <exception cref="ImapException">No with NONEXISTENT or without: there is no such mailbox, and none is open any more.</exception>
    public async Task<SelectedMailbox> SelectAsync(string mailbox, SelectOptions options, CancellationToken ct)
    {
        var command = names.Write(Command(options.ReadOnly ? "EXAMINE" : "SELECT"), mailbox, IsUtf8Enabled);
        if (options.QuickResync is { } known && enabled.Contains("QRESYNC"))
        {
            command.Open().Word("QRESYNC").Open().Number(known.UidValidity).Number(known.ModSeq);
            if (known.KnownUids is { IsEmpty: false } uids)
            {
                command.Word(uids.ToString());
            }

            command.Close().Close();
        }
        else if (options.CondStore && (Capabilities.Has("CONDSTORE") || Capabilities.Has("QRESYNC")))
        {
            command.Open().Word("CONDSTORE").Close();
        }

        var turn = BeginTurn(null);
        Selected = new SelectedMailbox(mailbox, options.ReadOnly);
        ClearUpdates();
        isOpening = true;
        try
        {
            await SendAsync(turn, command, ct).ConfigureAwait(false);
            await FinishAsync(turn, ct).ConfigureAwait(false);
        }
        finally
        {
            isOpening = false;
            var isOpen = turn.LastStatus?.Kind == StatusKind.Ok;
            State = isOpen ? ImapState.Selected : ImapState.Authenticated;
            Selected = isOpen ? Selected : null;
            EndTurn(turn);
        }

        turn.ThrowIfRefused();
        return Selected!;
    }

    /// <summary>Closes the mailbox and expunges nothing.</summary>
    public async Task UnselectAsync(CancellationToken ct)
    {
        if (Selected is null)
        {
            return;
        }

        if (Capabilities.Has("UNSELECT"))
        {
            await ExecuteAsync(Command("UNSELECT"), null, ct).ConfigureAwait(false);
        }
        else
        {
            // CLOSE expunges unless the mailbox is open for reading only (RFC 3501 §6.4.2).
            if (!Selected.IsReadOnly)
            {
                await SelectAsync(Selected.Name, new SelectOptions { ReadOnly = true }, ct).ConfigureAwait(false);
            }

            await ExecuteAsync(Command("CLOSE"), null, ct).ConfigureAwait(false);
        }

        Selected = null;
        State = ImapState.Authenticated;
        ClearUpdates();
    }

    private SelectedMailbox RequireSelected() =>
        Selected ?? throw new InvalidOperationException("No mailbox is open");
}
