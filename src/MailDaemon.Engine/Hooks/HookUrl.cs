using System.Net;
using MailDaemon.Engine.Net;

namespace MailDaemon.Engine.Hooks;

/// <summary>Where hooks may go: over TLS anywhere, in clear text to this machine only.</summary>
public static class HookUrl
{
    /// <summary>What is wrong with a URL; null when nothing is.</summary>
    public static string? Problem(string url)
    {
        if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))
            return "takes a URL that begins with https://, or with http:// for this machine";
        if (uri.UserInfo.Length > 0)
            return "takes a URL without a password: requests are signed instead";

        // A Uri takes the name loopback for localhost, and says nothing of it.
        if (uri.IdnHost == "localhost" && !url.Trim()[(uri.Scheme.Length + 3)..].StartsWith("localhost", StringComparison.OrdinalIgnoreCase))
            return "takes localhost or 127.0.0.1 for this machine, and no other name";
        if (IPAddress.TryParse(uri.IdnHost, out var address) && !AddressPolicy.Allows(address, allowPrivate: true))
            return "takes no link-local, metadata or multicast address";
        return uri.Scheme == "http" && !AddressPolicy.IsThisMachine(uri.IdnHost) ? "takes clear text (http) for this machine only, named localhost or 127.0.0.1; use https" : null;
    }
}
