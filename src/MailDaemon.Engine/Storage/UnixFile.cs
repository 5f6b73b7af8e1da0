using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace MailDaemon.Engine.Storage;

/// <summary>What a name in the file system stands for.</summary>
public enum FileKind
{
    Regular,
    Directory,
    Link,

    /// <summary>A pipe, a socket or a device.</summary>
    Other,
}

/// <summary>What .NET does not tell of files: who owns them and whether they are regular. On Windows nobody is told apart.</summary>
public static class UnixFile
{
    private const int KindMask = 0xF000;
    private const int RegularKind = 0x8000;
    private const int DirectoryKind = 0x4000;
    private const int LinkKind = 0xA000;

    // FileStatus of the runtime's own native library, which looks the same on every Unix: flags, mode, uid, gid …; 32 bits each.
    private const int StatusBytes = 512;
    private const int ModeAt = 4;
    private const int UserAt = 8;

    /// <summary>The user that this process acts as.</summary>
    public static uint EffectiveUser => OperatingSystem.IsWindows() ? 0 : EffectiveUserId();

    /// <summary>Whether a file, directory or link is this user's own; true for what is not there.</summary>
    public static bool IsOwn(string path) => Look(path) is not { } found || found.User == EffectiveUser;

    /// <summary>The owner and kind of a name, links not followed; null when it is not there, and on Windows.</summary>
    public static (uint User, FileKind Kind)? Look(string path)
    {
        if (OperatingSystem.IsWindows())
            return null;
        var status = new byte[StatusBytes];
        return LinkStatus(Native(Path.TrimEndingDirectorySeparator(path)), status) == 0 ? (BitConverter.ToUInt32(status, UserAt), KindOf(status)) : null;
    }

    /// <summary>Opens a regular file for reading, through no link. A pipe or device is not waited for.</summary>
    /// <exception cref="IOException">It is no regular file, or cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream OpenRegular(string path)
    {
        if (OperatingSystem.IsWindows())
            return File.OpenRead(path);

        var handle = new SafeFileHandle(OpenFile(Native(path), OpenFlags()), ownsHandle: true);
        if (handle.IsInvalid)
            throw Failure(path, Marshal.GetLastPInvokeError());
        var status = new byte[StatusBytes];
        if (HandleStatus(handle, status) == 0 && KindOf(status) == FileKind.Regular)
            return new FileStream(handle, FileAccess.Read);

        handle.Dispose();
        throw new IOException($"{path} is no regular file");
    }

    private static FileKind KindOf(byte[] status) => (BitConverter.ToInt32(status, ModeAt) & KindMask) switch
    {
        RegularKind => FileKind.Regular,
        DirectoryKind => FileKind.Directory,
        LinkKind => FileKind.Link,
        _ => FileKind.Other,
    };

    private static byte[] Native(string path) => Encoding.UTF8.GetBytes(path + '\0');

    /// <summary>O_RDONLY, O_NONBLOCK, O_CLOEXEC and O_NOFOLLOW, which have other numbers elsewhere.</summary>
    private static int OpenFlags()
    {
        if (OperatingSystem.IsMacOS())
            return 0x4 | 0x1000000 | 0x100;
        var isArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;
        return 0x800 | 0x80000 | (isArm ? 0x8000 : 0x20000);
    }

    private static Exception Failure(string path, int error)
    {
        const int NotFound = 2;
        const int Denied = 13;
        return error switch
        {
            NotFound => new FileNotFoundException($"{path} is not there", path),
            Denied => new UnauthorizedAccessException($"{path} may not be read"),
            _ => new IOException($"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}"),
        };
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUserId();

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenFile(byte[] path, int flags);

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_LStat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LinkStatus(byte[] path, [Out] byte[] status);

    [DllImport("libSystem.Native", EntryPoint = "SystemNative_FStat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int HandleStatus(SafeFileHandle file, [Out] byte[] status);
}
