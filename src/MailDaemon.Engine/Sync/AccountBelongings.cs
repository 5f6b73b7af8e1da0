using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Engine.Sync;

/// <summary>What hangs on an account beside its cache and its secrets, and goes with it.</summary>
public sealed class AccountBelongings(
    OutboxStore outbox, ChangeStore changes, LabelStore labels, RuleStore rules, RuleLedger ledger, AgentTaskStore tasks, HookStore hooks, TrailStore trails)
{
    public async Task RemoveAsync(AccountKey account, CancellationToken ct)
    {
        await rules.RemoveAccountAsync(account, ct);
        await ledger.RemoveAccountAsync(account, ct);
        await tasks.RemoveAccountAsync(account, ct);
        await hooks.RemoveAccountAsync(account, ct);
        await trails.RemoveAccountAsync(account, ct);
        await outbox.RemoveAccountAsync(account, ct);
        await changes.RemoveAccountAsync(account, ct);
        await labels.RemoveAccountAsync(account, ct);
    }
}
