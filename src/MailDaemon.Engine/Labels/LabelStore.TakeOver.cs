using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Labels;

/// <summary>Labels as their servers list them.</summary>
public sealed partial class LabelStore
{
    /// <summary>
    /// Takes over the labels that an account has on its server: what is new there, called otherwise or gone. One of ours that the server
    /// has under the same name is the same.
    /// </summary>
    public async Task TakeOverAsync(AccountKey account, IReadOnlyList<Label> served, CancellationToken ct)
    {
        served = await FollowRenamesAsync(account, served, ct);
        var own = All().Where(label => label.Account == account).ToList();
        foreach (var gone in own.Where(label => label.Native is { } native && !served.Any(other => other.Native == native)))
            await RemoveAsync(gone.Id, ct);
        foreach (var label in served)
        {
            var there = own.Find(other => other.Native == label.Native);
            var called = own.Find(other => other != there && string.Equals(other.Name, label.Name, StringComparison.OrdinalIgnoreCase));
            if (called is { Native: not null } && served.Any(other => other.Native == called.Native))
                await UpdateAsync(called.Id, other => other with { Name = $"{other.Name} ({other.Native})" }, ct);
            if ((there ?? called) is not { } known || Find(known.Id) is null)
                await AddAsync(label, ct);
            else if (As(known, label) != known)
                await UpdateAsync(known.Id, other => As(other, label), ct);
        }
    }

    /// <summary>
    /// Where a server cannot rename a label, another one is made there and the old one deleted. When the daemon ends in between, ours is the old
    /// one as long as that is there, and the new one afterwards: rules name it by our id.
    /// </summary>
    /// <returns>What the server has, without the new ones of labels whose old ones are still there.</returns>
    private async Task<IReadOnlyList<Label>> FollowRenamesAsync(AccountKey account, IReadOnlyList<Label> served, CancellationToken ct)
    {
        var unfinished = new HashSet<string>(StringComparer.Ordinal);
        foreach (var label in All().Where(label => label.Account == account && label.Renaming is not null))
        {
            var (isOldThere, isNewThere) = (served.Any(other => other.Native == label.Native), served.Any(other => other.Native == label.Renaming));
            if (isOldThere && isNewThere)
                unfinished.Add(label.Renaming!);
            else
                await UpdateAsync(label.Id, other => other with { Native = isNewThere ? other.Renaming : other.Native, Renaming = null }, ct);
        }

        return unfinished.Count == 0 ? served : [.. served.Where(label => !unfinished.Contains(label.Native!))];
    }

    private static Label As(Label known, Label served) => known with
    {
        Name = served.Name,
        Color = served.Color,
        Native = served.Native,
        NativeId = served.NativeId,
        NativeColor = served.NativeColor,
        IsVisible = served.IsVisible,
    };
}
