using System.Runtime;
using System.Runtime.InteropServices;

namespace MailDaemon.Engine.Sync;

/// <summary>
/// After much work the heaps keep what it took for the next time, which on a mailbox's first pass is more than all that is needed
/// afterwards. This gives it back to the system.
/// </summary>
internal static class SpareMemory
{
    /// <summary>Stops the process for the time of one whole collection: some tens of milliseconds.</summary>
    public static void GiveBack()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (OperatingSystem.IsLinux())
            TrimNativeHeap();
    }

    /// <summary>SQLite's caches and index buffers, many small pieces that are free by now.</summary>
    private static void TrimNativeHeap()
    {
        try
        {
            _ = TrimMalloc(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc; it has its own ways.
        }
    }

    /// <summary>malloc_trim(3), of glibc: 1 when anything was given back.</summary>
    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int TrimMalloc(nuint kept);
}
