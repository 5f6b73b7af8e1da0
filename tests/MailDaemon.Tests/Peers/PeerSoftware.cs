using System.Diagnostics;

namespace MailDaemon.Tests.Peers;

/// <summary>Programs of other people that the tests talk to.</summary>
public enum Peer
{
    /// <summary>Dovecot 2.3 with IMAP; runs as root or as an ordinary user.</summary>
    Dovecot,

    /// <summary>Postfix; needs root, since its processes drop to their own users.</summary>
    Postfix,

    Curl,

    Chromium,
}

/// <summary>Finds the peers on this machine, and says in one line what is missing.</summary>
public static class PeerSoftware
{
    private static readonly Lazy<string?> DovecotVersion = new(ReadDovecotVersion);

    /// <summary>Where the program lies, or null.</summary>
    public static string? Find(Peer peer) => peer switch
    {
        Peer.Dovecot => FindProgram("dovecot"),
        Peer.Postfix => FindProgram("postfix") is null ? null : FindFile("/usr/lib/postfix/sbin/master", "/usr/libexec/postfix/master"),
        Peer.Curl => FindProgram("curl"),
        _ => FindProgram("chromium") ?? FindProgram("chromium-browser") ?? FindProgram("google-chrome"),
    };

    /// <summary>Where the program lies.</summary>
    /// <exception cref="InvalidOperationException">It is not here; such a test should have been skipped.</exception>
    public static string Require(Peer peer) => Find(peer) ?? throw new InvalidOperationException(Missing(peer));

    /// <summary>Null when all are usable, else the reason to skip.</summary>
    public static string? Missing(params Peer[] peers) => peers.Select(Missing).FirstOrDefault(reason => reason is not null);

    private static string? Missing(Peer peer) => peer switch
    {
        _ when OperatingSystem.IsWindows() => "the test peers run on Linux",
        Peer.Dovecot when Find(peer) is null || FindFile("/usr/lib/dovecot/imap", "/usr/libexec/dovecot/imap") is null =>
            "no Dovecot here (apt-get install dovecot-imapd)",
        Peer.Dovecot when DovecotVersion.Value?.StartsWith("2.3.", StringComparison.Ordinal) != true =>
            $"the tests configure Dovecot 2.3, here is {DovecotVersion.Value ?? "one that does not start"}",
        Peer.Postfix when Find(peer) is null => "no Postfix here (apt-get install postfix)",
        Peer.Postfix when !Environment.IsPrivilegedProcess => "Postfix needs root",
        Peer.Curl when Find(peer) is null => "no curl here (apt-get install curl)",
        Peer.Chromium when Find(peer) is null => "no Chromium here (apt-get install chromium)",
        _ => null,
    };

    internal static string? FindProgram(string name)
    {
        string[] system = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return path.Concat(system).Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
    }

    private static string? FindFile(params string[] candidates) => Array.Find(candidates, File.Exists);

    private static string? ReadDovecotVersion()
    {
        var start = new ProcessStartInfo(Require(Peer.Dovecot), "--version") { UseShellExecute = false, RedirectStandardOutput = true };
        using var process = Process.Start(start);
        var text = process?.StandardOutput.ReadToEnd().Trim();
        return string.IsNullOrEmpty(text) ? null : text;
    }
}
