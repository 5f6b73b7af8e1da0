using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Makes a record of a quotation.</summary>
internal static class CreateQuotationTrail
{
    [EndpointSummary("Make a record of a quotation")]
    [EndpointDescription("Of the customer that companyId names, else of the one that customerEmail is of. Without uid it is quote:<quotationNo>:<hash of what it says>: the same quotation is not written twice, a changed one is.")]
    [Tags("OKKI")]
    [Replies(200, 202)]
    [Fails(409)]
    public static async Task<Envelope<TrailView>> HandleAsync(Input<Request> input, Trails trails, CancellationToken ct)
    {
        var source = input.Value.ToSource();
        var (trail, wasThere) = await trails.CreateAsync(Trail.QuotationKind, input.Value.Uid ?? Uid(source.Quotation!), source, null, ct);
        return TrailAnswer.Of(trail, wasThere);
    }

    private static string Uid(Quotation quotation)
    {
        var what = string.Join('\n', [quotation.Date, quotation.Total, quotation.ValidUntil, .. quotation.Products.Select(product => $"{product.Name}\t{product.Quantity}\t{product.UnitPrice}")]);
        return $"quote:{quotation.Number}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)).AsSpan(0, 6))}";
    }

    public sealed record Request
    {
        [Description("When it is known whose it is"), Example("16696797007")]
        public long? CompanyId { get; init; }

        [Description("Else the customer that this address is of"), StringLength(1000), Example("service@tkscable.com")]
        public string? CustomerEmail { get; init; }

        [Description("By which it is written once"), StringLength(998, MinimumLength = 1), Example("quote:QT-E2E-002:1")]
        public string? Uid { get; init; }

        [StringLength(200, MinimumLength = 1), Example("QT-E2E-002"), Required]
        public required string QuotationNo { get; init; }

        [StringLength(100), Example("2026-03-24")]
        public string Date { get; init; } = "";

        [MaxLength(1000)]
        public IReadOnlyList<Product> Products { get; init; } = [];

        [Description("A text or a number"), Example("USD 9730.00")]
        public JsonElement? TotalAmount { get; init; }

        [StringLength(100), Example("2026-04-24")]
        public string ValidUntil { get; init; } = "";

        internal TrailSource ToSource()
        {
            if (CompanyId is null && string.IsNullOrWhiteSpace(CustomerEmail))
                throw MailException.InvalidInput("missing_parameter", "companyId or customerEmail says whose quotation it is");
            return new TrailSource
            {
                CompanyId = CompanyId,
                Counterparties = string.IsNullOrWhiteSpace(CustomerEmail) ? [] : [OkkiInput.Address(CustomerEmail, "customerEmail")],
                Quotation = new Quotation
                {
                    Number = QuotationNo,
                    Date = Date,
                    Total = Text(TotalAmount, "totalAmount"),
                    ValidUntil = ValidUntil,
                    Products = [.. Products.Select(product => new QuotedProduct(product.Name, Text(product.Quantity, "quantity"), Text(product.UnitPrice, "unit_price")))],
                },
            };
        }
    }

    /// <summary>A line of the quotation.</summary>
    public sealed record Product
    {
        [StringLength(500), Example("NYM-J 3x1.5"), Required]
        public required string Name { get; init; }

        [Description("A text or a number"), Example("1000")]
        public JsonElement? Quantity { get; init; }

        [Description("A text or a number"), System.Text.Json.Serialization.JsonPropertyName("unit_price"), Alias("unitPrice"), Example("0.42")]
        public JsonElement? UnitPrice { get; init; }
    }

    private static string Text(JsonElement? value, string field) => value switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "",
        { ValueKind: JsonValueKind.String } text => TextCut.At(text.GetString()!, 100),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => throw MailException.InvalidInput("invalid_parameter", string.Create(CultureInfo.InvariantCulture, $"{field} takes a text or a number.")),
    };
}
