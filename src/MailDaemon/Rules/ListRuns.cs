using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>What a rule did.</summary>
internal static class ListRuns
{
    [EndpointSummary("Show what a rule did")]
    [EndpointDescription("Each action on each message, the newest first.")]
    [Tags("Rules")]
    [Fails(404)]
    public static Envelope<Response> Handle(Input<Request> input, MailRules rules, MailReading reading)
    {
        var request = input.Value;
        var (runs, total) = rules.Runs(request.RuleId, request.Offset, request.Limit);
        var names = rules.Names();
        return Envelope.Success(new Response([.. runs.Select(run => Run.Of(run, names, reading))], total, request.Offset, request.Limit));
    }

    public sealed record Request : PageRequest
    {
        [Description("The rule's id"), Example("r_5d41402abc4b2a76"), Required]
        public required string RuleId { get; init; }
    }

    public sealed record Response(IReadOnlyList<Run> Runs, int Total, int Offset, int Limit);

    /// <summary>One action on one message.</summary>
    public sealed record Run(
        [property: Description("The message"), Example("m_5d41402abc4b2a76")] string Key,
        [property: Example("imap")] string Provider,
        [property: Example("me@example.com")] string Email,
        [property: Description("The message's subject; null when it has gone")] string? Subject,
        [property: Example("r_5d41402abc4b2a76")] string RuleId,
        [property: Description("The rule's name; null when it was deleted"), Example("报价邮件")] string? RuleName,
        [property: Description("Of the rule")] int Version,
        [property: Example("add_label")] string Type,
        [property: Description("planned, done, queued, skipped, failed or uncertain"), Example("done")] string Status,
        DateTimeOffset At)
    {
        [Description("What came of it"), Example("o_5d41402abc4b2a76b9719d91"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Effect { get; init; }

        [Description("A stable word"), Example("answered_before"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Error { get; init; }

        [Description("The same in words; of what is queued, why"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Msg { get; init; }

        internal static Run Of(RuleRun run, IReadOnlyDictionary<string, string> names, MailReading reading) => new(
            run.Key,
            run.Account.Provider.Name(),
            run.Account.Email,
            reading.Find(run.Account, run.Key)?.Subject,
            run.RuleId,
            names.GetValueOrDefault(run.RuleId),
            run.Version,
            run.Action.Type,
            run.State,
            run.At)
        {
            Effect = run.Effect, Error = run.ErrorCode, Msg = run.Error,
        };
    }
}
