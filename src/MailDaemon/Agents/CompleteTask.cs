using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using MailDaemon.Api;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Agents;

/// <summary>Completes a task.</summary>
internal static class CompleteTask
{
    [EndpointSummary("Complete a task")]
    [EndpointDescription("Does these actions with the task's message, in order, and keeps the result. Allowed is what the rule allows now and the task was given: else 403 capability_refused. What is sent carries Auto-Submitted, goes to 5 recipients at most (AutomaticMail:MaxRecipients) and never to an account of this daemon (409 own_address); a reply goes to From, to Reply-To only where the rule allows reply_to; mail of machines is not answered (409 not_answered). The account's agentPolicy can deny more (403 policy_denied, approval_required). Over an hourly limit of agent, rule or account: 429 limit. Whatever is refused, nothing is done, and the lease goes on. 409 lease_over once it is over. Needs the task's capabilityToken. Repeated after a lost answer it does nothing again.")]
    [Tags("Agents")]
    [Fails(404, 409)]
    public static async Task<Envelope<AgentTask>> HandleAsync(CapabilityToken token, Input<Request> input, AgentWork work, CancellationToken ct)
    {
        var request = input.Value;
        return Envelope.Success(await work.CompleteAsync(request.TaskId, token.Value, request.Result, [.. request.Actions.Select(action => action.ToAction())], ct));
    }

    public sealed record Request
    {
        [Description("The task's id"), Example("t_5d41402abc4b2a76b9719d91"), Required]
        public required string TaskId { get; init; }

        [Description("What it came to, for people; any JSON"), MultilineText, Example("{\"summary\":\"asks for a quotation\"}")]
        public JsonElement? Result { get; init; }

        [Description("What is to be done with the message; one reply at most"), MaxLength(50)]
        public IReadOnlyList<AskedAction> Actions { get; init; } = [];
    }

    /// <summary>One thing to be done.</summary>
    public sealed record AskedAction
    {
        [Description("add_label, remove_label (label); mark_as_read, mark_as_unread, star, unstar (mark); archive; create_draft (draft); move_to_folder (move); mark_as_spam (spam); delete; reply; forward_to (forward)"), Example("create_draft"), Required]
        public required string Type { get; init; }

        [Description("A label's id, a folder, the text of a draft or reply, addresses"), MultilineText, Example("Hello,\nplease find our quotation attached.")]
        public string Value { get; init; } = "";

        [Description("Of a reply or a draft: text or html, never guessed; text when left out. HTML without markup for lines keeps its line breaks"), Example("text")]
        public string? ContentType { get; init; }

        internal AgentAction ToAction() => new() { Type = Type, Value = Value, ContentType = ContentType };
    }
}
