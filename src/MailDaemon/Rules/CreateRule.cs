using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>Creates a rule.</summary>
internal static class CreateRule
{
    [EndpointSummary("Create a rule")]
    [EndpointDescription("It runs on mail that arrives from now on; POST /api/rules/{ruleId}/apply takes it to what is there. Without provider and email it is for the mail of all accounts. What rules send carries Auto-Submitted, goes to 5 recipients at most, never to an account of this daemon, and is limited by the hour: what is over is skipped with limit (settings section AutomaticMail). A wrong part is named in details.")]
    [Tags("Rules")]
    [Replies(201)]
    [Fails(401, 409)]
    public static async Task<Envelope<RuleView>> HandleAsync(Input<Request> input, MessageLookup lookup, MailRules rules, CancellationToken ct)
    {
        var request = input.Value;
        var rule = new Rule
        {
            Id = "",
            Name = request.Name,
            Description = request.Description,
            Account = RuleScope.Of(request.Provider, request.Email, lookup),
            IsEnabled = request.Enabled,
            Conditions = RuleScope.Read(request.Conditions),
            IsAny = request.ConditionLogic == "or",
            MatchAll = request.MatchAll,
            Actions = RuleScope.Read(request.Actions),
            Priority = request.Priority,
            StopOnMatch = request.StopOnMatch,
        };
        return Envelope.Created(RuleView.Of(await rules.CreateAsync(rule, ct)));
    }

    public sealed record Request
    {
        [Description("Its name"), StringLength(200), Example("报价邮件"), Required]
        public required string Name { get; init; }

        [Description("What it is for"), StringLength(2000), MultilineText, Example("客户来信询价")]
        public string Description { get; init; } = "";

        [Description("With email: only this account's mail"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("With provider: only this account's mail"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("Whether it runs"), Example("true")]
        public bool Enabled { get; init; } = true;

        [Description("What a mail must meet"), MaxLength(100)]
        public IReadOnlyList<ConditionText> Conditions { get; init; } = [];

        [Description("and: all conditions; or: one of them"), AllowedValues("and", "or"), Example("and")]
        public string ConditionLogic { get; init; } = "and";

        [Description("Every mail; for rules without conditions"), Example("false")]
        public bool MatchAll { get; init; }

        [Description("What is done with a mail that matches, in order"), MaxLength(20), Example(ActionText.Examples), Required]
        public required IReadOnlyList<ActionText> Actions { get; init; }

        [Description("The smallest runs first; of equals the oldest"), Range(-1_000_000, 1_000_000), Example("1")]
        public int Priority { get; init; } = 100;

        [Description("Rules after it do not see a mail that it matched"), Example("false")]
        public bool StopOnMatch { get; init; }
    }
}
