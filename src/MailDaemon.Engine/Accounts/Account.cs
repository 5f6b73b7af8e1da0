using System.Net;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Accounts;

/// <summary>A mail account as it is configured. Passwords and tokens are not part of it: see <see cref="SecretVault"/>.</summary>
public sealed record Account
{
    public required AccountKey Key { get; init; }

    /// <summary>The address as its owner typed it.</summary>
    public required string Email { get; init; }

    public string DisplayName { get; init; } = "";

    /// <summary>The name to sign in with; null means the address, or what the preset says.</summary>
    public string? Username { get; init; }

    /// <summary>Null for providers that are not reached by IMAP.</summary>
    public ServerAddress? Imap { get; init; }

    /// <summary>Null when mail can only be received.</summary>
    public ServerAddress? Smtp { get; init; }

    public SmtpStatus SmtpStatus { get; init; }

    public AccountSettings Settings { get; init; } = new();

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The preset that the servers came from; null when they were given by hand.</summary>
    public string? PresetId { get; init; }

    /// <summary>What is known of the service; null when nothing is.</summary>
    public ServerPreset? Preset => PresetId is null ? null : Presets.Find(PresetId);
}

/// <summary>Whether mail can be sent.</summary>
public enum SmtpStatus
{
    /// <summary>There is no SMTP server, or the provider sends by its own API.</summary>
    None,

    Verified,

    /// <summary>The server did not accept us: receive only.</summary>
    Unverified,
}

/// <summary>How a connection to a mail server is protected.</summary>
public enum ServerSecurity
{
    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>Clear text until STARTTLS, which is required.</summary>
    StartTls,

    /// <summary>Clear text; for loopback only.</summary>
    None,
}

/// <summary>A mail server's host (a DNS name or an IP address), port and protection.</summary>
public sealed record ServerAddress
{
    /// <exception cref="MailException"><c>invalid_server</c>.</exception>
    public ServerAddress(string host, int port, ServerSecurity security)
    {
        Host = host.Trim().TrimEnd('.').ToLowerInvariant();
        if (!IPAddress.TryParse(Host, out _) && (Host.Length > 253 || Uri.CheckHostName(Host) != UriHostNameType.Dns))
            throw MailException.InvalidInput("invalid_server", "The host must be a DNS name or an IP address.");
        if (port is < 1 or > 65535)
            throw MailException.InvalidInput("invalid_server", $"The port of {Host} must be from 1 to 65535.");
        Port = port;
        Security = security;
    }

    public string Host { get; }

    public int Port { get; }

    public ServerSecurity Security { get; }

    public override string ToString() => $"{Host}:{Port} ({Security})";
}
