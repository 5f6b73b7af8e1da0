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
        using var data = DataDirectory.Open(settings.DataDirectory);
        await using var sandbox = await SandboxHost.StartAsync(settings, CancellationToken.None);
        await using var app = Build(sandbox?.Settings ?? settings, data);
        if (sandbox is not null)
            await SandboxHost.RemoveOldAccountsAsync(app.Services, CancellationToken.None);
        await app.StartAsync();
        if (sandbox is not null)
            await sandbox.AddAccountAsync(app.Services, CancellationToken.None);
        foreach (var url in app.Urls)
            Console.WriteLine($"listening on {url}");
        Console.WriteLine($"Swagger page at {app.Urls.First()}{Swagger.PagePath}");
        await app.WaitForShutdownAsync();
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
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<Guard>();
        app.UseMiddleware<ErrorReply>();
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

        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(8));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<PeerOwner>();
        services.AddSingleton(new ApiToken(data.Path));
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<Certificates>(
            s, Certificates.DirectoryFor(settings.Http.CertificateDirectory, AppContext.BaseDirectory, data.Path)));
        services.AddSecretCipher(data.Path);
        services.AddMailEngine(data.Path);
        services.AddSingleton<EventStreams>();
        services.AddRouting();
        services.ConfigureHttpJsonOptions(ApiJson.Configure);
        services.AddApiDocument(settings.Guard.RequireToken);
    }
}
