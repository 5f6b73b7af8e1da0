using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>All rules.</summary>
internal static class ListRules
{
    [EndpointSummary("List rules")]
    [EndpointDescription("In the order in which they run. Of an account: its own and those for all accounts.")]
    [Tags("Rules")]
    [Fails(401, 404)]
    public static Envelope<IReadOnlyList<RuleView>> Handle(Input<Request> input, MailReading reading, MailRules rules)
    {
        var request = input.Value;
        var accounts = reading.Accounts(request.Provider, request.Email).Select(account => account.Key).ToList();
        var all = request.Provider is null && request.Email is null ? rules.All(null) : rules.All(null).Where(rule => accounts.Exists(rule.Fits));
        return Envelope.Success<IReadOnlyList<RuleView>>([.. all.Select(RuleView.Of)]);
    }

    public sealed record Request
    {
        [Description("Only for accounts of this provider"), Example("imap")]
        public ProviderKind? Provider { get; init; }

        [Description("Only for this address"), Example("me@example.com")]
        public string? Email { get; init; }
    }
}
