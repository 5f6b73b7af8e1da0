using System.Globalization;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// Whatever happens in whatever order, cache and server agree in the end. <c>MAILDAEMON_RANDOM_SEED</c> adds a history of its own,
/// <c>MAILDAEMON_RANDOM_STEPS</c> makes it longer; <c>scripts/crash.sh sync</c> sets both. <c>MAILDAEMON_RANDOM_WITHOUT</c> names
/// capabilities that the server does not announce to it.
/// </summary>
public sealed class RandomHistoryTests
{
    private const int Steps = 300;

    /// <summary>The server writes down what became of each mail, for whoever reads that a test failed.</summary>
    private const string MailLog = """
        protocol imap {
          mail_plugins = $mail_plugins notify mail_log
        }
        plugin {
          mail_log_events = delete undelete expunge save copy mailbox_delete mailbox_rename
          mail_log_fields = uid box msgid
        }
        """;

    public static TheoryData<int, int> Histories()
    {
        var histories = new TheoryData<int, int>();
        var steps = Number("MAILDAEMON_RANDOM_STEPS");
        if (Number("MAILDAEMON_RANDOM_SEED") is { } seed)
            histories.Add(seed, steps ?? Steps);
        if (steps is null)
            histories.Add(20260105, Steps);
        return histories;
    }

    [PeerTheory]
    [MemberData(nameof(Histories))]
    public async Task Whatever_happens_the_cache_is_what_the_server_has_and_rules_are_to_run_once(int seed, int steps) =>
        await RunAsync(Without(Environment.GetEnvironmentVariable("MAILDAEMON_RANDOM_WITHOUT") ?? ""), seed, steps);

    [PeerTheory]
    [InlineData("QRESYNC", 11)]
    [InlineData("QRESYNC CONDSTORE ENABLE", 12)]
    public async Task Older_servers_are_followed_through_everything_too(string without, int seed) =>
        await RunAsync(Without(without), seed, 100);

    private static DovecotOptions Without(string capabilities) =>
        new() { WithoutCapabilities = capabilities.Split(' ', StringSplitOptions.RemoveEmptyEntries) };

    private static async Task RunAsync(DovecotOptions options, int seed, int steps)
    {
        await using var dovecot = await DovecotServer.StartAsync(options with { ExtraConfig = MailLog });
        await using var directory = new TempDirectory();
        await using var history = new RandomHistory(dovecot, dovecot.AddUser("random"), directory.Path, seed);
        await history.RunAsync(steps);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
