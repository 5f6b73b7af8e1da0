using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Providers.Gmail;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Gmail;

/// <summary>A first pass that is longer than the quota of a minute, by a clock that the sandbox's Gmail goes by, too.</summary>
public sealed class GmailRateTests
{
    private const int Messages = 600;
    private const int UnitsPerMinute = 6_000;

    private readonly ManualClock clock = new();
    private readonly Dictionary<string, KnownMessage> cached = new(StringComparer.Ordinal);
    private readonly List<(IReadOnlyList<string> Ids, long Units)> pages = [];

    [Fact]
    public async Task No_request_of_a_first_pass_is_refused_for_the_rate_and_the_newest_mail_comes_first()
    {
        var options = new GmailServerOptions { Seed = false, UnitsPerMinute = UnitsPerMinute, AccessTokenLifetime = TimeSpan.FromDays(1), ContractPath = Sandboxes.Gmail.DiscoveryDocument.Path };
        await using var servers = await SandboxServers.StartAsync(new SandboxOptions { Seed = false, Gmail = options }, clock, CancellationToken.None);
        var gmail = servers.Gmail;
        gmail.First.Fill(Messages);
        var email = gmail.Users[0].Address;
        var tokens = new OneToken(gmail.AccessToken(email));
        var client = new GmailClient(new GmailOptions { ApiBaseUrl = gmail.Url, UnitsPerMinute = UnitsPerMinute }, tokens, new OutgoingHttp(Options.Create(new OutgoingOptions())).NewHandler(), clock);
        await using var provider = new GmailProvider(new Account { Key = new AccountKey(ProviderKind.Gmail, email), Email = email, CreatedAt = clock.GetUtcNow() }, client, imap: null, clock);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var began = clock.GetUtcNow();

        var pass = ReadAsync(provider, client, limit.Token);
        while (!pass.IsCompleted)
        {
            // Time stands still while anything that was paid for is under way.
            if (gmail.Requests.Where(r => r.Status == 200).Sum(r => r.Units) == client.Spending.Units)
                clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            gmail.Requests.ShouldAllBe(r => r.Status == 200);
        }

        await pass;
        cached.Keys.ShouldBe(gmail.First.Messages.Select(m => m.Id), ignoreOrder: true);
        client.Spending.Units.ShouldBeGreaterThan(2 * UnitsPerMinute);
        client.Spending.UnitsPerMinute.ShouldBe(UnitsPerMinute);
        (clock.GetUtcNow() - began).ShouldBeGreaterThan(TimeSpan.FromMinutes(1.8));
        var newest = gmail.First.Messages.Select(m => m.Id).ToList();
        pages[0].Ids.ShouldBe(newest[..pages[0].Ids.Count], ignoreOrder: true);
        pages[0].Ids.Count.ShouldBeInRange(20, 50);
        pages[0].Units.ShouldBeLessThan(1_100);
        gmail.Violations.ShouldBeEmpty();
    }

    /// <summary>Reads all there is, as a pass does, into what stands for the cache.</summary>
    private async Task ReadAsync(GmailProvider provider, GmailClient client, CancellationToken ct)
    {
        var state = await provider.ReadStateAsync(ct);
        var request = new ScopeRequest(state.Scopes.Single(), Cursor: null, Since: null, LastRead: null, Held: 0, (_, _, limit) => [.. cached.Values.Take(limit)])
        {
            HeldIn = _ => 0,
            KnownByIds = ids => ids.Where(cached.ContainsKey).ToDictionary(id => id, id => cached[id], StringComparer.Ordinal),
        };
        await foreach (var delta in provider.ReadChangesAsync([request], ct))
        {
            foreach (var message in delta.Added)
                cached[message.RemoteId] = new KnownMessage(message.RemoteId, message.Flags ?? MessageFlags.None, message.NativeLabels, message.FolderPath);
            if (delta.Added.Count > 0)
                pages.Add(([.. delta.Added.Select(message => message.RemoteId)], client.Spending.Units));
        }
    }

    private sealed class OneToken(string token) : IAccessTokens
    {
        public Task<string> GetAccessTokenAsync(CancellationToken ct) => Task.FromResult(token);

        public Task<string> RefreshAccessTokenAsync(string refused, CancellationToken ct) => Task.FromResult(token);
    }
}
