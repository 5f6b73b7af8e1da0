using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Options;

namespace MailDaemon.Hosting;

/// <summary>One section of the settings and the class it becomes.</summary>
internal sealed record SettingsSection(string Name, Type Type, Action<IServiceCollection, IConfiguration> Register)
{
    public static IReadOnlyList<SettingsSection> All { get; } =
    [
        Of<MailOptions>("Mail"),
        Of<HttpOptions>("Http"),
        Of<GuardOptions>("Guard"),
        Of<SyncOptions>("Sync"),
        Of<CacheOptions>("Cache"),
        Of<ImapOptions>("Imap"),
        Of<FilesOptions>("Files"),
        Of<GmailOptions>("Gmail"),
        Of<OutlookOptions>("Outlook"),
        Of<AuthOptions>("Auth"),
        Of<AgentsOptions>("Agents"),
        Of<OutgoingOptions>("Outgoing"),
        Of<AutomaticMailOptions>("AutomaticMail"),
        Of<OkkiOptions>("Okki"),
    ];

    /// <summary>The section of somebody else that may stand beside ours.</summary>
    public const string Logging = "Serilog";

    // Read once: a changed file counts from the next start, so nothing changes under a pass that runs.
    private static SettingsSection Of<T>(string name)
        where T : class, new() =>
        new(name, typeof(T), (services, configuration) => services.AddSingleton(Options.Create(configuration.GetSection(name).Get<T>() ?? new T())));
}
