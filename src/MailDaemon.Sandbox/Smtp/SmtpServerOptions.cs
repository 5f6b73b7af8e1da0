using System.Collections.Immutable;

namespace MailDaemon.Sandbox.Smtp;

/// <summary>How the SMTP server behaves when nothing is made to fail.</summary>
public sealed record SmtpServerOptions
{
    /// <summary>Every extension the server knows, STARTTLS aside.</summary>
    public static ImmutableSortedSet<string> AllExtensions { get; } = ImmutableSortedSet.Create(
        StringComparer.OrdinalIgnoreCase, "8BITMIME", "AUTH LOGIN", "AUTH PLAIN", "ENHANCEDSTATUSCODES", "PIPELINING", "SIZE", "SMTPUTF8");

    /// <summary>The extensions that are offered and obeyed. Default: all.</summary>
    public ImmutableSortedSet<string> Extensions { get; init; } = AllExtensions;

    /// <summary>The largest message in bytes. Default 50 MB.</summary>
    public int MaxMessageBytes { get; init; } = 50 * 1024 * 1024;

    /// <summary>Connections at a time on each port; more are closed at once. Default 200.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>Recipients of one message. Default 100 (RFC 5321 §4.5.3.1.8).</summary>
    public int MaxRecipients { get; init; } = 100;

    /// <summary>After this much silence a client is sent away. Default 5 minutes (RFC 5321 §4.5.3.2.7).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether an address in a domain of the sandbox that nobody has is refused. Default true; else it is accepted and only recorded.</summary>
    public bool RefuseUnknownRecipients { get; init; } = true;

    /// <summary>Whether what a user sends is put into the user's Sent folder, as Gmail and Office 365 do. Default false.</summary>
    public bool FilesSentMail { get; init; }

    /// <summary>The same options without some extensions.</summary>
    public SmtpServerOptions Without(params IEnumerable<string> names) => this with { Extensions = Extensions.Except(names) };

    internal bool Offers(string extension) => Extensions.Contains(extension);
}
