using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>Switches a rule on or off.</summary>
internal static class ToggleRule
{
    [EndpointSummary("Switch a rule on or off")]
    [EndpointDescription("To the other state, or to the one that enabled says. Mail that arrives while it is off is not looked at when it is on again.")]
    [Tags("Rules")]
    [Fails(404)]
    public static async Task<Envelope<RuleView>> HandleAsync(Input<Request> input, MailRules rules, CancellationToken ct) =>
        Envelope.Success(RuleView.Of(await rules.ToggleAsync(input.Value.RuleId, input.Value.Enabled, ct)));

    public sealed record Request
    {
        [Description("The rule's id"), Example("r_5d41402abc4b2a76"), Required]
        public required string RuleId { get; init; }

        [Description("Whether it runs from now on; left out: the other state"), Example("true")]
        public bool? Enabled { get; init; }
    }
}
