using MailDaemon.Api;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>Deletes a rule.</summary>
internal static class DeleteRule
{
    [EndpointSummary("Delete a rule")]
    [EndpointDescription("What it has not begun with a mail it does not do any more; what it did stays.")]
    [Tags("Rules")]
    [Fails(404)]
    public static async Task<Envelope<Response>> HandleAsync(Input<RuleRequest> input, MailRules rules, CancellationToken ct) =>
        Envelope.Success(new Response((await rules.DeleteAsync(input.Value.RuleId, ct)).Id, true));

    public sealed record Response([property: Example("r_5d41402abc4b2a76")] string Id, bool Deleted);
}
