using System.Diagnostics;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Providers.Gmail.SignIn;
using MailDaemon.Engine.Providers.Imap;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Providers.Outlook.SignIn;
using MailDaemon.Engine.Rules;
using MailDaemon.Engine.Storage;
using MailDaemon.Engine.Sync;
using MailDaemon.Protocols.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quartz;

namespace MailDaemon.Engine;

/// <summary>What the engine is made of, from the ground up.</summary>
public static class EngineServices
{
    /// <summary>
    /// Registers the engine over a data directory. The host adds <see cref="ISecretCipher"/>, <see cref="TimeProvider"/>, logging and the
    /// options <see cref="ImapOptions"/>, <see cref="SyncOptions"/> and <see cref="CacheOptions"/>; and <see cref="LoopbackPeers"/>, before this, where
    /// the machine has other users.
    /// </summary>
    public static IServiceCollection AddMailEngine(this IServiceCollection services, string dataDirectory)
    {
        services.AddSingleton(new DataPaths(dataDirectory));
        services.AddSingleton(s => StoreSchema.Open(s.GetRequiredService<DataPaths>()));
        services.AddSingleton<EventHub>();
        services.AddSingleton<AllowedFiles>();
        services.AddSingleton<AccountStore>();
        services.AddSingleton<SecretVault>();

        services.AddSingleton(s => new MailCaches(
            s.GetRequiredService<DataPaths>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<EventHub>(), s.GetRequiredService<IOptions<CacheOptions>>().Value.IndexJsonItems, s.GetRequiredService<AccountStore>()));
        services.AddSingleton<AttachmentCache>();

        services.AddSingleton<DnsResolver>();
        services.AddSingleton<ServerDiscovery>();
        services.AddSingleton<ImapConnector>();
        services.AddSingleton<ImapAccountSetup>();
        services.AddSingleton<MailProviders>();
        services.AddSingleton<OutgoingHttp>();
        services.AddSingleton<GoogleAuthorization>();
        services.AddSingleton<MicrosoftAuthorization>();
        services.AddSingleton<MailboxNames>();
        services.AddSingleton(s => new TokenSources(
            s.GetRequiredService<SecretVault>(),
            s.GetRequiredService<GoogleAuthorization>(),
            s.GetRequiredService<MicrosoftAuthorization>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILoggerFactory>()));
        services.TryAddSingleton(LoopbackPeers.All);
        services.AddSingleton<SignIns>();
        services.AddSingleton<GoogleSignIn>();
        services.AddSingleton<MicrosoftSignIn>();
        services.AddSingleton(s => new MailboxSignIns(
            s.GetRequiredService<SignIns>(), s.GetRequiredService<TokenSources>(), s.GetRequiredService<GoogleSignIn>(), s.GetRequiredService<MicrosoftSignIn>()));

        services.AddSingleton<MessageLookup>();
        services.AddSingleton<LabelStore>();
        services.AddSingleton<LabelView>();
        services.AddSingleton<RemoteSearch>();
        services.AddSingleton<MailSearch>();
        services.AddSingleton<ContentRepair>();
        services.AddSingleton<MailReading>();
        services.AddSingleton<MailLabels>();
        services.AddSingleton<ChangeStore>();
        services.AddSingleton<MessageChanges>();
        services.AddSingleton<ChangeQueue>();
        services.AddSingleton<MessageActions>();
        services.AddSingleton<GmailLabels>();
        services.AddSingleton<OutlookCategories>();
        services.AddSingleton<FolderActions>();
        services.AddSingleton<AttachmentReader>();
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<SentCopy>();
        services.AddSingleton<OutboxFollowUp>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<ReplyStore>();
        services.AddSingleton<OfflineQueue>();
        services.AddSingleton<Originals>();
        services.AddSingleton<MailComposer>();
        services.AddSingleton(s => new Sending(
            s.GetRequiredService<Outbox>(),
            s.GetRequiredService<MailComposer>(),
            s.GetRequiredService<Originals>(),
            s.GetRequiredService<MailTrails>(),
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new Drafts(
            s.GetRequiredService<MailProviders>(),
            s.GetRequiredService<MessageLookup>(),
            s.GetRequiredService<MessageActions>(),
            s.GetRequiredService<OutboxStore>(),
            s.GetRequiredService<MailComposer>(),
            s.GetRequiredService<Originals>(),
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AttachmentSaver>();

        services.AddSingleton<HookSecret>();
        services.AddSingleton<HookSender>();
        services.AddSingleton<EndpointRests>();
        services.AddSingleton<HookStore>();
        services.AddSingleton<OutgoingList>();
        services.AddSingleton<AgentTaskStore>();
        services.AddSingleton<AgentPush>();
        services.AddSingleton<RuleStore>();
        services.AddSingleton<RuleLedger>();
        services.AddSingleton<AutomaticMailLimits>();
        services.AddSingleton<AgentMail>();
        services.AddSingleton<RuleActions>();
        services.AddSingleton<RuleRunner>();
        services.AddSingleton<RuleEffects>();
        services.AddSingleton(s => new MailRules(
            s.GetRequiredService<RuleStore>(),
            s.GetRequiredService<RuleLedger>(),
            s.GetRequiredService<RuleRunner>(),
            s.GetRequiredService<RuleEffects>(),
            s.GetRequiredService<AgentTaskStore>(),
            s.GetRequiredService<AutomaticMailLimits>(),
            s.GetRequiredService<AccountStore>(),
            s.GetRequiredService<MailCaches>(),
            s.GetRequiredService<LabelStore>(),
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new AgentWork(
            s.GetRequiredService<AgentTaskStore>(),
            s.GetRequiredService<RuleStore>(),
            s.GetRequiredService<RuleActions>(),
            s.GetRequiredService<AgentMail>(),
            s.GetRequiredService<AutomaticMailLimits>(),
            s.GetRequiredService<MessageLookup>(),
            s.GetRequiredService<Sending>(),
            s.GetRequiredService<Drafts>(),
            s.GetRequiredService<ILogger<AgentWork>>()));

        services.AddSingleton<OkkiSettings>();
        services.AddSingleton<OkkiPace>();
        services.AddSingleton<OkkiHttp>();
        services.AddSingleton<OkkiCommand>();
        services.AddSingleton<Crms>();
        services.AddSingleton<PinStore>();
        services.AddSingleton<TrailStore>();
        services.AddSingleton<CustomerStore>();
        services.AddSingleton<UnmatchedLog>();
        services.AddSingleton<SearchHttp>();
        services.AddSingleton<LexicalSearch>();
        services.AddSingleton<EmbeddingSearch>();
        services.AddSingleton<HttpCustomerSearch>();
        services.AddSingleton<CustomerSearches>();
        services.AddSingleton(s => new CustomerMirror(
            s.GetRequiredService<CustomerStore>(),
            s.GetRequiredService<Crms>(),
            s.GetRequiredService<OkkiSettings>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<CustomerMirror>>()));
        services.AddSingleton(s => new CustomerMatcher(
            s.GetRequiredService<PinStore>(),
            s.GetRequiredService<CustomerStore>(),
            s.GetRequiredService<Crms>(),
            s.GetRequiredService<CustomerSearches>(),
            s.GetRequiredService<OkkiSettings>()));
        services.AddSingleton(s => new Trails(
            s.GetRequiredService<TrailStore>(),
            s.GetRequiredService<CustomerMatcher>(),
            s.GetRequiredService<Crms>(),
            s.GetRequiredService<OkkiSettings>(),
            s.GetRequiredService<EndpointRests>(),
            s.GetRequiredService<UnmatchedLog>(),
            s.GetRequiredService<EventHub>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<Trails>>()));
        services.AddSingleton(s => new CustomerDirectory(s.GetRequiredService<CustomerStore>(), s.GetRequiredService<Crms>(), s.GetRequiredService<OkkiSettings>()));
        services.AddSingleton<MailTrails>();
        services.AddSingleton<TrailBackfill>();

        services.AddQuartz();
        services.AddSingleton<AccountSync>();
        services.AddSingleton<SyncPasses>();
        services.AddSingleton<SyncTimers>();
        services.AddSingleton<SyncSupervisor>();
        services.AddSingleton<SyncRequests>();
        services.AddSingleton<SyncVerify>();
        services.AddSingleton<AccountOverview>();
        services.AddSingleton<AccountBelongings>();
        services.AddSingleton<AccountLifecycle>();
        services.AddSingleton(new DaemonStart(Stopwatch.GetTimestamp()));
        services.AddSingleton<DaemonHealth>();
        services.AddHostedService(s => s.GetRequiredService<SyncSupervisor>());
        services.AddHostedService<CacheTending>();
        services.AddHostedService<SearchIndexing>();
        services.AddHostedService<OutboxRunner>();
        services.AddHostedService<RuleRunning>();
        services.AddHostedService<HookRunning>();
        services.AddHostedService<OkkiRunning>();
        return services;
    }
}
