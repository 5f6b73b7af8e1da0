using MailDaemon.Api;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>How far a rule is in old mail.</summary>
internal static class GetRuleProgress
{
    [EndpointSummary("Show how far a rule is in old mail")]
    [Tags("Rules")]
    [Fails(404)]
    public static Envelope<RuleProgress> Handle(Input<RuleRequest> input, MailRules rules) => Envelope.Success(RuleProgress.Of(rules.Application(input.Value.RuleId)));
}
