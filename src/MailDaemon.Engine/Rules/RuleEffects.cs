using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Hooks;

namespace MailDaemon.Engine.Rules;

/// <summary>What became of the mails and webhooks that rules set off, since.</summary>
internal sealed class RuleEffects(OutboxStore outbox, HookStore hooks)
{
    /// <summary>A run with the state that its effect has by now; as it is where nothing is known of it any more.</summary>
    public RuleRun Follow(RuleRun run) => run switch
    {
        { State: "done", Effect: { } id, Action.Type: "webhook" } => Hook(run, id),
        { State: "done", Effect: { } id, Action.Type: "auto_reply" or "forward_to" } => Mail(run, id),
        _ => run,
    };

    private RuleRun Hook(RuleRun run, string id) => hooks.Find(id) switch
    {
        { State: "failed" } hook => run with { State = "failed", ErrorCode = "hook_failed", Error = hook.Error },
        { State: "pending" } => run with { State = "queued" },
        _ => run,
    };

    private RuleRun Mail(RuleRun run, string id) => outbox.Find(id) switch
    {
        { State: OutboxState.Failed } mail => run with { State = "failed", ErrorCode = mail.Error?.Code, Error = mail.Error?.Message },
        { State: OutboxState.Uncertain } mail => run with { State = "uncertain", ErrorCode = mail.Error?.Code, Error = mail.Error?.Message },
        { State: OutboxState.Pending or OutboxState.Sending } => run with { State = "queued" },
        _ => run,
    };
}
