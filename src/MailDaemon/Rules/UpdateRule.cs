using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>Changes a rule.</summary>
internal static class UpdateRule
{
    [EndpointSummary("Change a rule")]
    [EndpointDescription("What is left out stays. Changed conditions, logic, actions or account make a new version; what an earlier one began with a mail it ends.")]
    [Tags("Rules")]
    [Fails(401, 404)]
    public static async Task<Envelope<RuleView>> HandleAsync(Input<Request> input, MessageLookup lookup, MailRules rules, CancellationToken ct)
    {
        var request = input.Value;
        var scope = RuleScope.Of(request.Provider, request.Email, lookup);
        if (request.AllAccounts && scope is not null)
            throw MailException.InvalidInput("invalid_parameter", "allAccounts and an account exclude each other; leave out provider and email, or allAccounts.");
        return Envelope.Success(RuleView.Of(await rules.UpdateAsync(request.RuleId, rule => request.Change(rule, scope), ct)));
    }

    public sealed record Request
    {
        [Description("The rule's id"), Example("r_5d41402abc4b2a76"), Required]
        public required string RuleId { get; init; }

        [Description("Its name"), StringLength(200), Example("报价邮件")]
        public string? Name { get; init; }

        [Description("What it is for"), StringLength(2000), MultilineText, Example("客户来信询价")]
        public string? Description { get; init; }

        [Description("With email: only this account's mail"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("With provider: only this account's mail"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("Every account's mail again, of a rule that was for one"), Example("false")]
        public bool AllAccounts { get; init; }

        [Description("Whether it runs"), Example("true")]
        public bool? Enabled { get; init; }

        [Description("What a mail must meet; all of them anew"), MaxLength(100)]
        public IReadOnlyList<ConditionText>? Conditions { get; init; }

        [Description("and: all conditions; or: one of them"), AllowedValues("and", "or", null), Example("and")]
        public string? ConditionLogic { get; init; }

        [Description("Every mail; for rules without conditions"), Example("false")]
        public bool? MatchAll { get; init; }

        [Description("What is done with a mail that matches; all of it anew"), MaxLength(20), Example(ActionText.Examples)]
        public IReadOnlyList<ActionText>? Actions { get; init; }

        [Description("The smallest runs first; of equals the oldest"), Range(-1_000_000, 1_000_000), Example("1")]
        public int? Priority { get; init; }

        [Description("Rules after it do not see a mail that it matched"), Example("false")]
        public bool? StopOnMatch { get; init; }

        internal Rule Change(Rule rule, AccountKey? scope) => rule with
        {
            Name = Name ?? rule.Name,
            Description = Description ?? rule.Description,
            Account = AllAccounts ? null : scope ?? rule.Account,
            IsEnabled = Enabled ?? rule.IsEnabled,
            Conditions = Conditions is null ? rule.Conditions : RuleScope.Read(Conditions),
            IsAny = ConditionLogic is null ? rule.IsAny : ConditionLogic == "or",

            // Conditions given to a rule for every mail make it one for those that meet them.
            MatchAll = MatchAll ?? (rule.MatchAll && Conditions is not { Count: > 0 }),
            Actions = Actions is null ? rule.Actions : RuleScope.Read(Actions),
            Priority = Priority ?? rule.Priority,
            StopOnMatch = StopOnMatch ?? rule.StopOnMatch,
        };
    }
}
