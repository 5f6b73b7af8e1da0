using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// Reads the CRM's customers, and who its users are, into the mirror: all of them once a month, in between what changed; page by page, going on where it was broken
/// off. One reading at a time. Thread-safe.
/// </summary>
public sealed partial class CustomerMirror : IAsyncDisposable
{
    private const int MostPages = 10_000;
    private static readonly TimeSpan BetweenAll = TimeSpan.FromDays(30);

    private readonly CustomerStore customers;
    private readonly Crms crms;
    private readonly OkkiSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger<CustomerMirror> logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private Task running = Task.CompletedTask;

    internal CustomerMirror(CustomerStore customers, Crms crms, OkkiSettings settings, TimeProvider time, ILogger<CustomerMirror> logger) =>
        (this.customers, this.crms, this.settings, this.time, this.logger) = (customers, crms, settings, time, logger);

    public bool IsRunning => !running.IsCompleted;

    /// <summary>Why the last reading ended before its time; null when it did not.</summary>
    public MailException? Error { get; private set; }

    /// <summary>Begins a reading, goes on with the one that was broken off, or joins the one that runs.</summary>
    /// <param name="isOfAll">Anew, and of all customers; else as is due.</param>
    /// <exception cref="MailException">Conflict <c>okki_not_configured</c>.</exception>
    public void Begin(bool isOfAll)
    {
        settings.RequireConfigured();
        lock (gate)
        {
            if (running.IsCompleted)
                running = Task.Run(() => RunAsync(isOfAll, stopping.Token));
        }
    }

    /// <summary>Waits for the reading that runs.</summary>
    public Task WaitAsync(CancellationToken ct) => running.WaitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task RunAsync(bool isOfAll, CancellationToken ct)
    {
        try
        {
            Error = null;
            await ReadAsync(isOfAll, ct);
        }
        catch (MailException e)
        {
            LogBroken(e.Code);
            Error = e;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault(e);
            Error = MailException.Conflict("internal_error", "It was ended by a fault of the daemon.");
        }
    }

    private async Task ReadAsync(bool isOfAll, CancellationToken ct)
    {
        if (customers.State.Crm is { } read && read != settings.Crm)
            await customers.ClearAsync(ct);
        var state = customers.State;
        if (isOfAll || state.Page == 0)
        {
            await ReadUsersAsync(ct);
            await customers.BeginAsync(settings.Crm, isOfAll ? null : Since(state), time.GetUtcNow(), ct);
            state = customers.State;
        }

        var seen = state.BegunAt!.Value.ToUnixTimeMilliseconds();
        var done = state.Done;
        for (var page = state.Page; page <= MostPages; page++)
        {
            var listed = await crms.Current.ListAsync(page, state.Since, ct);
            var companies = new List<CrmCompany>();
            foreach (var hit in listed.Hits)
                companies.Add(await crms.Current.ShowAsync(hit.CompanyId, ct) ?? new CrmCompany(hit.CompanyId, hit.Name) { ShortName = hit.ShortName });
            done += listed.Hits.Count;
            await customers.AddAsync(companies, page + 1, done, listed.Total, seen, ct);
            if (listed.Hits.Count == 0 || done >= listed.Total)
                break;
        }

        await customers.EndAsync(state.Since is null, seen, time.GetUtcNow(), ct);
    }

    /// <summary>Who may not list them does without: the addresses of the accounts here are known in any case.</summary>
    private async Task ReadUsersAsync(CancellationToken ct)
    {
        try
        {
            await customers.SaveColleaguesAsync(await crms.Current.UsersAsync(ct), ct);
        }
        catch (MailException e) when (e.Fault == MailFault.Refused)
        {
            LogNoUsers(e.Code);
        }
    }

    /// <summary>The day before the last whole reading began, in the CRM's time; null when all are to be read.</summary>
    private DateOnly? Since(MirrorState state) => state is { FinishedAt: { } finished, BegunAt: { } begun } && finished > time.GetUtcNow() - BetweenAll
        ? DateOnly.FromDateTime(begun.ToOffset(TimeSpan.FromHours(8)).Date.AddDays(-1))
        : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading the CRM's customers was broken off: {Code}")]
    private partial void LogBroken(string code);

    [LoggerMessage(Level = LogLevel.Information, Message = "The CRM does not list its users: {Code}")]
    private partial void LogNoUsers(string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading the CRM's customers met a fault")]
    private partial void LogFault(Exception e);
}
