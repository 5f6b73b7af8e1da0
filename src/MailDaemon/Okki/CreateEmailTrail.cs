using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Makes a record of a mail that is given.</summary>
internal static class CreateEmailTrail
{
    [EndpointSummary("Make a record of a mail that is given")]
    [EndpointDescription("Of the customer that companyId names, else of the one that the other side's address is of. The same uid is not written twice for a customer: success false, reason duplicate. When the CRM is away the record waits: 202.")]
    [Tags("OKKI")]
    [Replies(200, 202)]
    [Fails(409)]
    public static async Task<Envelope<TrailView>> HandleAsync(Input<Request> input, Trails trails, TimeProvider time, CancellationToken ct)
    {
        var request = input.Value;
        var (trail, wasThere) = await trails.CreateAsync(Trail.Email, request.Uid, request.ToSource(time.GetUtcNow()), null, ct);
        return TrailAnswer.Of(trail, wasThere);
    }

    public sealed record Request
    {
        [Description("When it is known whose it is"), Example("16696797001")]
        public long? CompanyId { get; init; }

        [Description("By which it is written once"), StringLength(998, MinimumLength = 1), Example("msgid:CAF1@mail.nordlicht.example"), Required]
        public required string Uid { get; init; }

        [StringLength(1000), Example("Anna Schmidt <anna.schmidt@nordlicht.example>"), Required]
        public required string From { get; init; }

        [StringLength(10_000), Example("lina@sandbox.test"), Required]
        public required string To { get; init; }

        [StringLength(2000), Example("Inquiry LED panel")]
        public string Subject { get; init; } = "";

        [Description("Now when left out"), Example("2026-03-24T01:56:00Z")]
        public DateTimeOffset? Date { get; init; }

        [Description("Plain text; its first 200 characters are written"), StringLength(1_000_000), MultilineText, Example("Please quote 500 pcs.")]
        public string Body { get; init; } = "";

        [Description("in: it came from the customer; out: it went there"), AllowedValues("in", "out"), Example("in")]
        public string Direction { get; init; } = "in";

        [MaxLength(200)]
        public IReadOnlyList<AttachmentName> Attachments { get; init; } = [];

        internal TrailSource ToSource(DateTimeOffset now)
        {
            var (from, to) = (OkkiInput.Address(From, "from"), OkkiInput.Addresses(To, "to"));
            return new TrailSource
            {
                CompanyId = CompanyId,
                Counterparties = Direction == "out" ? [.. to.Take(20)] : [from],
                Mail = new MailTrail
                {
                    IsOutgoing = Direction == "out",
                    Subject = Subject,
                    Date = Date ?? now,
                    From = from,
                    To = [.. to.Take(20)],
                    Text = TextCut.At(QuotedText.Strip(CleanText.Of(Body), Subject), TrailSource.MostText),
                    Attachments = [.. Attachments.Take(50).Select(attachment => TextCut.At(attachment.Filename, 200))],
                },
            };
        }
    }

    /// <summary>An attachment.</summary>
    public sealed record AttachmentName
    {
        [Example("drawing.pdf"), Required]
        public required string Filename { get; init; }
    }
}
