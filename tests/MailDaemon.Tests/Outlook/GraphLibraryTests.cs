using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Outlook;

/// <summary>What Microsoft's library costs is paid only by who has an Outlook account.</summary>
public sealed class GraphLibraryTests : IDisposable
{
    private readonly TempDirectory data = new();

    [Fact]
    public async Task A_daemon_without_an_outlook_account_does_not_load_it()
    {
        if (!OperatingSystem.IsLinux())
            return; // Elsewhere a process does not tell what it has mapped.
        await using var daemon = await DaemonProcess.StartAsync(data.Path);
        using var http = daemon.NewClient();
        (await http.GetAsync("/api/accounts")).IsSuccessStatusCode.ShouldBeTrue();

        var mapped = await File.ReadAllTextAsync($"/proc/{daemon.Id}/maps");

        mapped.ShouldContain("MailDaemon.Engine.dll");
        mapped.ShouldNotContain("Microsoft.Graph");
        mapped.ShouldNotContain("Microsoft.Kiota");
        mapped.ShouldNotContain("Microsoft.Identity.Client");
    }

    public void Dispose() => data.Dispose();
}
