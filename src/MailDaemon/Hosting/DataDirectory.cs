namespace MailDaemon.Hosting;

/// <summary>Another daemon has the data directory.</summary>
internal sealed class DataDirectoryInUseException(string path) : Exception($"the data directory {path} is in use by another daemon");

/// <summary>The data directory, held by this process alone for as long as it runs.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateDirectory = Private | UnixFileMode.UserExecute;

    private readonly FileStream claim;

    private DataDirectory(string path, FileStream claim, IReadOnlyList<string> repaired)
    {
        Path = path;
        Repaired = repaired;
        this.claim = claim;
    }

    public string Path { get; }

    /// <summary>What other users could read or write until now.</summary>
    public IReadOnlyList<string> Repaired { get; }

    /// <exception cref="DataDirectoryInUseException">Another daemon has it.</exception>
    /// <exception cref="SettingsException">It cannot be made or written.</exception>
    public static DataDirectory Open(string path)
    {
        try
        {
            Create(path);
            var repaired = Repair(path);
            return new DataDirectory(path, Claim(path), repaired);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new SettingsException($"Mail:DataDirectory {path} cannot be used: {e.Message}");
        }
    }

    public void Dispose() => claim.Dispose();

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
        var file = System.IO.Path.Combine(path, "daemon.lock");
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;

        try
        {
            // FileShare.None is an exclusive flock: the kernel gives it back however this process ends.
            return new FileStream(file, options);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            throw new DataDirectoryInUseException(path);
        }
    }

    // The directory itself shuts others out; what lies on top of it and the secrets are shut once more.
    private static List<string> Repair(string path)
    {
        if (OperatingSystem.IsWindows())
            return [];

        var repaired = new List<string>();
        Narrow(new DirectoryInfo(path), repaired);
        var secrets = new DirectoryInfo(System.IO.Path.Combine(path, "secrets"));
        var entries = new DirectoryInfo(path).EnumerateFileSystemInfos();
        if (secrets is { Exists: true, LinkTarget: null })
            entries = entries.Concat(secrets.EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }));
        foreach (var entry in entries.ToList())
        {
            if (entry.LinkTarget is null)
                Narrow(entry, repaired);
        }

        return repaired;
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
