using System.Diagnostics;

namespace MailDaemon.Tests.Support;

/// <summary>Runs where this test may become another user: as root, on Linux, with setpriv and curl.</summary>
public sealed class OtherUserFactAttribute : FactAttribute
{
    public OtherUserFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv") || !File.Exists("/usr/bin/curl"))
            Skip = "needs root on Linux with setpriv and curl";
    }
}

public static class OtherUser
{
    private const string Nobody = "65534";

    /// <summary>What curl prints as user nobody: the body, a blank and the status.</summary>
    public static async Task<string> CurlAsync(Uri url)
    {
        var start = new ProcessStartInfo("/usr/bin/setpriv") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "curl", "-sk", "--max-time", "20", "-w", " %{http_code}", url.AbsoluteUri])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
