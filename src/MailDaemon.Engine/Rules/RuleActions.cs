using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Providers;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Rules;

/// <summary>
/// Does what rules, and agents for them, want done with a message. What can be repeated without harm is done on the server and in the
/// cache by <see cref="MessageActions"/>, as routes do it; what has an effect outside is committed with the word that it was done.
/// </summary>
internal sealed class RuleActions(
    MessageActions actions, MailLabels labels, Sending sending, MailProviders providers, AccountStore accounts, RuleLedger ledger, AutomaticMailLimits limits, AgentTaskStore tasks, MailTrails trails, OkkiSettings okki, SqliteFile store, TimeProvider time)
{
    /// <summary>Called when there is a webhook to be sent.</summary>
    public Action Woken { get; set; } = () => { };

    /// <returns>What became of it; null when that is written down already.</returns>
    /// <exception cref="MailException">It failed, for now or for good.</exception>
    public async Task<RunOutcome?> DoAsync(FoundMessage message, Rule rule, RuleRun run, CancellationToken ct) => run.Action.Type switch
    {
        "auto_reply" => await ReplyAsync(message, run, ct),
        "forward_to" => await ForwardAsync(message, run, ct),
        "agent_handle" => await GiveToAgentAsync(message, rule, run, ct),
        "webhook" => await CallAsync(message, rule, run, ct),
        "okki_sync" => await SyncToCrmAsync(message, run, ct),
        _ => await ChangeAsync(message, run.Action.Type, run.Action.Value, ct),
    };

    /// <summary>Does what can be repeated: on the server and in the cache, or later when the server is away. What is so already stays so.</summary>
    public async Task<RunOutcome> ChangeAsync(FoundMessage message, string type, string value, CancellationToken ct)
    {
        switch (type)
        {
            case "add_label":
                return RunOutcome.Done(await labels.SetOneAsync(message, [value], [], ct));
            case "remove_label":
                return RunOutcome.Done(await labels.SetOneAsync(message, [], [value], ct));
            case "mark_as_read" or "mark_as_unread":
                return RunOutcome.Done((await actions.SetFlagAsync(message, MessageFlags.Read, type == "mark_as_read", ct)).Queued);
            case "star" or "unstar":
                return RunOutcome.Done((await actions.SetFlagAsync(message, MessageFlags.Starred, type == "star", ct)).Queued);
            case "archive":
                return message.Message.Role == FolderRole.Archive ? RunOutcome.Done() : RunOutcome.Done((await actions.ArchiveAsync(message, ct)).Queued);
            case "mark_as_spam":
                return message.Message.Role == FolderRole.Spam ? RunOutcome.Done() : RunOutcome.Done((await actions.MarkSpamAsync(message, ct)).Queued);
            case "delete":
                // To trash: done again it would be for good.
                return message.Message.Role == FolderRole.Trash ? RunOutcome.Done() : RunOutcome.Done((await actions.DeleteAsync(message, ct)).Queued);
            case "move_to_folder":
                var target = message.Cache.FolderNamed(value).Path;
                return target == message.Message.FolderPath ? RunOutcome.Done() : RunOutcome.Done((await actions.MoveAsync(message, target, ct)).Queued);
            default:
                throw MailException.InvalidInput("invalid_action", $"There is no action {type}.");
        }
    }

    /// <summary>The header of a message; empty when it has gone from its server.</summary>
    public async Task<IReadOnlyList<HeaderLine>> HeaderAsync(FoundMessage message, CancellationToken ct)
    {
        try
        {
            return await providers.For(message.Account).ReadHeaderAsync(message.Remote, ct);
        }
        catch (MailException e) when (e.Fault == MailFault.NotFound)
        {
            return [];
        }
    }

    private async Task<RunOutcome?> ReplyAsync(FoundMessage message, RuleRun run, CancellationToken ct)
    {
        var detail = Detail(message);
        var header = await HeaderAsync(message, ct);
        if (AutoReply.Refusal(detail, header, message.Account.Email, Own()) is { } why)
            return RunOutcome.Skipped("not_answered", $"The mail is not answered by a machine: {why}.");
        var recipient = AutoReply.Recipient(detail, header);
        var sender = recipient.ToLowerInvariant();
        var now = time.GetUtcNow();
        var days = run.Action.Days ?? AutoReply.DefaultDays;
        var notSince = now - TimeSpan.FromDays(days);
        if (ledger.LastReply(run.RuleId, sender) > notSince)
            return AnsweredBefore(days);
        var by = new AutomaticSender(run.Account, run.RuleId);
        if (limits.Refusal(by) is { } over)
            return RunOutcome.Skipped(over.Code, over.Message);
        var isHtml = run.Action.ContentType == AnswerType.Html;
        var answer = new Draft
        {
            To = [new EmailAddress("", recipient)],
            Subject = AutoReply.Subject(detail.Subject),
            Body = AutoReply.Render(run.Action.Value, isHtml, detail),
            IsHtml = isHtml,
        };
        try
        {
            await sending.PostReplyAsync(
                message,
                answer,
                AutoReply.Header,
                isAnswer: false,
                (writer, id) =>
                {
                    if (!ledger.TryAddReply(writer, run, sender, notSince))
                        throw new AnsweredMeanwhileException();
                    limits.Take(writer, by);
                    ledger.Finish(writer, run, RunOutcome.Done(effect: id));
                },
                ct);
            return null;
        }
        catch (AnsweredMeanwhileException)
        {
            return AnsweredBefore(days);
        }
        catch (MailException e) when (e.Code == AutomaticMailLimits.Code)
        {
            return RunOutcome.Skipped(e.Code, e.Message);
        }
    }

    private OwnAddresses Own() => new(accounts.All().Select(account => account.Email));

    private static RunOutcome AnsweredBefore(int days) => RunOutcome.Skipped("answered_before", $"This sender was answered within the last {days} days.");

    private async Task<RunOutcome?> ForwardAsync(FoundMessage message, RuleRun run, CancellationToken ct)
    {
        var to = EmailAddress.TryParseList(run.Action.Value)!;
        if (to.Count > limits.MaxRecipients)
            return RunOutcome.Skipped("too_many_recipients", $"A machine writes to {limits.MaxRecipients} recipients at most (AutomaticMail:MaxRecipients); this rule names {to.Count}.");
        var by = new AutomaticSender(run.Account, run.RuleId);
        if (limits.Refusal(by) is { } over)
            return RunOutcome.Skipped(over.Code, over.Message);
        try
        {
            return await ForwardAsync(message, to, by, (writer, id) => ledger.Finish(writer, run, RunOutcome.Done(effect: id)), ct) is { } why
                ? RunOutcome.Skipped("not_forwarded", $"The mail is not sent on by a machine: {why}.")
                : null;
        }
        catch (MailException e) when (e.Code == AutomaticMailLimits.Code)
        {
            return RunOutcome.Skipped(e.Code, e.Message);
        }
    }

    /// <summary>Sends a mail on in the name of a rule or an agent.</summary>
    /// <param name="along">What is committed with it; it is told the mail's id in the outbox.</param>
    /// <returns>Why it is not sent on; null when it is.</returns>
    /// <exception cref="MailException">TooMany <c>limit</c>; or the server was asked for the mail and failed.</exception>
    public async Task<string?> ForwardAsync(FoundMessage message, IReadOnlyList<EmailAddress> to, AutomaticSender by, Action<SqliteWriter, string> along, CancellationToken ct)
    {
        var header = await HeaderAsync(message, ct);
        if (AutoForward.Refusal(Detail(message), header, message.Account.Email, Own(), to) is { } why)
            return why;
        await sending.PostForwardAsync(
            message,
            new Draft { To = to },
            AutoForward.Header(header, message.Account.Email),
            (writer, id) =>
            {
                limits.Take(writer, by);
                along(writer, id);
            },
            ct);
        return null;
    }

    private async Task<RunOutcome?> GiveToAgentAsync(FoundMessage message, Rule rule, RuleRun run, CancellationToken ct)
    {
        var task = new AgentTask
        {
            Id = AgentTaskStore.NewId(),
            AgentId = run.Action.Value,
            RuleId = rule.Id,
            RuleName = rule.Name,
            AllowedActions = run.Action.AllowedActions ?? AgentAbilities.Default,
            Message = AgentMessage.Of(Detail(message), message.Cache.ReadContent(message.Message.Key) ?? new MessageContent { Text = "" }),
            CreatedAt = time.GetUtcNow(),
        };
        await store.WriteAsync(
            writer =>
            {
                AgentTaskStore.Add(writer, task);
                ledger.Finish(writer, run, RunOutcome.Done(effect: task.Id));
            },
            ct);
        tasks.Tell(task.Id);
        return null;
    }

    private async Task<RunOutcome?> SyncToCrmAsync(FoundMessage message, RuleRun run, CancellationToken ct)
    {
        okki.RequireConfigured();
        var detail = Detail(message);
        if (trails.Refusal(detail) is { } why)
            return RunOutcome.Skipped("okki_skipped", $"The mail does not become a record: {why}.");
        await store.WriteAsync(
            writer =>
            {
                var id = trails.Post(writer, detail, run.Account, OkkiValue.Read(run.Action.Value)!);
                ledger.Finish(writer, run, RunOutcome.Done(effect: id));
            },
            ct);
        trails.Wake();
        return null;
    }

    private async Task<RunOutcome?> CallAsync(FoundMessage message, Rule rule, RuleRun run, CancellationToken ct)
    {
        if (store.Read(reader => HookStore.IsGone(reader, rule.Id, run.Action.Value, rule.UpdatedAt)))
            return RunOutcome.Skipped(HookSender.Gone, "The endpoint answered 410 Gone to an earlier call of this rule. PUT or toggle the rule to call it again.");
        var id = HookStore.NewId();
        var now = time.GetUtcNow();
        var body = new RuleHookBody(id, "rule.matched", now, run.Account.Provider.Name(), run.Account.Email, run.Key, message.Item, new MatchedRule(rule.Id, rule.Name));
        var hook = new Hook
        {
            Id = id,
            Account = run.Account,
            RuleId = rule.Id,
            Url = run.Action.Value,
            Body = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(body, RuleHookJson.Readable.RuleHookBody)),
            CreatedAt = now,
        };
        await store.WriteAsync(
            writer =>
            {
                HookStore.Add(writer, hook);
                ledger.Finish(writer, run, RunOutcome.Done(effect: id));
            },
            ct);
        Woken();
        return null;
    }

    /// <summary>With nothing said where its file is lost: what stands in the row is enough to go by.</summary>
    internal static MessageDetail Detail(FoundMessage message) =>
        message.Cache.ReadDetail(message.Message.Key, BodyOptions.AsSent) ?? new MessageDetail(message.Item, new MessageContent { Text = "" }, BodyOptions.AsSent);

    /// <summary>Takes a transaction back: the rule answered this sender for another account at the same moment.</summary>
    private sealed class AnsweredMeanwhileException : Exception;
}
