using MailDaemon.Api;
using MailDaemon.Engine;
using MailDaemon.Events;
using MailDaemon.Hosting;
using Microsoft.AspNetCore.DataProtection;

namespace MailDaemon;

/// <summary>The composition root: what the daemon is made of, and what a request meets in which order.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => Launcher.RunAsync(args, RunAsync);

    private static async Task RunAsync(CommandLine line)
    {
        var settings = Settings.Load(line, Environment.GetEnvironmentVariables());
        using var data = DataDirectory.Open(settings.DataDirectory, settings.IsTemporary);
        if (settings.IsSandbox)
            SandboxDirectory.Claim(data.Path);
        using var deadline = new StopDeadline();
        await using var sandbox = await SandboxHost.StartAsync(settings, CancellationToken.None);
        await using var app = Build(sandbox?.Settings ?? settings, data);
        if (sandbox is not null)
            await sandbox.RemoveOldAccountsAsync(app.Services, CancellationToken.None);
        deadline.Watch(app);
        await app.StartAsync();
        if (sandbox is not null)
            await sandbox.AddAccountsAsync(app.Services, CancellationToken.None);
        var urls = app.Services.GetRequiredService<LoopbackSockets>().Urls;
        foreach (var url in urls)
            Console.WriteLine($"listening on {url}");
        Console.WriteLine($"Swagger page at {urls[0]}{Swagger.PagePath}");
        await StopDeadline.WaitAsync(app);
    }

    /// <summary>Puts the daemon together; <paramref name="configure"/> is for tests.</summary>
    internal static WebApplication Build(Settings settings, DataDirectory data, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(settings.Configuration);
        builder.Logging.AddDaemonLog(settings.Configuration, data.Path);
        builder.WebHost.UseLoopbackTls(settings);
        AddServices(builder.Services, settings, data);
        configure?.Invoke(builder);

        var app = builder.Build();
        Startup.Report(app, data);
        Startup.Check(app, settings, data);
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<Guard>();
        app.UseMiddleware<ErrorReply>();
        app.UseMiddleware<RequestCutoff>();
        app.UseRoutingWithHead();
        app.MapApiDocument();
        app.UseUnknownRoute();
        app.UseUnreadInputCheck();
        app.MapApi();
        app.MapStatusPage();
        return app;
    }

    private static void AddServices(IServiceCollection services, Settings settings, DataDirectory data)
    {
        foreach (var section in SettingsSection.All)
            section.Register(services, settings.Configuration);

        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopDeadline.ForHost);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<PeerOwner>();
        services.AddSingleton(new ApiToken(data.Path));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<Certificates>(
            s, Certificates.DirectoryFor(settings.Http.CertificateDirectory, AppContext.BaseDirectory, data.Path)));
        services.AddSecretCipher(data.Path);
        services.AddSingleton(s => new Engine.Net.LoopbackPeers(s.GetRequiredService<PeerOwner>().IsOurs));
        services.AddMailEngine(data.Path);
        services.AddSingleton<EventStreams>();
        services.AddSingleton<RequestCutoff>();
        services.AddSingleton<BrowserLauncher>();
        services.AddSingleton<BodyBudget>();
        services.AddSingleton<Sending.SentReply>();
        services.AddSingleton<RequestHashKey>();
        services.AddSingleton<IdempotentReplies>();
        services.AddRouting();
        services.ConfigureHttpJsonOptions(ApiJson.Configure);
        services.AddApiDocument(settings.Guard.RequireToken);
    }
}
