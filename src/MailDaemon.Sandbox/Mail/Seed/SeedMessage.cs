using MailDaemon.Protocols.Mime;

namespace MailDaemon.Sandbox.Mail.Seed;

/// <summary>One message of the sample mailbox as it is written down in the files beside this one.</summary>
internal sealed record SeedMessage
{
    /// <summary>Unique; becomes the left side of the Message-ID.</summary>
    public required string Id { get; init; }

    public string Folder { get; init; } = "INBOX";

    public required Mailbox From { get; init; }

    public required IReadOnlyList<Mailbox> To { get; init; }

    public IReadOnlyList<Mailbox> Cc { get; init; } = [];

    public required string Subject { get; init; }

    /// <summary>How long before the start of the sandbox it was sent, in days.</summary>
    public required double DaysAgo { get; init; }

    /// <summary>The sender's time zone, in hours.</summary>
    public double Zone { get; init; } = 8;

    public string? Text { get; init; }

    public string? Html { get; init; }

    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The <see cref="Id"/> of the message this one answers.</summary>
    public string? Answers { get; init; }

    public IReadOnlyList<MimeAttachment> Attachments { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
