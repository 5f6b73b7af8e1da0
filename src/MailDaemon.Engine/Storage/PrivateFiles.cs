using System.Buffers;
using System.Security.Cryptography;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Storage;

/// <summary>Files and folders that only their owner can read (0600 and 0700, whatever the umask), replaced as a whole and never through a link.</summary>
public static class PrivateFiles
{
    public const string TemporarySuffix = ".tmp";

    private const UnixFileMode FileMode0600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode DirectoryMode0700 = FileMode0600 | UnixFileMode.UserExecute;

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        var directory = Directory.CreateDirectory(path, DirectoryMode0700);
        if (directory.UnixFileMode != DirectoryMode0700)
            directory.UnixFileMode = DirectoryMode0700;
    }

    /// <summary>Makes an empty file when there is none, and narrows the mode of one that is there.</summary>
    public static void CreateIfMissing(string path)
    {
        RefuseLink(path);
        if (!File.Exists(path))
            Create(path).Dispose();
        else if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != FileMode0600)
            File.SetUnixFileMode(path, FileMode0600);
    }

    /// <summary>A new file for writing; there must be none of that name.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode0600;
        var stream = new FileStream(path, options);
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(stream.SafeFileHandle) != FileMode0600)
            File.SetUnixFileMode(stream.SafeFileHandle, FileMode0600);
        return stream;
    }

    /// <summary>Writes a file that is not there yet, under its own name: for whom half a file after a crash does no harm.</summary>
    /// <returns>False when there is a file of that name.</returns>
    public static bool TryWriteNew(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            using var stream = Create(path);
            stream.Write(bytes);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    /// <summary>Replaces a file as a whole: a reader sees the old bytes or the new, a crash leaves one of them.</summary>
    /// <param name="isDurable">Whether the bytes must be on the disk before the name is.</param>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, bool isDurable = false)
    {
        var temporary = TemporaryFor(path);
        try
        {
            using (var stream = Create(temporary))
            {
                stream.Write(bytes);
                if (isDurable)
                    stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }
    }

    /// <summary>As the other, for what is written piece by piece.</summary>
    public static async Task ReplaceAsync(string path, Func<Stream, Task> write)
    {
        var temporary = TemporaryFor(path);
        try
        {
            await using (var stream = Create(temporary))
            {
                await using var buffered = new BufferedStream(stream, 64 * 1024);
                await write(buffered);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            DeleteQuietly(temporary);
            throw;
        }
    }

    /// <summary>The whole file; null when it is missing, a link, or larger than <paramref name="limit"/> bytes.</summary>
    public static byte[]? ReadOrNull(string path, int limit) => Use(path, limit, bytes => bytes.ToArray());

    /// <summary>What <paramref name="use"/> makes of the whole file; null when it is missing, a link, or larger than <paramref name="limit"/> bytes.</summary>
    public static T? Use<T>(string path, int limit, Func<ReadOnlySpan<byte>, T?> use)
        where T : class
    {
        if (new FileInfo(path).LinkTarget is not null)
            return null;
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            if (length > limit)
                return null;
            var bytes = ArrayPool<byte>.Shared.Rent((int)length);
            try
            {
                var read = 0;
                while (read < length && RandomAccess.Read(file, bytes.AsSpan(read, (int)length - read), read) is var more and > 0)
                    read += more;
                return use(bytes.AsSpan(0, read));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <exception cref="MailException"><c>unsafe_path</c>: the file or folder is a link.</exception>
    public static void RefuseLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
            throw Unsafe(path);
    }

    /// <summary>Deletes what may be gone, open elsewhere or not ours; what stays is swept later.</summary>
    public static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Left for the next sweep.
        }
    }

    internal static MailException Unsafe(string path) => MailException.Conflict(
        "unsafe_path", $"'{path}' is a link or lies outside of the data directory. Remove it and try again.");

    private static string TemporaryFor(string path) =>
        string.Concat(path, ".", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)), TemporarySuffix);
}
