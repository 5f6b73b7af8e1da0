using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Okki;

/// <summary>Makes records of old mail.</summary>
internal static class BackfillTrails
{
    [EndpointSummary("Make records of the mail that is there")]
    [EndpointDescription("Begins, or joins what runs for the account; GET of the same address says how far it is. A dry run counts and makes none. The records wait for their turn like all others.")]
    [Tags("OKKI")]
    [Replies(202)]
    [Fails(401, 409)]
    public static Envelope<BackfillState> Handle(Input<Request> input, MessageLookup lookup, TrailBackfill backfill)
    {
        var request = input.Value;
        var account = lookup.Account(request.Provider, request.Email);
        return Envelope.Accepted(backfill.Begin(account, lookup.Cache(account), request.Since, request.DryRun));
    }

    public sealed record Request
    {
        [Description("The account's provider"), Example("imap"), Required]
        public required ProviderKind Provider { get; init; }

        [Description("The account's address"), Example("me@example.com"), Required]
        public required string Email { get; init; }

        [Description("Only mail received at this instant or later"), Example("2026-01-01T00:00:00Z")]
        public DateTimeOffset? Since { get; init; }

        [Description("Only count"), Example("true")]
        public bool DryRun { get; init; }
    }
}
