using System.ComponentModel;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>A follow-up record as the API shows it.</summary>
public sealed record TrailView
{
    [Description("Whether it is in the CRM by this request"), Example("true")]
    public required bool Success { get; init; }

    [Example("k_5d41402abc4b2a76b9719d91")]
    public required string Id { get; init; }

    [Description("email or quotation"), Example("email")]
    public required string Kind { get; init; }

    [Description("By which it is written once for a customer"), Example("msgid:CAF1@mail.nordlicht.example")]
    public required string Uid { get; init; }

    [Description("pending, matched, posting: it waits for the CRM; synced; uncertain: it may have been written and is looked for; unmatched, review: say whose it is; failed, skipped, duplicate"), Example("synced")]
    public required string State { get; init; }

    [Description("A stable word for why it stands so: duplicate, dry_run, no_customer, low_confidence, okki_unreachable …"), Example("duplicate")]
    public required string? Reason { get; init; }

    [Description("The same in words"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    [Description("The CRM's id of the record; null before it is there"), Example("88050591907961")]
    public required long? TrailId { get; init; }

    [Example("16696797001")]
    public required long? CompanyId { get; init; }

    [Example("Nordlicht Leuchten GmbH")]
    public required string? CompanyName { get; init; }

    public required CustomerMatch? Match { get; init; }

    [Description("The other side's address"), Example("anna.schmidt@nordlicht.example")]
    public required string? Counterparty { get; init; }

    [Description("Of the mail, or the quotation's number"), Example("Inquiry LED panel")]
    public required string Subject { get; init; }

    [Description("As it is written; null before its customer is found")]
    public required string? Content { get; init; }

    [Description("Whose mail it is; null of what was given over the API"), Example("imap")]
    public required string? Provider { get; init; }

    [Example("me@example.com")]
    public required string? Email { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    [Description("Others that waited for a person and were assigned by the same word; they are written in their turn"), Example("2"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? AlsoAssigned { get; init; }

    /// <param name="wasThere">It was there before the request that is answered.</param>
    internal static TrailView Of(Trail trail, bool wasThere) => new()
    {
        Success = trail.State == "synced" && !wasThere,
        Id = trail.Id,
        Kind = trail.Kind,
        Uid = trail.Uid,
        State = trail.State,
        Reason = trail.State == "synced" && wasThere ? "duplicate" : trail.Reason,
        Error = trail.Error,
        TrailId = trail.TrailId,
        CompanyId = trail.CompanyId ?? trail.Match?.CompanyId,
        CompanyName = trail.CompanyName ?? trail.Match?.Name,
        Match = trail.Match,
        Counterparty = trail.Source.Counterparties.Count > 0 ? trail.Source.Counterparties[0].Address : null,
        Subject = trail.Source.Mail?.Subject ?? trail.Source.Quotation?.Number ?? "",
        Content = trail.Content,
        Provider = trail.Account?.Provider.Name(),
        Email = trail.Account?.Email,
        CreatedAt = trail.CreatedAt,
        UpdatedAt = trail.UpdatedAt,
    };

    /// <summary>As a list shows it.</summary>
    internal static TrailView Of(Trail trail) => Of(trail, wasThere: false);
}

/// <summary>Names one record.</summary>
public record TrailRequest
{
    [Description("The record's id"), Example("k_5d41402abc4b2a76b9719d91"), System.ComponentModel.DataAnnotations.Required]
    public required string Id { get; init; }
}
