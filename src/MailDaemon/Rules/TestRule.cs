using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>Tries a rule out on a message.</summary>
internal static class TestRule
{
    [EndpointSummary("Try a rule out on a message")]
    [EndpointDescription("Says condition by condition why it matches or not, and what it would do. Does nothing. A rule that is off can be tried, too.")]
    [Tags("Rules")]
    [Fails(401, 404, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(Input<Request> input, MessageLookup lookup, MailRules rules, CancellationToken ct)
    {
        var test = await rules.TestAsync(rules.Get(input.Value.RuleId).Id, input.Value.Find(lookup), ct);
        return Envelope.Success(new Response(
            test.IsMatched,
            [.. test.Conditions.Select(result => new Judged(result.Condition.Field, result.Condition.Operator, result.Condition.Value, result.IsMatched, result.Actual))],
            [.. test.Actions.Select(ActionText.Of)]));
    }

    public sealed record Request : NamedMail
    {
        [Description("The rule's id"), Example("r_5d41402abc4b2a76"), Required]
        public required string RuleId { get; init; }
    }

    public sealed record Response(bool Matched, IReadOnlyList<Judged> Conditions, [property: Description("What it would do; none when it does not match"), Example(ActionText.Examples)] IReadOnlyList<ActionText> Actions);

    /// <summary>How one condition was judged.</summary>
    public sealed record Judged(
        [property: Example("subject")] string Field,
        [property: Example("contains")] string Operator,
        [property: Example("报价")] string Value,
        bool Matched,
        [property: Description("What the message has there, in short"), Example("回复：报价单")] string Actual);
}
