using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox.Okki;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Okki;

/// <summary>All that works for the CRM, on a CRM that stands in, by a clock that is moved by hand.</summary>
internal sealed class OkkiFixture : IAsyncDisposable
{
    private readonly TempDirectory directory = new();
    private readonly DataPaths paths;
    private readonly SqliteFile store;
    private readonly OkkiHttp http;
    private readonly OkkiPace pace;
    private readonly SearchHttp searchHttp;

    public OkkiFixture(Func<OkkiOptions, OkkiOptions>? change = null)
    {
        Server = new OkkiServer(Clock);
        paths = new DataPaths(directory.Path);
        store = StoreSchema.Open(paths);
        var options = new OkkiOptions { Enabled = true, DryRun = false, BaseUrl = Server.Url, ClientId = OkkiServer.ClientId, ClientSecret = OkkiServer.ClientSecret, RequestsPerSecond = 1000 };
        Settings = new OkkiSettings(Options.Create(change?.Invoke(options) ?? options), store, new SecretVault(paths, new PlainCipher()));
        pace = new OkkiPace(TimeProvider.System);
        var outgoing = new OutgoingHttp(Options.Create(new OutgoingOptions()));
        http = new OkkiHttp(Settings, pace, outgoing, Clock);
        Crms = new Crms(Settings, http, new OkkiCommand(Settings, pace));
        searchHttp = new SearchHttp(outgoing, Clock);
        Pins = new PinStore(store, Clock);
        Customers = new CustomerStore(paths);
        var searches = new CustomerSearches(Settings, new LexicalSearch(Customers, Clock), new EmbeddingSearch(Customers, Settings, searchHttp), new HttpCustomerSearch(Settings, searchHttp));
        Matcher = new CustomerMatcher(Pins, Customers, Crms, searches, Settings);
        Mirror = new CustomerMirror(Customers, Crms, Settings, Clock, NullLogger<CustomerMirror>.Instance);
        Store = new TrailStore(store, Clock);
        Rests = new EndpointRests(Clock);
        Trails = new Trails(Store, Matcher, Crms, Settings, Rests, new UnmatchedLog(paths), new EventHub(Clock), Clock, NullLogger<Trails>.Instance);
    }

    public ManualClock Clock { get; } = new();

    public OkkiServer Server { get; }

    public OkkiSettings Settings { get; }

    public Crms Crms { get; }

    public PinStore Pins { get; }

    public CustomerStore Customers { get; }

    public CustomerMatcher Matcher { get; }

    public CustomerMirror Mirror { get; }

    public TrailStore Store { get; }

    public EndpointRests Rests { get; }

    public Trails Trails { get; }

    public string DataDirectory => directory.Path;

    public static TrailSource Mail(string from, string subject = "Inquiry", string text = "Please quote.", string name = "") => new()
    {
        Counterparties = [new EmailAddress(name, from)],
        Mail = new MailTrail { Subject = subject, Text = text, From = new EmailAddress(name, from), To = [new EmailAddress("", "lina@sandbox.test")], Date = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) },
    };

    public async Task<Trail> CreateAsync(string uid, TrailSource source) => (await Trails.CreateAsync(Trail.Email, uid, source, null, CancellationToken.None)).Trail;

    public Task<CustomerMatch?> MatchAsync(string address, string name = "", string subject = "", string text = "") =>
        Matcher.MatchAsync([new EmailAddress(name, address)], subject, text, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Mirror.DisposeAsync();
        http.Dispose();
        pace.Dispose();
        searchHttp.Dispose();
        Customers.Dispose();
        store.Dispose();
        await Server.DisposeAsync();
        directory.Dispose();
    }

    private sealed class PlainCipher : ISecretCipher
    {
        public byte[] Protect(string purpose, byte[] plain) => [.. plain];

        public bool TryUnprotect(string purpose, byte[] cipher, out byte[] plain)
        {
            plain = [.. cipher];
            return true;
        }
    }
}
