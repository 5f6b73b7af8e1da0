namespace MailDaemon.Protocols.Mime;

/// <summary>What a mail server says about a message it was given: bounced, delayed, delivered (RFC 3464 inside RFC 6522).</summary>
public sealed record DeliveryReport
{
    /// <summary>Recipients of one report that are read.</summary>
    private const int MaxRecipients = 1000;

    /// <summary>Of the message reported on, with angle brackets; null when the report does not return its header.</summary>
    public string? OriginalMessageId { get; init; }

    /// <summary>The ENVID given with the message (RFC 3461 §4.4); null when none was.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>The server that reports, as <c>dns; mx.example.org</c> names it, without the type.</summary>
    public string? ReportingServer { get; init; }

    public required IReadOnlyList<RecipientReport> Recipients { get; init; }

    /// <summary>Null when the message holds no report with a recipient in it.</summary>
    public static DeliveryReport? Read(MimeMessage message)
    {
        var status = message.Leaves.FirstOrDefault(leaf => leaf.ContentType.MediaType is "message/delivery-status" or "message/global-delivery-status");
        var groups = status is null ? [] : ReadGroups(status.DecodeBody());
        var recipients = groups.Where(each => each.Find("Action") is not null || each.Find("Status") is not null).Select(RecipientReport.From).ToList();
        return recipients.Count == 0 ? null : new DeliveryReport
        {
            OriginalMessageId = FindOriginal(message)?.MessageId,
            EnvelopeId = groups[0].Get("Original-Envelope-Id"),
            ReportingServer = groups[0].Get("Reporting-MTA") is { } server ? WithoutType(server) : null,
            Recipients = recipients,
        };
    }

    /// <remarks><c>dsn-content = per-message-fields 1*(CRLF per-recipient-fields)</c>: groups of fields with a blank line between (RFC 3464 §2.1)</remarks>
    private static List<HeaderBlock> ReadGroups(byte[] body)
    {
        var groups = new List<HeaderBlock>();
        var position = 0;
        while (position < body.Length && groups.Count <= MaxRecipients)
        {
            var (group, next) = new HeaderScanner(body, MimeLimits.Default).Scan(position);
            if (group.Fields.Count > 0)
            {
                groups.Add(group);
            }

            position = next > position ? next : NextLine(body, position);
        }

        return groups;
    }

    private static int NextLine(byte[] body, int position)
    {
        var lf = body.AsSpan(position).IndexOf((byte)'\n');
        return lf < 0 ? body.Length : position + lf + 1;
    }

    /// <summary>The header of the returned message, whole or alone (RFC 6522 §3, third part).</summary>
    private static HeaderBlock? FindOriginal(MimeMessage message)
    {
        foreach (var leaf in message.Leaves)
        {
            switch (leaf.ContentType.MediaType)
            {
                case "message/rfc822" or "message/global":
                    return leaf.Embedded?.Headers;
                case "text/rfc822-headers" or "message/rfc822-headers" or "message/global-headers":
                    return MimeParser.ParseHeaders(leaf.DecodeBody());
            }
        }

        return null;
    }

    /// <remarks><c>type ";" value</c>, as <c>rfc822; a@example.org</c></remarks>
    internal static string WithoutType(string value) => value[(value.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim();
}

/// <summary>What became of one recipient.</summary>
public sealed record RecipientReport
{
    /// <summary>As the sender wrote it, else as the server rewrote it; empty when neither is told.</summary>
    public required string Address { get; init; }

    /// <summary>Lower-case: <c>failed</c>, <c>delayed</c>, <c>delivered</c>, <c>relayed</c> or <c>expanded</c> (RFC 3464 §2.3.3).</summary>
    public required string Action { get; init; }

    /// <summary>The enhanced status code (RFC 3463), as <c>5.1.1</c>; empty when there is none.</summary>
    public required string Status { get; init; }

    /// <summary>The words of the server that refused it; null when there are none.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>Whether it was not delivered and will not be.</summary>
    public bool IsFailure => Action == "failed" || (Action.Length == 0 && Status.StartsWith('5'));

    internal static RecipientReport From(HeaderBlock group) => new()
    {
        Address = DeliveryReport.WithoutType(group.Get("Original-Recipient") ?? group.Get("Final-Recipient") ?? "").Trim('<', '>'),
        Action = FirstWord(group.Get("Action")).ToLowerInvariant(),
        Status = FirstWord(group.Get("Status")),
        Diagnostic = group.Get("Diagnostic-Code") is { } code ? DeliveryReport.WithoutType(code) : null,
    };

    private static string FirstWord(string? value) => value?.Split([' ', '\t', '('], 2)[0] ?? "";
}
