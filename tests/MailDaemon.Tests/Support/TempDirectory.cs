namespace MailDaemon.Tests.Support;

/// <summary>A directory of its own for one test; it goes away with everything in it.</summary>
public sealed class TempDirectory : IDisposable, IAsyncDisposable
{
    /// <param name="openToAll">Lets every local user read and enter it (servers that drop root need that); else only its owner may.</param>
    public TempDirectory(bool openToAll = false)
    {
        Path = Directory.CreateTempSubdirectory("mdt-").FullName;
        if (openToAll && !OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    public string Path { get; }

    /// <summary>The full path of a file in it; directories on the way are made, the file is not.</summary>
    public string File(string relative)
    {
        var path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>The full path of a directory in it, which is made.</summary>
    public string Sub(string relative) => Directory.CreateDirectory(System.IO.Path.Combine(Path, relative)).FullName;

    public void Dispose()
    {
        const int Tries = 3;
        for (var attempt = 1; Directory.Exists(Path); attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (IOException) when (attempt < Tries)
            {
                // A process that is going away may still have dropped a file between listing and removing.
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
