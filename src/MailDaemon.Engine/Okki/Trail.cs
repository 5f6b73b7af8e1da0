using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Okki;

/// <summary>A follow-up record, from its mail or quotation to the CRM.</summary>
public sealed record Trail
{
    public const string Email = "email";
    public const string QuotationKind = "quotation";

    public required string Id { get; init; }

    /// <summary><see cref="Email"/> or <see cref="QuotationKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>msgid:…</c>, <c>quote:…</c>, or what the caller gave: the same is not written twice for a customer.</summary>
    public required string Uid { get; init; }

    public long? CompanyId { get; init; }

    public string? CompanyName { get; init; }

    /// <summary>
    /// <c>pending</c> (its customer is to be found), <c>matched</c> (to be written), <c>posting, synced, failed</c>, <c>uncertain</c> (it may have
    /// been written; it is looked up), <c>unmatched, review</c> (a person has to say whose it is), <c>skipped</c> or <c>duplicate</c>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>A stable word for why it stands so; null when there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>The same in words.</summary>
    public string? Error { get; init; }

    public required TrailSource Source { get; init; }

    public CustomerMatch? Match { get; init; }

    /// <summary>As it is written; null before its customer is found.</summary>
    public string? Content { get; init; }

    /// <summary>The CRM's id of it; null before it is there.</summary>
    public long? TrailId { get; init; }

    /// <summary>Whose mail it is; null of what was given over the API.</summary>
    public AccountKey? Account { get; init; }

    /// <summary>Tries that failed, and after a lost answer times that it was looked for.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset NextAttemptAt { get; init; }

    /// <summary>When it was last sent to the CRM.</summary>
    public DateTimeOffset? PostedAt { get; init; }

    /// <summary>When the answer to it was lost: what it wrote was written by then. Null when none was.</summary>
    public DateTimeOffset? LostAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public bool IsOpen => State is "pending" or "matched" or "posting" or "uncertain";

    /// <summary>What somebody who asks again, or says whose it is, sets off anew: nothing was written.</summary>
    public bool IsUnwritten => State is "failed" or "unmatched" or "review" or "skipped";

    /// <exception cref="MailException">Conflict <c>trail_state</c>.</exception>
    public void RequireUnwritten()
    {
        if (!IsUnwritten)
            throw MailException.Conflict("trail_state", $"The record is {State}; only one of which nothing was written can be tried again.");
    }
}
