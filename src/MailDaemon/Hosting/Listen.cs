using System.Net;

namespace MailDaemon.Hosting;

/// <summary>Where the daemon listens: loopback and https, nothing else.</summary>
internal static class Listen
{
    /// <exception cref="SettingsException">An address is not loopback, not https, or not an address.</exception>
    public static IReadOnlyList<ListenAddress> On(HttpOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Urls))
            return Both(options.Port);

        var endpoints = options.Urls
            .Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany(Parse)
            .GroupBy(a => a.EndPoint)
            .Select(g => new ListenAddress(g.Key, g.Any(a => a.IsRequired)))
            .ToList();
        return endpoints.Count > 0 ? endpoints : throw new SettingsException("Http:Urls (--urls) names no address");
    }

    private static ListenAddress[] Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            throw new SettingsException($"Http:Urls (--urls): {url} is not an address like https://127.0.0.1:62000");
        if (uri.Scheme != "https")
            throw new SettingsException($"Http:Urls (--urls): {url} is not https; mail and passwords are never sent in clear text");
        if (uri.PathAndQuery != "/" || uri.UserInfo.Length > 0)
            throw new SettingsException($"Http:Urls (--urls): {url} has more than a host and a port");

        return uri.Host switch
        {
            "localhost" => Both(uri.Port),
            "127.0.0.1" => [new(new IPEndPoint(IPAddress.Loopback, uri.Port), IsRequired: true)],
            "[::1]" => [new(new IPEndPoint(IPAddress.IPv6Loopback, uri.Port), IsRequired: true)],
            _ => throw new SettingsException($"Http:Urls (--urls): {url} is not loopback; the daemon has no login and listens on 127.0.0.1 and ::1 only"),
        };
    }

    // localhost may lead to either: whoever else listened on ::1 would be given what is meant for the daemon.
    private static ListenAddress[] Both(int port) =>
        [new(new IPEndPoint(IPAddress.Loopback, port), IsRequired: true), new(new IPEndPoint(IPAddress.IPv6Loopback, port), IsRequired: false)];
}
