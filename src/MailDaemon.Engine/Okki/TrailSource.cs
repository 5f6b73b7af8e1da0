using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Okki;

/// <summary>What a trail is made of: a mail or a quotation, with what its customer is found by. Bounded, so that thousands can wait.</summary>
public sealed record TrailSource
{
    /// <summary>The most of a text that is kept to find a customer by, in characters.</summary>
    public const int MostText = 4_000;

    /// <summary>The other side's addresses, the likeliest first.</summary>
    public IReadOnlyList<EmailAddress> Counterparties { get; init; } = [];

    /// <summary>When somebody said whose it is; null to look for it.</summary>
    public long? CompanyId { get; init; }

    public string? CompanyName { get; init; }

    /// <summary>Of the record; null for what the settings say.</summary>
    public int? RemarkType { get; init; }

    /// <summary>From which confidence it is written without being asked; null for what the settings say.</summary>
    public double? MinConfidence { get; init; }

    /// <summary>A person asked for this very record: it is written whatever the confidence.</summary>
    public bool IsAssigned { get; init; }

    public MailTrail? Mail { get; init; }

    public Quotation? Quotation { get; init; }
}

/// <summary>A mail as a trail tells of it.</summary>
public sealed record MailTrail
{
    /// <summary>Sent by us; else received.</summary>
    public bool IsOutgoing { get; init; }

    public string Subject { get; init; } = "";

    public DateTimeOffset Date { get; init; }

    public EmailAddress From { get; init; } = new("", "");

    public IReadOnlyList<EmailAddress> To { get; init; } = [];

    /// <summary>Plain, without quoted parts.</summary>
    public string Text { get; init; } = "";

    /// <summary>Names of files.</summary>
    public IReadOnlyList<string> Attachments { get; init; } = [];
}

/// <summary>A quotation as a trail tells of it; amounts and dates as they were given.</summary>
public sealed record Quotation
{
    public string Number { get; init; } = "";

    public string Date { get; init; } = "";

    public string Total { get; init; } = "";

    public string ValidUntil { get; init; } = "";

    public IReadOnlyList<QuotedProduct> Products { get; init; } = [];
}

/// <summary>A line of a quotation.</summary>
public sealed record QuotedProduct(string Name, string Quantity, string UnitPrice);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(UtcInstantConverter)])]
[JsonSerializable(typeof(TrailSource))]
[JsonSerializable(typeof(CustomerMatch))]
internal sealed partial class TrailJson : JsonSerializerContext;
