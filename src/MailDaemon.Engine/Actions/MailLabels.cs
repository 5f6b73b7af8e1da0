using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>Labels of all kinds: making them, giving them to messages, finding the messages that have them.</summary>
public sealed partial class MailLabels(LabelStore store, LabelView view, AccountStore accounts, MailProviders providers, MessageActions actions, ChangeStore waiting)
{
    /// <summary>The same, but servers hear of what is changed later.</summary>
    public MailLabels Later => new(store, view, accounts, providers, actions.Later, waiting);

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
    public int Unread(Label label) => accounts.All().Where(account => label.Fits(account.Key)).Sum(account => view.Unread(label.Id, account.Key));

    /// <summary>Takes it from all messages that have it, on the server too, and forgets it.</summary>
    /// <exception cref="MailException">NotFound; Conflict <c>label_protected</c>; or the server failed, and the label stays.</exception>
    public async Task<Label> DeleteAsync(string id, CancellationToken ct)
    {
        var label = Changeable(id);
        if (label is { Native: not null, Account: { } key } && accounts.Find(key) is { } account)
        {
            var change = new MessageChange { RemoveLabels = [label.Native] };
            var isDeleted = await providers.For(account).DeleteLabelAsync(label.Native, ct);
            foreach (var page in view.Pages(label.Native, account))
            {
                if (isDeleted)
                    await page[0].Cache.ApplyLocalAsync([.. page.Select(m => change.Show(m.Message))], ct);
                else
                    MessageOutcome.Require(await actions.SetNativeLabelsAsync(page, change.AddLabels, change.RemoveLabels, ct));
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
        if (added.Find(label => label is { Native: { } native, Account.Provider: ProviderKind.Imap } && LabelRules.IsReserved(native)) is { } reserved)
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
        MessageOutcome.Require(await SetAsync([message], add, remove, ct));

    /// <summary>Gives a message these labels and takes all others of ours from it.</summary>
    /// <returns>Whether the server hears of it later.</returns>
    public async Task<bool> ReplaceAsync(FoundMessage message, IReadOnlyList<string> ids, CancellationToken ct)
    {
        var now = view.Ids(message.Item);
        return MessageOutcome.Require(await SetAsync(
            [message], [.. ids.Except(now, StringComparer.Ordinal)], [.. now.Where(id => store.Find(id) is not null).Except(ids, StringComparer.Ordinal)], ct));
    }

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
}
