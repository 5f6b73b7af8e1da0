using System.Globalization;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// Whatever happens to an Outlook mailbox in whatever order, cache and Outlook agree in the end. <c>MAILDAEMON_OUTLOOK_SEED</c> and
/// <c>MAILDAEMON_OUTLOOK_STEPS</c> make another and a longer history; <c>scripts/crash.sh outlook</c> sets both.
/// </summary>
public sealed class OutlookHistoryTests
{
    [Fact]
    public async Task Whatever_happens_the_cache_is_what_outlook_has_and_rules_run_once()
    {
        await using var directory = new TempDirectory();
        var options = new SandboxOptions { Seed = false, Graph = new GraphServerOptions { Seed = false, RequestsPerTenMinutes = null, ContractPath = Sandboxes.Graph.GraphContractDocument.Path } };
        await using var servers = await SandboxServers.StartAsync(options, TimeProvider.System, CancellationToken.None);
        await using var history = new OutlookHistory(servers, directory.Path, Number("MAILDAEMON_OUTLOOK_SEED") ?? 20261201);
        await history.RunAsync(Number("MAILDAEMON_OUTLOOK_STEPS") ?? 60);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
