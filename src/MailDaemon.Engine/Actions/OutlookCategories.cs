using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook;

namespace MailDaemon.Engine.Actions;

/// <summary>A category as Outlook has it (Graph: outlookCategory).</summary>
/// <param name="Id">Outlook's id.</param>
/// <param name="DisplayName">What messages have of it.</param>
/// <param name="Color"><c>none</c>, or <c>preset0</c> to <c>preset24</c>.</param>
/// <param name="LabelId">The id in /labels.</param>
public sealed record OutlookCategory(string Id, string DisplayName, string Color, string LabelId);

/// <param name="Retagged">Messages that were given the category again, because Outlook cannot rename one; null when its name stays.</param>
public sealed record ChangedCategory(OutlookCategory Category, int? Retagged);

/// <summary>Labels in Outlook's own words: its list of categories, and the names of them that messages have.</summary>
public sealed class OutlookCategories(LabelStore store, MailLabels labels, MessageActions actions)
{
    /// <summary>Of a category's name on a message.</summary>
    private const int MaxName = 255;

    /// <summary>Those of the account as they were last listed.</summary>
    public IReadOnlyList<OutlookCategory> All(AccountKey account) => [.. store.Served(account).Select(Of)];

    /// <exception cref="MailException">InvalidInput; Conflict <c>label_exists</c>; or Outlook failed.</exception>
    public async Task<OutlookCategory> CreateAsync(Account account, string displayName, string color, CancellationToken ct) =>
        Of(await labels.MakeAsync(LabelRules.Name(displayName, account.Key.Provider), OutlookPalette.Require(color), isVisible: true, account, ct));

    /// <param name="id">Outlook's id, that of /labels, or the display name.</param>
    /// <param name="displayName">Null: as it is; so the colour.</param>
    /// <exception cref="MailException">NotFound <c>category_not_found</c>; InvalidInput; Conflict <c>label_exists</c>; or Outlook failed.</exception>
    public async Task<ChangedCategory> UpdateAsync(AccountKey account, string id, string? displayName, string? color, CancellationToken ct)
    {
        var change = new LabelChange(displayName, color is null ? null : OutlookPalette.Require(color));
        var (label, retagged) = await labels.ChangeAsync(Get(account, id).Id, change, ct);
        return new ChangedCategory(Of(label), retagged);
    }

    /// <summary>Takes it from all messages that have it, and deletes it.</summary>
    /// <param name="id">As for <see cref="UpdateAsync"/>.</param>
    /// <exception cref="MailException">NotFound <c>category_not_found</c>; or Outlook failed.</exception>
    public async Task<OutlookCategory> DeleteAsync(AccountKey account, string id, CancellationToken ct) => Of(await labels.DeleteAsync(Get(account, id).Id, ct));

    /// <summary>Adds and removes categories of a message. Outlook takes names that are not in its list, and shows them without a colour.</summary>
    /// <param name="add">Display names, or ids as for <see cref="UpdateAsync"/>.</param>
    /// <returns>Whether Outlook hears of it later.</returns>
    /// <exception cref="MailException">InvalidInput <c>invalid_label</c>, and nothing is done; or Outlook failed.</exception>
    public async Task<bool> ChangeAsync(FoundMessage message, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct)
    {
        var (given, taken) = (Native(message.Account.Key, "addCategories", add), Native(message.Account.Key, "removeCategories", remove));
        return given.Intersect(taken, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } both
            ? throw LabelRules.Invalid("removeCategories", $"{both} is in addCategories, too")
            : MessageOutcome.Require(await actions.SetNativeLabelsAsync([message], given, taken, ct));
    }

    /// <summary>An id goes before a name.</summary>
    private Label? Find(AccountKey account, string id)
    {
        var known = store.Served(account);
        return known.FirstOrDefault(label => label.NativeId == id || label.Id == id) ?? known.FirstOrDefault(label => string.Equals(label.Native, id, StringComparison.OrdinalIgnoreCase));
    }

    private Label Get(AccountKey account, string id) => Find(account, id)
        ?? throw MailException.NotFound("category_not_found", $"The account has no category {id}. GET /api/outlook/categories lists them, POST /api/outlook/categories/sync asks Outlook.");

    private List<string> Native(AccountKey account, string field, IReadOnlyList<string> names) => [.. names.Select((name, i) => (Find(account, name)?.Native ?? name.Trim()) switch
    {
        { Length: > 0 and <= MaxName } native => native,
        _ => throw LabelRules.Invalid($"{field}[{i}]", $"has 1 to {MaxName} characters"),
    }).Distinct(StringComparer.OrdinalIgnoreCase)];

    private static OutlookCategory Of(Label label) => new(label.NativeId ?? label.Native ?? label.Id, label.Name, label.NativeColor ?? OutlookPalette.None, label.Id);
}
