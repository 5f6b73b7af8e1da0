using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Okki;

/// <summary>How far old mail is.</summary>
internal static class GetBackfill
{
    [EndpointSummary("Show how far old mail is on its way into the CRM")]
    [Tags("OKKI")]
    [Fails(401, 404)]
    public static Envelope<BackfillState> Handle(Input<Request> input, MessageLookup lookup, TrailBackfill backfill) =>
        Envelope.Success(backfill.State(lookup.Account(input.Value.Provider, input.Value.Email).Key));

    public sealed record Request
    {
        [Description("The account's provider"), Example("imap"), Required]
        public required ProviderKind Provider { get; init; }

        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }
    }
}
