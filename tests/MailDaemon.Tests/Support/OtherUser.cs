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

/// <inheritdoc cref="OtherUserFactAttribute"/>
public sealed class OtherUserTheoryAttribute : TheoryAttribute
{
    public OtherUserTheoryAttribute() => Skip = new OtherUserFactAttribute().Skip;
}

public static class OtherUser
{
    private const string Nobody = "65534";

    /// <summary>Makes a file or directory the user nobody's.</summary>
    public static void Give(string path)
    {
        using var process = Process.Start("/bin/chown", [Nobody, path]);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"chown ended with {process.ExitCode}");
    }

    /// <summary>A process of user nobody that opens connections and holds on to them; it writes a line when it has them.</summary>
    public static Process Connect(int port, int connections)
    {
        var script = $"ulimit -n 4096; for i in $(seq {connections}); do exec {{fd}}<>/dev/tcp/127.0.0.1/{port} || true; done; echo connected; read -r";
        var start = new ProcessStartInfo("/usr/bin/setpriv") { RedirectStandardOutput = true, RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "bash", "-c", script])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

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
