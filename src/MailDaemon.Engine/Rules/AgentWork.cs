using System.Collections.Concurrent;
using System.Text.Json;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
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
    private readonly RuleStore rules;
    private readonly RuleActions actions;
    private readonly AgentMail mail;
    private readonly AutomaticMailLimits limits;
    private readonly MessageLookup lookup;
    private readonly Sending sending;
    private readonly Drafts drafts;
    private readonly ILogger<AgentWork> logger;
    private readonly ConcurrentDictionary<string, Lazy<Task>> finishing = new(StringComparer.Ordinal);

    internal AgentWork(
        AgentTaskStore tasks, RuleStore rules, RuleActions actions, AgentMail mail, AutomaticMailLimits limits, MessageLookup lookup, Sending sending, Drafts drafts, ILogger<AgentWork> logger)
    {
        (this.tasks, this.rules, this.actions, this.mail, this.limits) = (tasks, rules, actions, mail, limits);
        (this.lookup, this.sending, this.drafts, this.logger) = (lookup, sending, drafts, logger);
        tasks.Allowed = Allowed;
    }

    /// <summary>Completes a task: does the actions and keeps the result.</summary>
    /// <param name="token">That of the task's present lease.</param>
    /// <exception cref="MailException">Forbidden <c>capability_refused</c>; InvalidInput; Conflict <c>lease_over</c>; what <see cref="AgentMail.Require"/> says. Nothing is done then.</exception>
    public async Task<AgentTask> CompleteAsync(string id, string token, JsonElement? result, IReadOnlyList<AgentAction> asked, CancellationToken ct)
    {
        var task = tasks.Open(id, token);

        // The answer to the same words may have been lost.
        if (task.State is "done" or "completing")
            return task;
        var checkedActions = Check(task, asked);
        RequireMail(task, checkedActions);
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

    /// <summary>What rule and task both allow at this moment: nothing once the rule is deleted, switched off, or gives its mail to others.</summary>
    private IReadOnlyList<string> Allowed(AgentTask task) => rules.Find(task.RuleId) is { IsEnabled: true } rule && rule.Fits(task.Account)
        ? [.. task.AllowedActions.Intersect(
            rule.Actions.Where(action => action.Type == "agent_handle" && action.Value == task.AgentId).SelectMany(action => action.AllowedActions ?? AgentAbilities.Default), StringComparer.Ordinal)]
        : [];

    /// <summary>Does what agents asked for and a crash or a fault left undone.</summary>
    public async Task RecoverAsync(CancellationToken ct)
    {
        await tasks.CancelOrphansAsync(ct);
        foreach (var task in tasks.Completing())
        {
            ct.ThrowIfCancellationRequested();
            await FinishAsync(task.Id);
        }
    }

    private List<AgentAction> Check(AgentTask task, IReadOnlyList<AgentAction> asked)
    {
        if (asked.Count > MostActions)
            throw MailException.InvalidInput("invalid_parameter", $"actions takes at most {MostActions}.");
        var allowed = Allowed(task);
        List<AgentAction> read = [.. asked.Select((action, i) => Check(allowed, action, i))];
        return read.Count(action => action.Type == "reply") <= 1
            ? read
            : throw MailException.InvalidInput("invalid_action", "actions takes one reply: a machine answers a mail once. Nothing was done.");
    }

    /// <summary>What would be sent may be; a message that has gone fails when its turn comes.</summary>
    private void RequireMail(AgentTask task, List<AgentAction> asked)
    {
        var sent = asked.Where(AgentMail.IsSending).ToList();
        if (sent.Count > 0 && Find(task) is { } message)
            mail.Require(task, message.Account, RuleActions.Detail(message), sent, Allowed(task));
    }

    private FoundMessage? Find(AgentTask task)
    {
        try
        {
            return Message(task);
        }
        catch (MailException e) when (e.Fault == MailFault.NotFound)
        {
            return null;
        }
    }

    private FoundMessage Message(AgentTask task) => lookup.Message(new MessageAddress(task.Account.Provider, task.Message.Key, task.Account.Email));

    private static AgentAction Check(IReadOnlyList<string> allowed, AgentAction asked, int index)
    {
        var type = asked.Type.Trim().ToLowerInvariant();
        var ability = AgentAbilities.For(type)
            ?? throw MailException.InvalidInput("invalid_action", $"actions[{index}].type '{asked.Type}' is unknown; there are {string.Join(", ", AgentAbilities.Actions)}.");
        if (!allowed.Contains(ability, StringComparer.Ordinal))
            throw NotAllowed($"actions[{index}]: {type}", ability, allowed);
        var takesValue = type is "add_label" or "remove_label" or "move_to_folder" or "create_draft" or "reply" or "forward_to";
        if (takesValue && string.IsNullOrWhiteSpace(asked.Value))
            throw MailException.InvalidInput("invalid_action", $"actions[{index}].value is missing: {type} takes one.");
        if (asked.Value.Length > MostText)
            throw MailException.InvalidInput("invalid_action", $"actions[{index}].value takes at most {MostText} characters.");
        if (type == "forward_to" && EmailAddress.TryParseList(asked.Value) is not { Count: > 0 })
            throw MailException.InvalidInput("invalid_action", $"actions[{index}].value takes addresses, separated by commas.");
        return new AgentAction { Type = type, Value = takesValue ? asked.Value : "", ContentType = ContentType(asked, type, index) };
    }

    private static string? ContentType(AgentAction asked, string type, int index)
    {
        if (type is "reply" or "create_draft")
            return AnswerType.Read(asked.ContentType) ?? throw MailException.InvalidInput("invalid_action", $"actions[{index}].contentType takes {AnswerType.Forms}.");
        return asked.ContentType is null ? null : throw MailException.InvalidInput("invalid_action", $"actions[{index}].contentType is for reply and create_draft.");
    }

    private static MailException NotAllowed(string what, string ability, IReadOnlyList<string> allowed) => AgentTaskStore.Refused(
        $"{what} needs '{ability}', and the rule allows this agent {(allowed.Count == 0 ? "nothing: it was changed, switched off or deleted" : string.Join(", ", allowed))}. Nothing was done.");

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
            // After a crash it may be another day.
            var allowed = Allowed(task);
            var ability = AgentAbilities.For(action.Type)!;
            if (!allowed.Contains(ability, StringComparer.Ordinal))
                throw NotAllowed(action.Type, ability, allowed);
            var message = Message(task);
            return action.Type switch
            {
                "create_draft" => action with { Status = "done", Effect = await DraftAsync(task, message, action, index, allowed) },
                "reply" or "forward_to" => await SendAsync(task, message, all, index, allowed),
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
    private async Task<string> DraftAsync(AgentTask task, FoundMessage message, AgentAction action, int index, IReadOnlyList<string> allowed)
    {
        var how = new ReplyOptions(ToReplyTo: allowed.Contains(AgentAbilities.ReplyTo, StringComparer.Ordinal));
        var draft = await drafts.CreateReplyAsync(message, Answer(action), how, $"{task.Id}.{index}", CancellationToken.None);
        return draft.Key;
    }

    private async Task<AgentAction> SendAsync(AgentTask task, FoundMessage message, List<AgentAction> all, int index, IReadOnlyList<string> allowed)
    {
        var detail = RuleActions.Detail(message);
        mail.Require(task, message.Account, detail, [all[index]], allowed);
        var recipients = AgentMail.Recipients(detail, all[index], allowed);
        var sender = AgentMail.Sender(task, message.Account);
        var queued = all[index] with { Status = "queued", To = [.. recipients.Select(recipient => recipient.Address)] };
        void Note(SqliteWriter writer, string id) => tasks.SaveEffect(writer, task, With(all, index, queued = queued with { Effect = id }));
        if (queued.Type == "forward_to")
        {
            return await actions.ForwardAsync(message, recipients, sender, Note, CancellationToken.None) is { } why
                ? throw MailException.Conflict("not_forwarded", $"The mail is not sent on by a machine: {why}.")
                : queued;
        }

        var answer = ReplyComposer.Compose(
            AgentMail.Answered(detail, allowed), Answer(queued), new ReplyOptions(), message.Account.Email) with { To = recipients };
        await sending.PostReplyAsync(
            message,
            answer,
            AutoReply.Header,
            isAnswer: true,
            (writer, id) =>
            {
                limits.Take(writer, sender);
                Note(writer, id);
            },
            CancellationToken.None);
        return queued;
    }

    private static Draft Answer(AgentAction action) => new() { Body = action.Value, IsHtml = action.ContentType == AnswerType.Html, IncludeSignature = true };

    private static List<AgentAction> With(List<AgentAction> all, int index, AgentAction changed) => [.. all.Select((action, i) => i == index ? changed : action)];

    [LoggerMessage(Level = LogLevel.Warning, Message = "Action {Action} of agent task {Task} failed: {Code}")]
    private partial void LogFailed(string action, string task, string code);
}
