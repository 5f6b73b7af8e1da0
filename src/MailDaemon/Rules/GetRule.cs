using MailDaemon.Api;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>One rule.</summary>
internal static class GetRule
{
    [EndpointSummary("Show a rule")]
    [Tags("Rules")]
    [Fails(404)]
    public static Envelope<RuleView> Handle(Input<RuleRequest> input, MailRules rules) => Envelope.Success(RuleView.Of(rules.Get(input.Value.RuleId)));
}
