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
        return uri.Scheme == "http" && !uri.IsLoopback ? "takes clear text (http) for this machine only; use https" : null;
    }
}
