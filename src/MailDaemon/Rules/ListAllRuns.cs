using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>What rules did of late.</summary>
internal static class ListAllRuns
{
    [EndpointSummary("Show what rules did of late")]
    [EndpointDescription("Each action on each message, the newest first.")]
    [Tags("Rules")]
    [Fails]
    public static Envelope<Response> Handle(Input<Request> input, MailRules rules, MailReading reading)
    {
        var names = rules.Names();
        return Envelope.Success(new Response([.. rules.Newest(input.Value.Limit).Select(run => ListRuns.Run.Of(run, names, reading))]));
    }

    public sealed record Request
    {
        [Description("Rows to list"), Range(1, 500)]
        public int Limit { get; init; } = 50;
    }

    public sealed record Response(IReadOnlyList<ListRuns.Run> Runs);
}
