using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>A label as Gmail has it.</summary>
/// <param name="Id">Gmail's id.</param>
/// <param name="LabelId">The id in /labels; null for those of the system.</param>
public sealed record GmailLabel(string Id, string Name, string Type, string? LabelId, string? Color, bool Visible);

/// <summary>Labels in Gmail's own words: places, flags and labels are one there, and are told apart here.</summary>
public sealed class GmailLabels(LabelStore store, MessageActions actions)
{
    private static readonly string[] System =
    [
        GmailLabelIds.Inbox, GmailLabelIds.Sent, GmailLabelIds.Draft, GmailLabelIds.Trash, GmailLabelIds.Spam, GmailLabelIds.Starred, GmailLabelIds.Unread,
        "IMPORTANT", "CATEGORY_PERSONAL", "CATEGORY_SOCIAL", "CATEGORY_PROMOTIONS", "CATEGORY_UPDATES", "CATEGORY_FORUMS",
    ];

    /// <summary>Those of the system, then those of the account as they were last listed.</summary>
    public IReadOnlyList<GmailLabel> All(AccountKey account) =>
    [
        .. System.Select(id => new GmailLabel(id, id, "system", null, null, Visible: true)),
        .. store.Served(account).Select(label => new GmailLabel(label.Native!, label.Name, "user", label.Id, label.Color, label.IsVisible)),
    ];

    /// <summary>Adds and removes labels, whatever they stand for.</summary>
    /// <param name="add">Gmail's ids, or ids of /labels.</param>
    /// <returns>Whether Gmail hears of some of it later.</returns>
    /// <exception cref="MailException">InvalidInput <c>invalid_label</c>, and nothing is done.</exception>
    public async Task<bool> ChangeAsync(FoundMessage message, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct)
    {
        var (given, taken) = (Native(message.Account, "addLabelIds", add), Native(message.Account, "removeLabelIds", remove));
        if (given.Intersect(taken, StringComparer.Ordinal).FirstOrDefault() is { } both)
            throw LabelRules.Invalid("removeLabelIds", $"{both} is in addLabelIds, too");
        var before = message.Message;
        var now = GmailLabelIds.All(before.FolderPath, before.Flags, before.NativeLabels);
        var after = now.Union(given, StringComparer.Ordinal).Except(taken, StringComparer.Ordinal).ToList();
        var place = GmailLabelIds.PlaceOf(after);
        if (place != before.FolderPath && GmailLabelIds.Moving(place) is null)
            throw LabelRules.Invalid("removeLabelIds", "what is sent or a draft stays that, unless it is moved to inbox, archive, spam or trash");

        var outcomes = new List<MessageOutcome>();
        foreach (var (label, flag, isInverse) in new[] { (GmailLabelIds.Unread, MessageFlags.Read, true), (GmailLabelIds.Starred, MessageFlags.Starred, false) })
        {
            if (now.Contains(label, StringComparer.Ordinal) != after.Contains(label, StringComparer.Ordinal))
                outcomes.AddRange(await actions.SetFlagAsync([message], flag, after.Contains(label, StringComparer.Ordinal) != isInverse, ct));
        }

        var (kept, wanted) = (GmailLabelIds.OthersOf(now), GmailLabelIds.OthersOf(after).Where(id => !IsPlace(id)).ToList());
        var (adds, removes) = (wanted.Except(kept, StringComparer.Ordinal).ToList(), kept.Where(id => !IsPlace(id)).Except(wanted, StringComparer.Ordinal).ToList());
        if (adds.Count + removes.Count > 0)
            outcomes.AddRange(await actions.SetNativeLabelsAsync([message], adds, removes, ct));
        if (place != before.FolderPath)
            outcomes.AddRange(await actions.MoveAsync([message], place, ct));
        return MessageOutcome.Require(outcomes);
    }

    private static bool IsPlace(string id) => GmailLabelIds.Places.Any(place => place.Path == id);

    private List<string> Native(Account account, string field, IReadOnlyList<string> ids)
    {
        var known = All(account.Key);
        return [.. ids.Select((id, i) => known.FirstOrDefault(label => label.Id == id || label.LabelId == id)?.Id switch
        {
            null => throw LabelRules.Invalid($"{field}[{i}]", "is no label of this account; GET /api/gmail/labels lists them"),
            GmailLabelIds.Sent or GmailLabelIds.Draft => throw LabelRules.Invalid($"{field}[{i}]", "is Gmail's to give and to take"),
            var native => native,
        }).Distinct(StringComparer.Ordinal)];
    }
}
