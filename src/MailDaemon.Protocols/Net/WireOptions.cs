using System.Security.Cryptography.X509Certificates;

namespace MailDaemon.Protocols.Net;

/// <summary>How a connection is protected.</summary>
public enum WireSecurity
{
    /// <summary>TLS from the first byte (RFC 8314).</summary>
    Tls,

    /// <summary>Clear text until STARTTLS, which is required: there is no falling back.</summary>
    StartTls,

    /// <summary>Clear text. For loopback servers only; the caller decides whether it is allowed.</summary>
    None,
}

/// <summary>Where a server is and how to speak to it.</summary>
/// <param name="Host">A DNS name or an IP address; the certificate must be valid for it.</param>
/// <param name="Port">1–65535.</param>
/// <param name="Security">TLS, STARTTLS or none.</param>
public sealed record WireEndpoint(string Host, int Port, WireSecurity Security)
{
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>Limits and trust of a connection.</summary>
public sealed record WireOptions
{
    /// <summary>Extra certificate authorities or leaf certificates that are trusted beside those of the system.</summary>
    public X509Certificate2Collection? TrustedCertificates { get; init; }

    /// <summary>
    /// Decides for every address that a name resolves to whether it may be connected to; null allows all.
    /// IPv4 addresses mapped into IPv6 are shown as IPv4.
    /// </summary>
    public Func<System.Net.IPAddress, bool>? IsAddressAllowed { get; init; }

    /// <summary>Name resolution, TCP connection and TLS handshake together within this time; STARTTLS has it once more, and so has the greeting of an IMAP server. Default 15 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest wait for the next bytes of the peer, or for it to take ours. Default 60 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest line in bytes that is taken into memory. Default 1 MiB.</summary>
    public int MaxLineBytes { get; init; } = 1024 * 1024;

    /// <summary>Receives each line of the dialogue, with literals and secrets left out; null (the default) for none.</summary>
    public Action<WireDirection, string>? Transcript { get; init; }
}

public enum WireDirection
{
    Sent,
    Received,
}
