using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// The colours that Outlook's categories can have (Graph: outlookCategory, categoryColor), and which of them stands for ours. Each program shows
/// a preset a little differently: the values are those of Outlook for Windows. Pure.
/// </summary>
internal static class OutlookPalette
{
    /// <summary>A category without a colour.</summary>
    public const string None = "none";

    /// <summary>By the number of the preset.</summary>
    private static readonly string[] Presets =
    [
        "#f07d88", // red
        "#ff8c00", // orange
        "#fecb6f", // brown
        "#fff100", // yellow
        "#5fbe7d", // green
        "#33bab1", // teal
        "#a3b367", // olive
        "#55abe5", // blue
        "#a895e2", // purple
        "#e48bb5", // cranberry
        "#b9c0cb", // steel
        "#4c596e", // dark steel
        "#ababab", // gray
        "#666666", // dark gray
        "#474747", // black
        "#910a19", // dark red
        "#ce4b28", // dark orange
        "#996e36", // dark brown
        "#b0a923", // dark yellow
        "#026802", // dark green
        "#1c6367", // dark teal
        "#5c6a22", // dark olive
        "#254069", // dark blue
        "#562685", // dark purple
        "#80275d", // dark cranberry
    ];

    /// <summary>Our ten words, each by a preset of its own.</summary>
    private static readonly (string Word, string Preset)[] Words =
    [
        ("red", "preset0"), ("orange", "preset1"), ("yellow", "preset3"), ("green", "preset4"), ("cyan", "preset5"),
        ("blue", "preset7"), ("indigo", "preset22"), ("purple", "preset8"), ("pink", "preset9"), ("grey", "preset12"),
    ];

    private static readonly string[] Names = [.. Presets.Select((_, number) => $"preset{number}")];

    /// <param name="color">A preset or <see cref="None"/>, one of our words, or <c>#rrggbb</c>.</param>
    /// <returns>The preset that it is, or that is most like it.</returns>
    public static string Preset(string color)
    {
        if (IsPreset(color))
            return color;
        return Array.Find(Words, word => word.Word == color).Preset ?? Names[Array.IndexOf(Presets, ColorDistance.Nearest(color, Presets))];
    }

    /// <param name="preset">As Graph says it; case does not count.</param>
    /// <returns>The word that it stands for, else <c>#rrggbb</c>; null for none, and for a preset that is not known.</returns>
    public static string? Color(string? preset)
    {
        var number = Array.FindIndex(Names, name => name.Equals(preset, StringComparison.OrdinalIgnoreCase));
        return number < 0 ? null : Array.Find(Words, word => word.Preset == Names[number]).Word ?? Presets[number];
    }

    /// <summary>What a caller named in Outlook's words.</summary>
    /// <exception cref="MailException">InvalidInput <c>invalid_parameter</c>.</exception>
    public static string Require(string color)
    {
        const string Expected = "must be none, or preset0 to preset24";
        var lower = color.ToLowerInvariant();
        return IsPreset(lower)
            ? lower
            : throw new MailException(MailFault.InvalidInput, "invalid_parameter", $"color {Expected}") { Details = new Dictionary<string, string>(StringComparer.Ordinal) { ["color"] = Expected } };
    }

    private static bool IsPreset(string color) => color == None || Names.Contains(color, StringComparer.Ordinal);
}
