using System.Diagnostics;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Benchmarks;

/// <summary>mbsync without fsync, over the same transport, into a Maildir of its own: the peer of every pass.</summary>
internal sealed class Mbsync(string directory, MailUser user)
{
    /// <summary>Runs a pass over all folders in a process of its own, as cron would; how long it took.</summary>
    public async Task<TimeSpan> RunAsync(MailTransport server, CancellationToken ct)
    {
        var config = Path.Combine(directory, "mbsyncrc");
        var mail = Directory.CreateDirectory(Path.Combine(directory, "mail")).FullName;
        await File.WriteAllTextAsync(config, Config(server, mail), ct);
        var since = Stopwatch.GetTimestamp();
        await PeerTool.RunAsync(PeerSoftware.FindProgram("mbsync")!, ["-c", config, "-q", "-a"], null, ct);
        return Stopwatch.GetElapsedTime(since);
    }

    /// <summary>How many messages its Maildir holds.</summary>
    public int Count() => Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(path) is "cur" or "new")
        .Sum(path => Directory.EnumerateFiles(path).Count(file => !Path.GetFileName(file).StartsWith('.')));

    // Pull: the daemon's pass does not look for changes on this side either.
    private string Config(MailTransport server, string mail) => $"""
        FSync no
        IMAPAccount bench
        Host {server.Host}
        Port {server.Port}
        User {user.Address}
        Pass {user.Password}
        {(server.Authority is null ? "SSLType None" : $"SSLType IMAPS\nCertificateFile {server.Authority}")}
        AuthMechs LOGIN

        IMAPStore far
        Account bench

        MaildirStore near
        Path {mail}/
        Inbox {mail}/INBOX
        SubFolders Verbatim

        Channel all
        Far :far:
        Near :near:
        Patterns *
        Sync Pull
        Create Near
        Expunge Near
        SyncState *

        """;
}
