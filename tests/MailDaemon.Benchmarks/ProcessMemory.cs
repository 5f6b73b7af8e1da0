using System.Globalization;

namespace MailDaemon.Benchmarks;

/// <summary>Memory of a process; proc(5), status.</summary>
internal static class ProcessMemory
{
    /// <summary>What it holds now and held at most, in bytes.</summary>
    public static (long Now, long Most) Read(int processId)
    {
        var lines = File.ReadAllLines($"/proc/{processId}/status");
        return (Of(lines, "VmRSS:"), Of(lines, "VmHWM:"));
    }

    /// <summary>What it holds now without the files that it has mapped, in bytes: those the system can take back at once.</summary>
    public static long ReadOwn(int processId) => Of(File.ReadAllLines($"/proc/{processId}/status"), "RssAnon:");

    /// <summary>What it held at most is counted from now on.</summary>
    public static void ForgetMost(int processId) => File.WriteAllText($"/proc/{processId}/clear_refs", "5");

    private static long Of(string[] lines, string name) => 1024 * long.Parse(
        lines.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
