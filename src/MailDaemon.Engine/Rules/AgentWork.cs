using System.Collections.Concurrent;
using System.Text.Json;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Rules;

/// <summary>
/// Does what an agent wants done with its mail, and nothing that its rule does not allow. All is looked at before any of it is done; then
/// it is taken over for good, and a crash is gone on from.
/// </summary>
public sealed partial class AgentWork
{
    private const int MostActions = 50;
    private const int MostText = 256 * 1024;
    private const int MostResult = 64 * 1024;

    private readonly AgentTaskStore tasks;
    private readonly RuleActions actions;
    private readonly MessageLookup lookup;
    private readonly Sending sending;
    private readonly Drafts drafts;
    private readonly ILogger<AgentWork> logger;
    private readonly ConcurrentDictionary<string, Lazy<Task>> finishing = new(StringComparer.Ordinal);

    internal AgentWork(AgentTaskStore tasks, RuleActions actions, MessageLookup lookup, Sending sending, Drafts drafts, ILogger<AgentWork> logger) =>
        (this.tasks, this.actions, this.lookup, this.sending, this.drafts, this.logger) = (tasks, actions, lookup, sending, drafts, logger);

    /// <summary>Completes a task: does the actions and keeps the result.</summary>
    /// <param name="token">That of the task's present lease.</param>
    /// <exception cref="MailException">Forbidden <c>capability_refused</c>; InvalidInput; Conflict <c>lease_over</c>. Nothing is done then.</exception>
    public async Task<AgentTask> CompleteAsync(string id, string token, JsonElement? result, IReadOnlyList<AgentAction> asked, CancellationToken ct)
    {
        var task = tasks.Open(id, token);

        // The answer to the same words may have been lost.
        if (task.State is "done" or "completing")
            return task;
        var checkedActions = Check(task, asked);
        if (result is { } given && given.GetRawText().Length > MostResult)
            throw MailException.InvalidInput("invalid_parameter", $"result takes at most {MostResult} characters of JSON.");
        await tasks.BeginCompletingAsync(task, result, checkedActions, ct);
        await FinishAsync(id);
        return tasks.Get(id);
    }

    /// <summary>Gives a task back.</summary>
    public Task<AgentTask> FailAsync(string id, string token, string error, bool isFinal, CancellationToken ct) => tasks.FailAsync(tasks.Open(id, token), error, isFinal, ct);

    /// <summary>Keeps a task for longer.</summary>
    public Task<AgentTask> ExtendAsync(string id, string token, TimeSpan lease, CancellationToken ct) => tasks.ExtendAsync(tasks.Open(id, token), lease, ct);

    /// <summary>Does what agents asked for and a crash or a fault left undone.</summary>
    public async Task RecoverAsync(CancellationToken ct)
    {
        foreach (var task in tasks.Completing())
        {
            ct.ThrowIfCancellationRequested();
            await FinishAsync(task.Id);
        }
    }

    private static List<AgentAction> Check(AgentTask task, IReadOnlyList<AgentAction> asked)
    {
        if (asked.Count > MostActions)
            throw MailException.InvalidInput("invalid_parameter", $"actions takes at most {MostActions}.");
        return [.. asked.Select((action, i) => Check(task, action, i))];
    }

    private static AgentAction Check(AgentTask task, AgentAction asked, int index)
    {
        var type = asked.Type.Trim().ToLowerInvariant();
        var ability = AgentAbilities.For(type)
            ?? throw MailException.InvalidInput("invalid_action", $"actions[{index}].type '{asked.Type}' is unknown; there are {string.Join(", ", AgentAbilities.Actions)}.");
        if (!task.AllowedActions.Contains(ability, StringComparer.Ordinal))
            throw AgentTaskStore.Refused($"actions[{index}]: {type} needs '{ability}', and the rule allows this agent {string.Join(", ", task.AllowedActions)}. Nothing was done.");
        var takesValue = type is "add_label" or "remove_label" or "move_to_folder" or "create_draft" or "reply" or "forward_to";
        if (takesValue && string.IsNullOrWhiteSpace(asked.Value))
            throw MailException.InvalidInput("invalid_action", $"actions[{index}].value is missing: {type} takes one.");
        if (asked.Value.Length > MostText)
            throw MailException.InvalidInput("invalid_action", $"actions[{index}].value takes at most {MostText} characters.");
        if (type == "forward_to" && EmailAddress.TryParseList(asked.Value) is not { Count: > 0 })
            throw MailException.InvalidInput("invalid_action", $"actions[{index}].value takes addresses, separated by commas.");
        return new AgentAction { Type = type, Value = takesValue ? asked.Value : "" };
    }

    /// <summary>Does the actions of a task that are still to be done, or joins who does them.</summary>
    private async Task FinishAsync(string id)
    {
        var mine = finishing.GetOrAdd(id, key => new Lazy<Task>(() => DoAllAsync(key)));
        try
        {
            await mine.Value;
        }
        finally
        {
            finishing.TryRemove(KeyValuePair.Create(id, mine));
        }
    }

    private async Task DoAllAsync(string id)
    {
        if (tasks.Find(id) is not { State: "completing" } task)
            return;
        var done = task.Actions!.ToList();
        for (var i = 0; i < done.Count; i++)
        {
            if (done[i].Status != "planned")
                continue;
            done[i] = await DoAsync(task, done, i);
            await tasks.SaveActionsAsync(task, done, areOver: false);
        }

        await tasks.SaveActionsAsync(task, done, areOver: true);
    }

    private async Task<AgentAction> DoAsync(AgentTask task, List<AgentAction> all, int index)
    {
        var action = all[index];
        try
        {
            var message = lookup.Message(new MessageAddress(task.Account.Provider, task.Message.Key, task.Account.Email));
            return action.Type switch
            {
                "create_draft" => action with { Status = "done", Effect = await DraftAsync(task, message, action.Value, index) },
                "reply" => action with { Status = "queued", Effect = await ReplyAsync(task, message, all, index) },
                "forward_to" => action with { Status = "queued", Effect = await ForwardAsync(task, message, all, index) },
                _ => await actions.ChangeAsync(message, action.Type, action.Value, CancellationToken.None) is var outcome
                    ? action with { Status = outcome.State }
                    : action,
            };
        }
        catch (MailException e)
        {
            LogFailed(action.Type, task.Id, e.Code);
            return action with { Status = "failed", Error = e.Code, Msg = e.Message };
        }
    }

    /// <summary>An answer for somebody to look at and send. Under a Message-ID of this action: made twice it is there once.</summary>
    private async Task<string> DraftAsync(AgentTask task, FoundMessage message, string text, int index)
    {
        var draft = await drafts.CreateReplyAsync(message, new Draft { Body = text, IncludeSignature = true }, new ReplyOptions(), $"{task.Id}.{index}", CancellationToken.None);
        return draft.Key;
    }

    private async Task<string> ReplyAsync(AgentTask task, FoundMessage message, List<AgentAction> all, int index)
    {
        var detail = RuleActions.Detail(message);
        var draft = ReplyComposer.Compose(detail, new Draft { Body = all[index].Value, IsHtml = AutoReply.IsHtml(all[index].Value) }, new ReplyOptions(), message.Account.Email);
        var sent = await sending.PostReplyAsync(message, draft, [], (writer, id) => tasks.SaveEffect(writer, task, Queued(all, index, id)), CancellationToken.None);
        return sent.Id;
    }

    private async Task<string> ForwardAsync(AgentTask task, FoundMessage message, List<AgentAction> all, int index)
    {
        var draft = new Draft { To = EmailAddress.TryParseList(all[index].Value)! };
        var sent = await sending.PostForwardAsync(message, draft, [], (writer, id) => tasks.SaveEffect(writer, task, Queued(all, index, id)), CancellationToken.None);
        return sent.Id;
    }

    private static List<AgentAction> Queued(List<AgentAction> all, int index, string effect) =>
        [.. all.Select((action, i) => i == index ? action with { Status = "queued", Effect = effect } : action)];

    [LoggerMessage(Level = LogLevel.Warning, Message = "Action {Action} of agent task {Task} failed: {Code}")]
    private partial void LogFailed(string action, string task, string code);
}
