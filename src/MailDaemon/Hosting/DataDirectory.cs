using MailDaemon.Engine.Storage;

namespace MailDaemon.Hosting;

/// <summary>Another daemon has the data directory.</summary>
internal sealed class DataDirectoryInUseException(string path) : Exception($"the data directory {path} is in use by another daemon");

/// <summary>The data directory, held by this process alone for as long as it runs.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string LockName = "daemon.lock";
    private const UnixFileMode PrivateDirectory = Private | UnixFileMode.UserExecute;

    private readonly FileStream claim;

    private readonly bool isTemporary;

    private DataDirectory(string path, FileStream claim, IReadOnlyList<string> repaired, bool isTemporary)
    {
        Path = path;
        Repaired = repaired;
        this.claim = claim;
        this.isTemporary = isTemporary;
    }

    public string Path { get; }

    /// <summary>What other users could read or write until now.</summary>
    public IReadOnlyList<string> Repaired { get; }

    /// <param name="isTemporary">Whether this run made it, and removes it at its end.</param>
    /// <exception cref="DataDirectoryInUseException">Another daemon has it.</exception>
    /// <exception cref="SettingsException">It cannot be made or written, or is not this user's own.</exception>
    public static DataDirectory Open(string path, bool isTemporary = false)
    {
        try
        {
            Create(path);
            RequireOwn(path);
            var repaired = Repair(path);
            return new DataDirectory(path, Claim(path), repaired, isTemporary);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new SettingsException($"Mail:DataDirectory {path} cannot be used: {e.Message}");
        }
    }

    public void Dispose()
    {
        claim.Dispose();
        if (isTemporary)
            Directory.Delete(Path, recursive: true);
    }

    /// <summary>
    /// What another user put there is not believed: neither the directory nor anything on top of it or among its secrets.
    /// A directory that is not there yet is fine.
    /// </summary>
    /// <exception cref="SettingsException">It is a link or belongs to another user, or something in it does.</exception>
    public static void RequireOwn(string path)
    {
        if (UnixFile.Look(path) is not { } found)
            return;
        if (found.Kind == FileKind.Link)
            throw new SettingsException($"Mail:DataDirectory {path} is a link; name the directory that it leads to");
        if (!UnixFile.IsOwn(path))
            throw new SettingsException($"Mail:DataDirectory {path} belongs to another user (uid {found.User}) and is not used; name a directory of your own");
        if (found.Kind != FileKind.Directory)
            throw new SettingsException($"Mail:DataDirectory {path} is not a directory");

        try
        {
            if (Believed(path).FirstOrDefault(e => !UnixFile.IsOwn(e.FullName)) is { } foreign)
                throw new SettingsException($"Mail:DataDirectory: {foreign.FullName} belongs to another user and is not used; look at it, then move it away or make it yours");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new SettingsException($"Mail:DataDirectory {path} cannot be read: {e.Message}");
        }
    }

    /// <summary>Whether a path is that of the file which is locked while a daemon runs.</summary>
    internal static bool IsLock(string path) => System.IO.Path.GetFileName(path) == LockName;

    /// <summary>Makes a directory, and those above it that are missing, for this user alone.</summary>
    internal static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        // The mode given to CreateDirectory is that of the last directory only.
        if (System.IO.Path.GetDirectoryName(path) is { Length: > 0 } parent && !Directory.Exists(parent))
            Create(parent);
        Directory.CreateDirectory(path, PrivateDirectory);
    }

    private static FileStream Claim(string path)
    {
        var file = System.IO.Path.Combine(path, LockName);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;

        try
        {
            // FileShare.None is an exclusive flock: the kernel gives it back however this process ends.
            return new FileStream(file, options);
        }
        catch (IOException e) when (IsTaken(e))
        {
            throw new DataDirectoryInUseException(path);
        }
    }

    // EWOULDBLOCK of flock(2) on Linux and on macOS; a sharing or lock violation on Windows.
    private static bool IsTaken(IOException e) =>
        OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);

    // The directory itself shuts others out; what lies on top of it and the secrets are shut once more.
    private static List<string> Repair(string path)
    {
        if (OperatingSystem.IsWindows())
            return [];

        var repaired = new List<string>();
        Narrow(new DirectoryInfo(path), repaired);
        foreach (var entry in Believed(path).ToList())
        {
            if (entry.LinkTarget is null)
                Narrow(entry, repaired);
        }

        return repaired;
    }

    // What lies on top of the directory, and all of the secrets.
    private static IEnumerable<FileSystemInfo> Believed(string path)
    {
        var entries = new DirectoryInfo(path).EnumerateFileSystemInfos();
        var secrets = new DirectoryInfo(System.IO.Path.Combine(path, "secrets"));
        return secrets is { Exists: true, LinkTarget: null }
            ? entries.Concat(secrets.EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
            : entries;
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void Narrow(FileSystemInfo entry, List<string> repaired)
    {
        var allowed = entry is DirectoryInfo ? PrivateDirectory : Private;
        if ((entry.UnixFileMode & ~allowed) == UnixFileMode.None)
            return;

        repaired.Add($"{entry.FullName} ({Convert.ToString((int)entry.UnixFileMode, 8)})");
        entry.UnixFileMode &= allowed;
    }
}
