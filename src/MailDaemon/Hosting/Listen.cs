using System.Net;

namespace MailDaemon.Hosting;

/// <summary>Where the daemon listens: loopback and https, nothing else.</summary>
internal static class Listen
{
    /// <exception cref="SettingsException">An address is not loopback, not https, or not an address.</exception>
    public static IReadOnlyList<IPEndPoint> On(HttpOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Urls))
            return [new IPEndPoint(IPAddress.Loopback, options.Port)];

        var endpoints = options.Urls
            .Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany(Parse)
            .Distinct()
            .ToList();
        return endpoints.Count > 0 ? endpoints : throw new SettingsException("Http:Urls (--urls) names no address");
    }

    private static IEnumerable<IPEndPoint> Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            throw new SettingsException($"Http:Urls (--urls): {url} is not an address like https://127.0.0.1:62000");
        if (uri.Scheme != "https")
            throw new SettingsException($"Http:Urls (--urls): {url} is not https; mail and passwords are never sent in clear text");
        if (uri.PathAndQuery != "/" || uri.UserInfo.Length > 0)
            throw new SettingsException($"Http:Urls (--urls): {url} has more than a host and a port");

        return uri.Host switch
        {
            "localhost" => [new IPEndPoint(IPAddress.Loopback, uri.Port), new IPEndPoint(IPAddress.IPv6Loopback, uri.Port)],
            "127.0.0.1" => [new IPEndPoint(IPAddress.Loopback, uri.Port)],
            "[::1]" => [new IPEndPoint(IPAddress.IPv6Loopback, uri.Port)],
            _ => throw new SettingsException($"Http:Urls (--urls): {url} is not loopback; the daemon has no login and listens on 127.0.0.1 and ::1 only"),
        };
    }
}
