using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>Reads the parts of a rule that its requests share.</summary>
internal static class RuleScope
{
    public static AccountKey? Of(ProviderKind? provider, string? email, MessageLookup lookup) => (provider, email) switch
    {
        (null, null) => null,
        ({ } named, { } address) => lookup.Account(named, address).Key,
        _ => throw MailException.InvalidInput("missing_parameter", "provider and email name an account together; without both the rule is for all accounts"),
    };

    public static IReadOnlyList<RuleCondition> Read(IReadOnlyList<ConditionText> conditions) =>
        [.. conditions.Select(condition => new RuleCondition(condition.Field, condition.Operator, condition.Value))];

    public static IReadOnlyList<RuleAction> Read(IReadOnlyList<ActionText> actions) => [.. actions.Select(action => action.ToAction())];
}
