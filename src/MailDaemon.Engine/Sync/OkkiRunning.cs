using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Sync;

/// <summary>Brings records into the CRM that wait, one after the other as it likes it, and reads its customers anew every day.</summary>
internal sealed partial class OkkiRunning(Trails trails, TrailStore store, CustomerMirror mirror, CustomerStore customers, OkkiSettings settings, TimeProvider time, ILogger<OkkiRunning> logger) : BackgroundService
{
    private const int AtOnce = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromDays(1);

    private readonly Wakeup wakeup = new(time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        trails.Woken = wakeup.Wake;
        try
        {
            while (true)
            {
                if (settings.Missing is null)
                {
                    await TryAsync(async () =>
                    {
                        await WorkAsync(stoppingToken);
                        ReadCustomers();
                    });
                }

                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Each row says how far it came.
        }
    }

    private async Task WorkAsync(CancellationToken ct)
    {
        while (trails.RestsUntil <= time.GetUtcNow() && store.Due(AtOnce) is { Count: > 0 } due)
        {
            foreach (var id in due)
            {
                ct.ThrowIfCancellationRequested();
                await trails.TryAsync(id).WaitAsync(ct);
                if (trails.RestsUntil > time.GetUtcNow())
                    return;
            }
        }
    }

    /// <summary>Goes on with a reading that was broken off, or begins the day's.</summary>
    private void ReadCustomers()
    {
        if (settings.Current.Mode != "http" || settings.Current.Vector.Mode == "http" || mirror.IsRunning || trails.RestsUntil > time.GetUtcNow() || mirror.NextTry > time.GetUtcNow())
            return;
        var state = customers.State;
        if (state.Page > 0 || state.FinishedAt is null || state.FinishedAt < time.GetUtcNow() - BetweenReadings || state.Crm != settings.Crm)
            mirror.Begin(isOfAll: false);
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var next = settings.Missing is null && store.NextDue() is { } due ? (due > trails.RestsUntil ? due : trails.RestsUntil) - now : Longest;
        await wakeup.WaitAsync(next < Shortest ? Shortest : next > Longest ? Longest : next, ct);
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A full disk: each row says how far it came, and is tried again.
            LogFault(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Working for the CRM met a fault; it is tried again")]
    private partial void LogFault(Exception e);
}
