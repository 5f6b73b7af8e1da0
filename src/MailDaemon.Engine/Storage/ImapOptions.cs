using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Imap</c>; it holds for SMTP too.</summary>
public sealed class ImapOptions
{
    /// <summary>A PEM file of more authorities or server certificates to trust; null for none.</summary>
    [CertificateFile]
    public string? TrustedCertificates { get; init; }

    /// <summary>Whether mail servers may be at loopback and private addresses.</summary>
    public bool AllowPrivateHosts { get; init; }

    /// <summary>Seconds in which a server has to be connected to, and to have greeted. 1–300.</summary>
    [Range(1, 300)]
    public int ConnectSeconds { get; init; } = 15;

    /// <summary>Seconds that a server may be silent while it owes an answer, or may take none of what is sent. 1–600.</summary>
    [Range(1, 600)]
    public int ReplySeconds { get; init; } = 60;
}
