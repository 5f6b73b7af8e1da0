using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>What can be changed of a label; null means: as it is.</summary>
public sealed record LabelChange(string? Name = null, string? Color = null, bool? IsVisible = null, int? Order = null);

/// <param name="Retagged">Messages that were given the label again, because its server cannot rename one; null when that was not needed.</param>
internal sealed record ChangedLabel(Label Label, int? Retagged);

/// <summary>Making and changing labels, on the server first.</summary>
public sealed partial class MailLabels
{
    /// <param name="account">Null: for all accounts, known to this daemon alone.</param>
    /// <exception cref="MailException">InvalidInput <c>invalid_label</c>; Conflict <c>label_exists</c>; or the server failed.</exception>
    public Task<Label> CreateAsync(string name, string color, bool isVisible, Account? account, CancellationToken ct) =>
        MakeAsync(LabelRules.Name(name, account?.Key.Provider), LabelRules.Color(color), isVisible, account, ct);

    /// <exception cref="MailException">NotFound; InvalidInput <c>invalid_label</c>; Conflict <c>label_exists</c> or <c>label_protected</c>; or the server failed.</exception>
    public async Task<Label> UpdateAsync(string id, LabelChange change, CancellationToken ct)
    {
        var color = change.Color is null ? null : LabelRules.Color(change.Color);
        return (await ChangeAsync(id, change with { Color = color }, ct)).Label;
    }

    /// <summary>Takes over the labels that an account has on its server.</summary>
    public async Task RefreshAsync(Account account, CancellationToken ct)
    {
        if (await providers.For(account).ReadLabelsAsync(ct) is { } served)
            await store.TakeOverAsync(account.Key, ServedLabels.Of(account.Key, served), ct);
    }

    /// <param name="color">As for <see cref="IMailProvider.CreateLabelAsync"/>.</param>
    internal async Task<Label> MakeAsync(string name, string color, bool isVisible, Account? account, CancellationToken ct)
    {
        var label = new Label
        {
            Id = "",
            Type = account is null ? LabelType.Global : LabelType.Account,
            Name = name,
            Color = color,
            Account = account?.Key,
            IsVisible = isVisible,
        };
        store.RequireFree(label);
        var made = account is null ? null : await providers.For(account).CreateLabelAsync(label.Name, label.Color, ct);
        if (made is not null && !store.All().Any(other => other.Account == label.Account && string.Equals(other.Native, made.Native, StringComparison.OrdinalIgnoreCase)))
            label = label with { Native = made.Native, NativeId = made.Id, NativeColor = made.NativeColor };
        return await store.AddAsync(label with { Color = ServedLabels.Color(made, label.Color) }, ct);
    }

    /// <param name="change">Its colour is as for <see cref="IMailProvider.UpdateLabelAsync"/>.</param>
    internal async Task<ChangedLabel> ChangeAsync(string id, LabelChange change, CancellationToken ct)
    {
        var old = Changeable(id);
        var name = change.Name is null ? old.Name : LabelRules.Name(change.Name, old.Account?.Provider);
        var account = old is { Native: not null, Account: { } key } ? accounts.Find(key) : null;
        if (account is not null && name != old.Name)
        {
            // One that somebody has made on the server meanwhile may have the name.
            await RefreshAsync(account, ct);
            old = Changeable(id);
        }

        store.RequireFree(old with { Name = name });
        var isTold = account is not null && (name != old.Name || change.Color is not null);
        var told = isTold ? await TellAsync(account!, old, name == old.Name ? null : name, change.Color, ct) : null;

        // The server has it: what follows is ours to finish.
        if (told is not null && store.Served(account!.Key).FirstOrDefault(other => other.Id != old.Id && other.Native == told.Native) is { } sameTakenOver)
            await store.RemoveAsync(sameTakenOver.Id, CancellationToken.None);
        var label = await store.UpdateAsync(
            old.Id,
            label => label with
            {
                Native = told?.Native ?? label.Native,
                NativeId = told?.Id ?? label.NativeId,
                NativeColor = told?.NativeColor ?? label.NativeColor,
                Renaming = null,
                Name = name,
                Color = ServedLabels.Color(told, change.Color ?? label.Color),
                IsVisible = change.IsVisible ?? label.IsVisible,
                Order = change.Order ?? label.Order,
            },
            CancellationToken.None);
        if (told is not null && !told.Native.Equals(old.Native, StringComparison.OrdinalIgnoreCase))
            await CarryOverAsync(account!, old.Native!, told.Native);
        return new ChangedLabel(label, told?.Retagged);
    }

    private async Task<RemoteLabel?> TellAsync(Account account, Label old, string? name, string? color, CancellationToken ct)
    {
        if (name is not null)
            await store.UpdateAsync(old.Id, label => label with { Renaming = name }, ct);
        return await providers.For(account).UpdateLabelAsync(old.Native!, name, color, ct);
    }

    /// <summary>What our messages have, and what waits to be told, means the label under the name that the server has now.</summary>
    private async Task CarryOverAsync(Account account, string from, string to)
    {
        await waiting.RenameLabelAsync(account.Key, from, to, CancellationToken.None);
        var change = new MessageChange { AddLabels = [to], RemoveLabels = [from] };
        foreach (var page in view.Pages(from, account))
            await page[0].Cache.ApplyLocalAsync([.. page.Select(m => change.Show(m.Message))], CancellationToken.None);
    }
}
