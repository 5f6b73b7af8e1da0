using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Okki;

namespace MailDaemon.Engine.Rules;

/// <summary>What became of the mails, webhooks and records in the CRM that rules set off, since.</summary>
internal sealed class RuleEffects(OutboxStore outbox, HookStore hooks, TrailStore trails)
{
    /// <summary>A run with the state that its effect has by now; as it is where nothing is known of it any more.</summary>
    public RuleRun Follow(RuleRun run) => run switch
    {
        { State: "done", Effect: { } id, Action.Type: "webhook" } => Hook(run, id),
        { State: "done", Effect: { } id, Action.Type: "auto_reply" or "forward_to" } => Mail(run, id),
        { State: "done", Effect: { } id, Action.Type: "okki_sync" } => Record(run, id),
        _ => run,
    };

    private RuleRun Record(RuleRun run, string id) => trails.Find(id) switch
    {
        { State: "synced" } or null => run,
        { IsOpen: true, State: not "uncertain" } => run with { State = "queued" },
        { State: "uncertain" or "failed" or "skipped" } trail => run with { State = trail.State, ErrorCode = trail.Reason, Error = trail.Error },
        { } trail => run with { State = "skipped", ErrorCode = trail.Reason ?? trail.State, Error = trail.Error },
    };

    private RuleRun Hook(RuleRun run, string id) => hooks.Find(id) switch
    {
        { State: "failed" } hook => run with { State = "failed", ErrorCode = hook.ErrorCode ?? "hook_failed", Error = hook.Error },
        { State: "cancelled" } hook => run with { State = "skipped", ErrorCode = hook.ErrorCode, Error = hook.Error },
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
