namespace MailDaemon.Protocols.Mime.Fields;

/// <summary>File names of parts, which are a stranger's words.</summary>
internal static class FileNames
{
    /// <summary>Without control characters and outer blanks; null when nothing is left.</summary>
    public static string? Clean(string? name)
    {
        if (name is null)
        {
            return null;
        }

        var clean = name.Any(char.IsControl) ? string.Concat(name.Where(each => !char.IsControl(each))) : name;
        return clean.Trim() is { Length: > 0 } trimmed ? trimmed : null;
    }
}
