using MailDaemon.Engine.Accounts;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>IDLE on the inbox (RFC 2177) on a connection of its own.</summary>
internal sealed partial class ImapProvider
{
    private const string Inbox = "INBOX";

    /// <summary>Servers end an IDLE after 30 minutes; many routers forget a silent connection much earlier.</summary>
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(9);

    public async Task<IReadOnlyCollection<string>?> WaitForChangeAsync(CancellationToken ct)
    {
        await listening.WaitAsync(ct);
        try
        {
            if (listener is not { IsUsable: true })
            {
                // What came while nobody listened is found by a pass, so a new listener reports a change at once.
                return await BeginListeningAsync(ct) ? [] : null;
            }

            while (true)
            {
                if ((await listener.IdleAsync(RenewalTime(), ct)).End == IdleEnd.Changed)
                {
                    listener.TakeUpdates();
                    return [Inbox];
                }

                ct.ThrowIfCancellationRequested();
            }
        }
        catch (Exception e) when (ImapFaults.Translate(e, account) is { } fault)
        {
            await StopListeningAsync();
            throw fault;
        }
        finally
        {
            listening.Release();
        }
    }

    private async Task<bool> BeginListeningAsync(CancellationToken ct)
    {
        await StopListeningAsync();
        if (Preset is { Quirks.NoIdle: true })
        {
            return false;
        }

        var client = await connector.OpenImapAsync(account, ct);
        if (!client.Capabilities.Has("IDLE"))
        {
            await client.DisposeAsync();
            return false;
        }

        listener = client;
        await client.SelectAsync(Inbox, new SelectOptions { ReadOnly = true }, ct);
        return true;
    }

    private async Task StopListeningAsync()
    {
        if (Interlocked.Exchange(ref listener, null) is { } client)
        {
            await client.DisposeAsync();
        }
    }

    private TimeSpan RenewalTime() => Preset?.Quirks.IdleRenewalSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Renewal;

    private ServerPreset? Preset => account.PresetId is { } id ? Presets.Find(id) : null;
}
