using MailDaemon.Engine.Storage;

namespace MailDaemon.Hosting;

/// <summary>
/// The data directories that a sandbox may fill and empty: those that a sandbox made, which a file in them says. Any other one may hold
/// what somebody needs.
/// </summary>
internal static class SandboxDirectory
{
    private const string MarkerName = "made-by-sandbox";
    private const string NamePrefix = "maildaemon-sandbox-";

    /// <summary>A new directory for this user alone.</summary>
    /// <param name="runtime"><c>XDG_RUNTIME_DIR</c>, which is used where it is this user's own; else the temp directory is.</param>
    public static string CreateNew(string? runtime)
    {
        var isOwn = !string.IsNullOrEmpty(runtime)
            && UnixFile.Look(runtime) is { Kind: FileKind.Directory } found && found.User == UnixFile.EffectiveUser;
        if (!isOwn)
            return Directory.CreateTempSubdirectory(NamePrefix).FullName;

        // Nobody else can make anything in a directory of this user's own.
        var path = Path.Combine(Path.GetFullPath(runtime!), NamePrefix + Guid.NewGuid().ToString("N")[..12]);
        DataDirectory.Create(path);
        return path;
    }

    /// <exception cref="SettingsException">It is there, is not empty, and no sandbox made it.</exception>
    public static void Require(string path)
    {
        if (Directory.Exists(path) && !File.Exists(Path.Combine(path, MarkerName)) && Directory.EnumerateFileSystemEntries(path).Any(e => !DataDirectory.IsLock(e)))
        {
            throw new SettingsException(
                $"--sandbox: {path} was not made by a sandbox and is left as it is. Name a new directory with --data, or leave --data out");
        }
    }

    /// <summary>Notes down that a sandbox made the directory. Only for who holds its lock.</summary>
    /// <inheritdoc cref="Require" path="/exception"/>
    public static void Claim(string path)
    {
        Require(path);
        PrivateFiles.CreateIfMissing(Path.Combine(path, MarkerName));
    }
}
