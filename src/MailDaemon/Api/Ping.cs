using System.ComponentModel;
using System.Reflection;

namespace MailDaemon.Api;

/// <summary>Says that the daemon is there, and which.</summary>
internal static class Ping
{
    [EndpointSummary("Say that the daemon is there")]
    [EndpointDescription("Answers at once and touches nothing; for scripts that wait for the daemon.")]
    [Tags("Daemon")]
    [Fails]
    public static Envelope<Response> Handle() => Envelope.Success(new Response("ok", Version));

    /// <summary>The version of the running program.</summary>
    internal static string Version { get; } =
        typeof(Ping).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public sealed record Response(
        [property: Description("Always ok"), Example("ok")] string Status,
        [property: Description("The version of the daemon"), Example("0.1.0")] string Version);
}
