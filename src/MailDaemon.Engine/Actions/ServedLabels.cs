using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers;

namespace MailDaemon.Engine.Actions;

/// <summary>Labels of a server as ours. Pure.</summary>
internal static class ServedLabels
{
    public static IReadOnlyList<Label> Of(AccountKey account, IReadOnlyList<RemoteLabel> served) => [.. served.Select(label => new Label
    {
        Id = "",
        Type = LabelType.Account,
        Name = label.Name,
        Color = label.Color ?? LabelRules.DefaultColor,
        Account = account,
        IsVisible = label.IsVisible,
        Native = label.Native,
        NativeId = label.Id,
        NativeColor = label.NativeColor,
    })];

    /// <summary>The colour of a label that was made or changed on its server.</summary>
    /// <param name="told">What the server says of it; null when it was not asked.</param>
    /// <param name="asked">The colour that it was to have, or has.</param>
    public static string Color(RemoteLabel? told, string asked) => told?.Color ?? (told?.NativeColor is null ? asked : LabelRules.DefaultColor);
}
