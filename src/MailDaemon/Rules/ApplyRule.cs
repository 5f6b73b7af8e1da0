using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>Takes a rule to old mail.</summary>
internal static class ApplyRule
{
    [EndpointSummary("Apply a rule to the mail that is there")]
    [EndpointDescription("Begins, or joins what runs; GET of the same address says how far it is. What this version of the rule did to a message is not done again; what failed is. dryRun counts matches and shows the first, and does nothing. Drafts, sent mail, trash and spam are looked at only when folder names them.")]
    [Tags("Rules")]
    [Replies(202)]
    [Fails(404, 409)]
    public static Envelope<RuleProgress> Handle(Input<Request> input, MailRules rules)
    {
        var request = input.Value;
        return Envelope.Accepted(RuleProgress.Of(rules.Apply(request.RuleId, request.Folder, request.Since, request.DryRun)));
    }

    public sealed record Request
    {
        [Description("The rule's id"), Example("r_5d41402abc4b2a76"), Required]
        public required string RuleId { get; init; }

        [Description("Only this folder, by path or role"), Example("inbox")]
        public string? Folder { get; init; }

        [Description("Only mail received at this instant or later"), Example("2026-01-01T00:00:00Z")]
        public DateTimeOffset? Since { get; init; }

        [Description("Only count"), Example("true")]
        public bool DryRun { get; init; }
    }
}
