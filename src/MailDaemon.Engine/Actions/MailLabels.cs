using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>What can be changed of a label; null means: as it is.</summary>
public sealed record LabelChange(string? Name = null, string? Color = null, bool? IsVisible = null, int? Order = null);

/// <summary>Labels of all kinds: making them, giving them to messages, finding the messages that have them.</summary>
public sealed class MailLabels(LabelStore store, LabelView view, AccountStore accounts, MailCaches caches, MailProviders providers, MessageActions actions)
{
    /// <summary>The same, but servers hear of what is changed later.</summary>
    public MailLabels Later => new(store, view, accounts, caches, providers, actions.Later);

    /// <summary>Those of an account with the global ones, or of all accounts.</summary>
    public IReadOnlyList<Label> All(AccountKey? account)
    {
        var own = accounts.All().Select(a => a.Key).Where(key => account is null || key == account).SelectMany(LabelRules.System);
        return [.. own, .. store.All().Where(label => account is null || label.Fits(account))];
    }

    /// <exception cref="MailException">NotFound <c>label_not_found</c>.</exception>
    public Label Get(string id) =>
        (LabelRules.IsWord(id) ? LabelRules.OfWord(id) : LabelRules.IsSystem(id) ? All(null).FirstOrDefault(label => label.Id == id) : store.Find(id)) ?? throw LabelStore.NotThere(id);

    /// <summary>Unread messages with a label, over all accounts that it fits.</summary>
    public int Unread(Label label) => Accounts(label, null).Sum(account => caches.Open(account).Count(view.Narrow(new SearchQuery { IsUnread = true }, label.Id, account)));

    /// <param name="account">Null: for all accounts, known to this daemon alone.</param>
    /// <exception cref="MailException">InvalidInput <c>invalid_label</c>; Conflict <c>label_exists</c>; or the server failed.</exception>
    public async Task<Label> CreateAsync(string name, string color, bool isVisible, Account? account, CancellationToken ct)
    {
        var label = new Label
        {
            Id = "",
            Type = account is null ? LabelType.Global : LabelType.Account,
            Name = LabelRules.Name(name),
            Color = LabelRules.Color(color),
            Account = account?.Key,
            IsVisible = isVisible,
        };
        if (store.All().Any(other => other.Account == label.Account && string.Equals(other.Name, label.Name, StringComparison.OrdinalIgnoreCase)))
            throw MailException.Conflict("label_exists", $"There is a label {label.Name} already.");
        var made = account is null ? null : await providers.For(account).CreateLabelAsync(label.Name, label.Color, ct);
        var isTaken = made is not null && store.All().Any(other => other.Account == label.Account && string.Equals(other.Native, made.Native, StringComparison.OrdinalIgnoreCase));
        return await store.AddAsync(label with { Native = isTaken ? null : made?.Native, Color = made?.Color ?? label.Color }, ct);
    }

    /// <summary>Takes over the labels that an account has on its server.</summary>
    public async Task RefreshAsync(Account account, CancellationToken ct)
    {
        if (await providers.For(account).ReadLabelsAsync(ct) is { } served)
            await store.TakeOverAsync(account.Key, [.. served.Select(label => Label.OfServer(account.Key, label.Native, label.Name, label.Color, label.IsVisible))], ct);
    }

    /// <exception cref="MailException">NotFound; InvalidInput <c>invalid_label</c>; Conflict <c>label_exists</c> or <c>label_protected</c>.</exception>
    public async Task<Label> UpdateAsync(string id, LabelChange change, CancellationToken ct)
    {
        var (name, color) = (change.Name is null ? null : LabelRules.Name(change.Name), change.Color is null ? null : LabelRules.Color(change.Color));
        var old = Changeable(id);
        var told = old.Native is { } native && (name ?? color) is not null && old.Account is { } key && accounts.Find(key) is { } account
            ? await providers.For(account).UpdateLabelAsync(native, name, color, ct)
            : null;
        return await store.UpdateAsync(
            old.Id,
            label => label with { Native = told?.Native ?? label.Native, Name = name ?? label.Name, Color = told?.Color ?? color ?? label.Color, IsVisible = change.IsVisible ?? label.IsVisible, Order = change.Order ?? label.Order },
            ct);
    }

    /// <summary>Takes it from all messages that have it, on the server too, and forgets it.</summary>
    /// <exception cref="MailException">NotFound; Conflict <c>label_protected</c>; or the server failed, and the label stays.</exception>
    public async Task<Label> DeleteAsync(string id, CancellationToken ct)
    {
        var label = Changeable(id);
        if (label is { Native: not null, Account: { } key } && accounts.Find(key) is { } account)
        {
            var change = new MessageChange { RemoveLabels = [label.Native] };
            var isDeleted = await providers.For(account).DeleteLabelAsync(label.Native, ct);
            foreach (var page in Pages(label, account))
            {
                if (isDeleted)
                    await page[0].Cache.ApplyLocalAsync([.. page.Select(m => change.Show(m.Message))], ct);
                else
                    Require(await actions.SetNativeLabelsAsync(page, change.AddLabels, change.RemoveLabels, ct));
            }
        }

        await store.RemoveAsync(id, ct);
        return label;
    }

    /// <summary>The labels of a message: those that we know, and names of its server that we do not; not the one of its folder.</summary>
    public IReadOnlyList<Label> Of(FoundMessage message) =>
        [.. view.Ids(message.Item).Where(id => !LabelRules.IsWord(id)).Select(id => store.Find(id) ?? Foreign(id, message.Account.Key))];

    /// <summary>Gives messages labels and takes some from them.</summary>
    /// <exception cref="MailException">NotFound <c>label_not_found</c>; Conflict <c>label_protected</c> or <c>label_of_other_account</c>; nothing is done then.</exception>
    public async Task<IReadOnlyList<MessageOutcome>> SetAsync(IReadOnlyList<FoundMessage> messages, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct)
    {
        var (added, removed) = (add.Select(id => Fitting(id, messages)).ToList(), remove.Select(id => Fitting(id, messages)).ToList());
        if (added.Find(label => label.Native is { } native && LabelRules.IsReserved(native)) is { } reserved)
            throw MailException.Conflict("label_protected", $"The label {reserved.Name} is the reserved keyword {reserved.Native}, which is no label. Delete it, and create one with another name.");
        var (natives, natively) = (Natives(added), Natives(removed));
        var outcomes = natives.Count + natively.Count == 0
            ? [.. messages.Select(m => MessageOutcome.Done(m.Message.Key, MessageActions.Here(m)))]
            : await actions.SetNativeLabelsAsync(messages, natives, natively, ct);
        var done = messages.Zip(outcomes).Where(pair => pair.Second.Error is null).Select(pair => pair.First).ToList();
        foreach (var account in done.GroupBy(m => m.Account.Key))
        {
            foreach (var label in added.Where(l => l.Native is null))
                await store.LinkAsync(account.Key, label.Id, [.. account.Select(m => m.Message.Key)], on: true, ct);
            foreach (var label in removed.Where(l => l.Native is null))
                await store.LinkAsync(account.Key, label.Id, [.. account.SelectMany(KeysOf)], on: false, ct);
        }

        return outcomes;
    }

    /// <summary>As <see cref="SetAsync"/> for one.</summary>
    /// <returns>Whether the server hears of it later.</returns>
    /// <exception cref="MailException">Also when the server failed.</exception>
    public async Task<bool> SetOneAsync(FoundMessage message, IReadOnlyList<string> add, IReadOnlyList<string> remove, CancellationToken ct) =>
        Require(await SetAsync([message], add, remove, ct));

    /// <summary>Gives a message these labels and takes all others of ours from it.</summary>
    /// <returns>Whether the server hears of it later.</returns>
    public async Task<bool> ReplaceAsync(FoundMessage message, IReadOnlyList<string> ids, CancellationToken ct)
    {
        var now = view.Ids(message.Item);
        return Require(await SetAsync(
            [message], [.. ids.Except(now, StringComparer.Ordinal)], [.. now.Where(id => store.Find(id) is not null).Except(ids, StringComparer.Ordinal)], ct));
    }

    /// <returns>Whether the server hears of some of it later.</returns>
    private static bool Require(IReadOnlyList<MessageOutcome> outcomes) =>
        outcomes.Select(outcome => outcome.Error).FirstOrDefault(error => error is not null) is { } first ? throw first : outcomes.Any(outcome => outcome.IsQueued);

    private static List<string> Natives(List<Label> of) => [.. of.Select(label => label.Native).OfType<string>()];

    private static IEnumerable<string> KeysOf(FoundMessage message) =>
        message.Cache.Aliases([message.Message.Key]).Select(alias => alias.Old).Prepend(message.Message.Key);

    private static Label Foreign(string name, AccountKey account) =>
        new() { Id = name, Type = LabelType.Account, Name = name, Color = LabelRules.DefaultColor, Account = account, Native = name };

    private Label Changeable(string id) => Get(id) is { Type: not LabelType.System } label
        ? label
        : throw MailException.Conflict("label_protected", "Labels of the system stay as they are: messages get them by being moved or starred.");

    private Label Fitting(string id, IReadOnlyList<FoundMessage> messages)
    {
        var label = Changeable(id);
        return messages.All(message => label.Fits(message.Account.Key))
            ? label
            : throw MailException.Conflict("label_of_other_account", $"The label {label.Name} belongs to {label.Account}; a label without provider and email is for all accounts.");
    }

    private List<AccountKey> Accounts(Label label, AccountKey? account) =>
        [.. accounts.All().Select(a => a.Key).Where(key => label.Fits(key) && (account is null || key == account))];

    /// <summary>Each page is gone from the label's messages before the next is read.</summary>
    private IEnumerable<IReadOnlyList<FoundMessage>> Pages(Label label, Account account)
    {
        var cache = caches.Open(account.Key);
        while (true)
        {
            var page = cache.Search(view.Narrow(new SearchQuery { Limit = MessageQuery.MostItems }, label.Id, account.Key)).Messages
                .Select(hit => cache.Locate(hit.Key)).OfType<StoredMessage>().Select(stored => new FoundMessage(account, cache, stored)).ToList();
            if (page.Count == 0)
                yield break;
            yield return page;
        }
    }
}
