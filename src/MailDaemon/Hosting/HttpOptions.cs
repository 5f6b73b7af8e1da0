using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Hosting;

/// <summary>The settings section <c>Http</c>.</summary>
public sealed class HttpOptions
{
    /// <summary>The port on loopback; 0 takes any free one.</summary>
    [Range(0, 65_535)]
    public int Port { get; init; } = 62_000;

    /// <summary>Where <c>server.crt</c> and <c>server.key</c> are; null means <c>certs</c> of the repository or beside the executable, else in the data directory.</summary>
    public string? CertificateDirectory { get; init; }

    /// <summary>What to listen on instead of 127.0.0.1 and <see cref="Port"/>: loopback https addresses, separated by semicolons.</summary>
    public string? Urls { get; init; }
}
