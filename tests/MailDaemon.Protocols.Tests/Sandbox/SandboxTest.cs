using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Imap;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Smtp;

namespace MailDaemon.Protocols.Tests.Sandbox;

/// <summary>Servers of its own for each test; the class is abstract because it holds no tests.</summary>
public abstract class SandboxTest : IAsyncDisposable
{
    private SandboxServers? servers;

    internal ManualClock Clock { get; } = new();

    internal SandboxServers Servers => servers!;

    internal MailUser Lina => Servers.World.FindUser("lina@sandbox.test")!;

    public async ValueTask DisposeAsync()
    {
        if (servers is not null)
        {
            await servers.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Starts without sample mail, unless it is asked for.</summary>
    internal async Task StartAsync(ImapServerOptions? imap = null, SmtpServerOptions? smtp = null, bool seed = false) =>
        servers = await SandboxServers.StartAsync(
            new SandboxOptions { Seed = seed, Imap = imap ?? new(), Smtp = smtp ?? new() }, Clock, CancellationToken.None);

    /// <summary>Puts a small message into a folder of Lina's.</summary>
    internal uint Put(string subject, string folder = "INBOX", params string[] flags) =>
        Lina.Find(folder)!.Append(System.Text.Encoding.UTF8.GetBytes($"From: a@b.test\r\nSubject: {subject}\r\n\r\nBody of {subject}\r\n"), flags).Uid;
}
