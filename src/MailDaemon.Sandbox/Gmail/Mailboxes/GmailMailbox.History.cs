namespace MailDaemon.Sandbox.Gmail.Mailboxes;

/// <content>The history of the mailbox: what changed, in the order of the history ids.</content>
public sealed partial class GmailMailbox
{
    private const int MaxHistory = 200_000;

    private readonly List<GmailHistory> history = [];
    private ulong lastHistoryId = 1_000_000;
    private ulong forgottenHistoryId = 999_999;

    /// <summary>The id of the last change.</summary>
    public ulong HistoryId
    {
        get
        {
            using var gate = user.Gate.EnterScope();
            return lastHistoryId;
        }
    }

    /// <summary>All changes so far are forgotten: an id of before is too old for history.list.</summary>
    public void ForgetHistory()
    {
        using var gate = user.Gate.EnterScope();
        history.Clear();

        // The present id is one that nobody has: a client that reads the profile now can go on from it.
        forgottenHistoryId = lastHistoryId;
        NextHistoryId();
    }

    /// <summary>The changes after an id; null when they are forgotten or the id is not of the past.</summary>
    internal List<GmailHistory>? HistorySince(ulong startHistoryId)
    {
        using var gate = user.Gate.EnterScope();
        if (startHistoryId <= forgottenHistoryId || startHistoryId > lastHistoryId)
        {
            return null;
        }

        return history.GetRange(IndexAfter(startHistoryId), history.Count - IndexAfter(startHistoryId));
    }

    /// <summary>Changes that <paramref name="startHistoryId"/> already knows, the last ones before it, for a server that gives them again.</summary>
    internal List<GmailHistory> HistoryBefore(ulong startHistoryId, int count)
    {
        using var gate = user.Gate.EnterScope();
        var end = IndexAfter(startHistoryId);
        var start = Math.Max(0, end - count);
        return history.GetRange(start, end - start);
    }

    private int IndexAfter(ulong historyId)
    {
        var (low, high) = (0, history.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = history[middle].Id <= historyId ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Ids rise and are not consecutive.</summary>
    private ulong NextHistoryId() => lastHistoryId += 3 + (lastHistoryId % 11);

    private void Record(GmailHistory change)
    {
        history.Add(change);
        if (history.Count > MaxHistory)
        {
            forgottenHistoryId = history[(MaxHistory / 10) - 1].Id;
            history.RemoveRange(0, MaxHistory / 10);
        }
    }
}
