using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Okki;

/// <summary>Says whose an address is.</summary>
internal static class MatchCustomer
{
    [EndpointSummary("Say which customer an address is of")]
    [EndpointDescription("Pinned by a person, a contact's address, the domain of one company, a part of that, and last by likeness of what the mail says; result is null when it is of none. Writes nothing.")]
    [Tags("OKKI")]
    [Fails(409, 502, 503, 504)]
    public static async Task<Envelope<CustomerMatch?>> HandleAsync(Input<Request> input, CustomerMatcher matcher, OkkiSettings settings, CancellationToken ct)
    {
        settings.RequireConfigured();
        var request = input.Value;
        return Envelope.Success(await matcher.MatchAsync([OkkiInput.Address(request.Email, "email")], request.Subject, request.Body, ct));
    }

    public sealed record Request
    {
        [Description("An address, also with a name: Ann <ann@acme.com>"), StringLength(1000), Example("anna.schmidt@nordlicht.example"), Required]
        public required string Email { get; init; }

        [StringLength(2000), Example("Inquiry LED panel")]
        public string Subject { get; init; } = "";

        [Description("Plain text"), StringLength(100_000), MultilineText, Example("Best regards\nAnna Schmidt\nNordlicht Leuchten GmbH")]
        public string Body { get; init; } = "";
    }
}
