using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>Runs all rules on a message.</summary>
internal static class ExecuteRules
{
    [EndpointSummary("Run all rules on a message")]
    [EndpointDescription("All that are on and for its account, in their order, now; says what each that matches did. What the present version of a rule did to this message before is told and not done again; what failed is.")]
    [Tags("Rules")]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(Input<NamedMail> input, MessageLookup lookup, MailRules rules, CancellationToken ct)
    {
        var executed = await rules.ExecuteAsync(input.Value.Find(lookup), ct);
        return Envelope.Success(new Response([.. executed.Select(one => new Matched(one.Rule.Id, one.Rule.Name, [.. one.Runs.Select(RunView.Of)]))]));
    }

    public sealed record Response(IReadOnlyList<Matched> Matched);

    /// <summary>A rule that matched.</summary>
    public sealed record Matched([property: Example("r_5d41402abc4b2a76")] string RuleId, [property: Example("报价邮件")] string Name, IReadOnlyList<RunView> Actions);
}
