using MailDaemon.Engine.Labels;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Actions;

/// <summary>What hangs on an account beside its cache and its secrets, and goes with it.</summary>
public sealed class AccountBelongings(OutboxStore outbox, ChangeStore changes, LabelStore labels)
{
    public async Task RemoveAsync(AccountKey account, CancellationToken ct)
    {
        await outbox.RemoveAccountAsync(account, ct);
        await changes.RemoveAccountAsync(account, ct);
        await labels.RemoveAccountAsync(account, ct);
    }
}
