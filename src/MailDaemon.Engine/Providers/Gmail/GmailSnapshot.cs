using Google.Apis.Util;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>
/// All messages of an account with their labels, by lists alone: 5 units for 500 ids of each label. It is no moment of the mailbox: what
/// changes while it is read is in the history from before.
/// </summary>
internal sealed class GmailSnapshot
{
    private const int PageSize = 500;

    /// <summary>Pages of a list: more would be a server that never ends.</summary>
    private const int MaxPages = 20_000;

    private readonly ulong[] all;
    private readonly HashSet<ulong> present;
    private readonly (string Label, ulong[] Ids)[] labels;

    private GmailSnapshot(ulong[] all, HashSet<ulong> present, (string Label, ulong[] Ids)[] labels)
    {
        this.all = all;
        this.present = present;
        this.labels = labels;
    }

    public int Count => all.Length;

    /// <summary>The labels that messages have.</summary>
    public IEnumerable<string> LabelIds => labels.Select(label => label.Label);

    /// <summary>The newest first.</summary>
    public IEnumerable<string> Ids => all.Select(GmailMessages.Id);

    public static async Task<GmailSnapshot> ReadAsync(GmailClient client, GmailLane lane, CancellationToken ct)
    {
        var union = (await ListAsync(client, lane, new GmailList(null, null), ct)).ToHashSet();
        var labelled = new List<(string Label, ulong[] Ids)>();
        foreach (var label in (await client.RunAsync(lane, client.Users.Labels.List("me"), ct)).Labels ?? [])
        {
            var ids = await ListAsync(client, lane, new GmailList(label.Id, null), ct);

            // What one list left out another has.
            union.UnionWith(ids);
            labelled.Add((label.Id!, [.. ids.Order()]));
        }

        // Ids rise with the time.
        return new GmailSnapshot([.. union.OrderDescending()], union, [.. labelled.Where(label => label.Ids.Length > 0)]);
    }

    /// <summary>Reads one list to its end, the newest first.</summary>
    public static async Task<ulong[]> ListAsync(GmailClient client, GmailLane lane, GmailList list, CancellationToken ct)
    {
        var ids = new List<ulong>();
        string? token = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var (messages, next) = await PageAsync(client, lane, list, token, PageSize, ct);
            ids.AddRange(messages.Select(GmailMessages.Number));
            if (next is null)
                return [.. ids.Distinct()];
            token = next;
        }

        throw GmailFaults.Odd();
    }

    public static async Task<(IReadOnlyList<string> Ids, string? Next)> PageAsync(GmailClient client, GmailLane lane, GmailList list, string? token, int size, CancellationToken ct)
    {
        var request = client.Users.Messages.List("me");
        request.LabelIds = list.LabelId is null ? null : new Repeatable<string>([list.LabelId]);
        request.Q = list.Query;
        request.IncludeSpamTrash = true;
        request.MaxResults = size;
        request.PageToken = token;
        var page = await client.RunAsync(lane, request, ct);
        return ([.. (page.Messages ?? []).Select(m => m.Id ?? throw GmailFaults.Odd())], string.IsNullOrEmpty(page.NextPageToken) ? null : page.NextPageToken);
    }

    public bool Has(string id) => present.Contains(GmailMessages.Number(id));

    public IReadOnlyList<string> LabelsOf(string id)
    {
        var number = GmailMessages.Number(id);
        return [.. labels.Where(label => Array.BinarySearch(label.Ids, number) >= 0).Select(label => label.Label)];
    }
}
