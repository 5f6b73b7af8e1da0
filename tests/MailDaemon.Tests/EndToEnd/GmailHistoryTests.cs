using System.Globalization;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// Whatever happens to a Gmail mailbox in whatever order, cache and Gmail agree in the end. <c>MAILDAEMON_GMAIL_SEED</c> and
/// <c>MAILDAEMON_GMAIL_STEPS</c> make another and a longer history; <c>scripts/crash.sh gmail</c> sets both.
/// </summary>
public sealed class GmailHistoryTests
{
    [Fact]
    public async Task Whatever_happens_the_cache_is_what_gmail_has_and_rules_run_once()
    {
        await using var directory = new TempDirectory();
        var options = new SandboxOptions { Seed = false, Gmail = new GmailServerOptions { Seed = false, ContractPath = Sandboxes.Gmail.DiscoveryDocument.Path } };
        await using var servers = await SandboxServers.StartAsync(options, TimeProvider.System, CancellationToken.None);
        await using var history = new GmailHistory(servers, directory.Path, Number("MAILDAEMON_GMAIL_SEED") ?? 20261201);
        await history.RunAsync(Number("MAILDAEMON_GMAIL_STEPS") ?? 60);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
