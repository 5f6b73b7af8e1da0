namespace MailDaemon.Engine.Providers.OAuth;

/// <summary>Which address of this machine a provider sends the browser back to (RFC 8252 §7.3); the port is free to choose.</summary>
/// <param name="Host">As the browser has to name it.</param>
/// <param name="Path">As it stands in the redirect URI; empty for none.</param>
/// <param name="IsName">Whether the browser may find the host at ::1 too.</param>
internal sealed record RedirectForm(string Host, string Path, bool IsName)
{
    /// <summary>The address itself, as RFC 8252 §8.3 recommends; for Google.</summary>
    public static RedirectForm Address { get; } = new("127.0.0.1", "/authorize/", IsName: false);

    /// <summary>
    /// For Microsoft, which takes any port for a registered <c>http://localhost</c>, but no other path, and 127.0.0.1 only where that is registered
    /// ("Redirect URI (reply URL) best practices and limitations", "Localhost exceptions").
    /// </summary>
    public static RedirectForm Localhost { get; } = new("localhost", "", IsName: true);

    /// <summary>The path that a browser asks for.</summary>
    public string RequestPath => Path.Length == 0 ? "/" : Path;
}
