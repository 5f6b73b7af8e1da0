namespace MailDaemon.Engine.Providers.Imap;

/// <summary>What a server says of a folder before it is read.</summary>
/// <param name="ModSeq">HIGHESTMODSEQ; 0 when it has none (RFC 7162 §3.1.2.2).</param>
/// <param name="HasVanished">Whether the server can list removals since a mod-sequence (QRESYNC).</param>
internal readonly record struct ImapFolderState(uint UidValidity, uint UidNext, ulong ModSeq, uint Exists, bool HasVanished);

/// <summary>How flag changes and removals of known messages are found.</summary>
internal enum ImapReconcile
{
    None,

    /// <summary>UID FETCH … (CHANGEDSINCE n VANISHED): exactly what changed.</summary>
    ChangesAndVanished,

    /// <summary>CHANGEDSINCE for flags; removals by comparing UIDs when the count says that something is gone.</summary>
    ChangesThenUids,

    /// <summary>All UIDs and flags are compared.</summary>
    Everything,
}

/// <summary>What one pass does with one folder: a pure decision over the cursor and the server's state.</summary>
/// <param name="Reset">The cached ids are void and the folder is read anew.</param>
/// <param name="Reconcile">How changes of known messages are found.</param>
/// <param name="ReadsNew">Whether there may be messages from the cursor's UIDNEXT on.</param>
/// <param name="ReadsBackfill">Whether the first pass has messages left to read.</param>
internal sealed record ImapSyncPlan(bool Reset, ImapReconcile Reconcile, bool ReadsNew, bool ReadsBackfill)
{
    public bool IsNothing => this is { Reset: false, Reconcile: ImapReconcile.None, ReadsNew: false, ReadsBackfill: false };

    public static ImapSyncPlan Choose(ImapCursor? cursor, ImapFolderState server)
    {
        if (cursor is null)
        {
            return new ImapSyncPlan(Reset: false, ImapReconcile.None, ReadsNew: false, ReadsBackfill: server.Exists > 0);
        }

        if (cursor.UidValidity != server.UidValidity || server.UidNext < cursor.UidNext)
        {
            return new ImapSyncPlan(Reset: true, ImapReconcile.None, ReadsNew: false, ReadsBackfill: server.Exists > 0);
        }

        return new ImapSyncPlan(
            Reset: false,
            ChooseReconcile(cursor, server),
            ReadsNew: server.UidNext > cursor.UidNext,
            ReadsBackfill: !cursor.IsBackfilled);
    }

    /// <summary>The cursor with which a folder is begun: everything in it is still to be read.</summary>
    /// <param name="since">Mail received since is new; null when all of it is baseline.</param>
    /// <param name="horizon">The first day that is read; null for all.</param>
    /// <param name="leftOut">What is left out of Gmail's All Mail; null in other folders.</param>
    public static ImapCursor Begin(ImapFolderState server, DateTimeOffset? since, DateOnly? horizon, string? leftOut = null) => new()
    {
        LeftOut = leftOut,
        Since = since,
        Horizon = horizon,
        UidValidity = server.UidValidity,
        UidNext = server.UidNext,
        ModSeq = server.ModSeq,
        Backfill = server.Exists == 0 ? 1 : server.UidNext,
        Baseline = server.UidNext,
        Exists = server.Exists,
        BackfillTotal = (int)server.Exists,
    };

    private static ImapReconcile ChooseReconcile(ImapCursor cursor, ImapFolderState server)
    {
        if (server.ModSeq == 0 || cursor.ModSeq == 0)
        {
            // No mod-sequences, or none kept from before they were there. A folder that stayed empty, and was not moved into meanwhile, has nothing to compare.
            return server.Exists == 0 && cursor.Exists == 0 && server.UidNext == cursor.UidNext ? ImapReconcile.None : ImapReconcile.Everything;
        }

        if (server.ModSeq < cursor.ModSeq)
        {
            // QUIRK: servers that lose their mod-sequences (restored from backup) count again from below: trust nothing.
            return ImapReconcile.Everything;
        }

        // QUIRK: some servers raise HIGHESTMODSEQ neither for an expunge nor for an append: the counts are compared too.
        if (server.ModSeq == cursor.ModSeq && server.Exists == cursor.Exists && server.UidNext == cursor.UidNext)
        {
            return ImapReconcile.None;
        }

        return server.HasVanished ? ImapReconcile.ChangesAndVanished : ImapReconcile.ChangesThenUids;
    }
}
