namespace MailDaemon.Engine.Storage;

/// <summary>Paths as people write them in settings.</summary>
public static class UserPath
{
    /// <summary><c>~</c> is the home directory; the result is absolute and has no separator at its end.</summary>
    public static string Expand(string path)
    {
        if (path is "~" || path.StartsWith("~/", StringComparison.Ordinal))
            path = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..];
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
    }
}
