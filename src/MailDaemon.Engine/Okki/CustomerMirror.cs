using System.Globalization;
using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// Reads the CRM's customers, and who its users are, into the mirror: all of them once a month, in between what changed; page by page, going on
/// where it was broken off. Customers of another CRM take the place of those that are known when all of them are read. One reading at a time.
/// Thread-safe.
/// </summary>
public sealed partial class CustomerMirror : IAsyncDisposable
{
    private const int MostPages = 10_000;

    private const string Incomplete = "okki_list_incomplete";
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    /// <summary>What a whole reading came upon is not tried again at once.</summary>
    private static readonly TimeSpan AfterIncomplete = TimeSpan.FromHours(1);

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

    /// <summary>Not before then it is begun by itself.</summary>
    internal DateTimeOffset NextTry { get; private set; } = DateTimeOffset.MinValue;

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
            NextTry = time.GetUtcNow() + (e.Code == Incomplete ? AfterIncomplete : AfterFailure);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault(e);
            Error = MailException.Conflict("internal_error", "It was ended by a fault of the daemon.");
            NextTry = time.GetUtcNow() + AfterFailure;
        }
    }

    private async Task ReadAsync(bool isOfAll, CancellationToken ct)
    {
        var state = customers.State;
        var first = isOfAll || state.Page == 0 || state.Reading != settings.Crm ? 1 : state.Page;

        // Before anything is written: a login that is refused changes nothing.
        var listed = await crms.Current.ListAsync(first, first == 1 ? NextSince(state, isOfAll) : state.Since, ct);
        if (first == 1)
        {
            var colleagues = await ColleaguesAsync(ct);
            await customers.BeginAsync(settings.Crm, NextSince(state, isOfAll), time.GetUtcNow(), ct);
            if (colleagues.Count > 0)
                await customers.SaveColleaguesAsync(colleagues, ct);
            state = customers.State;
        }

        await EndAsync(state, await ReadPagesAsync(state, first, listed, ct), ct);
    }

    /// <returns>Whether the list was read to its end, as far as the CRM says where that is.</returns>
    private async Task<bool> ReadPagesAsync(MirrorState state, int first, CrmPage listed, CancellationToken ct)
    {
        var done = state.Done;
        for (var page = first; page <= MostPages && listed.Hits.Count > 0; page++)
        {
            var companies = new List<(CrmHit Hit, CrmCompany? Company)>();
            foreach (var hit in listed.Hits)
                companies.Add((hit, await crms.Current.ShowAsync(hit.CompanyId, ct)));
            if (settings.Crm != state.Reading)
                throw MailException.Conflict("okki_changed", "Another CRM was configured while the customers were read; it is read from the beginning.");
            await customers.AddAsync(companies, page + 1, listed.Total ?? 0, Seen(state), ct);
            var before = done;
            done = customers.State.Done;
            if (listed.Total is > 0 and var total && done >= total)
                return true;

            // The same page again: where the list ends is not known.
            if (done == before)
                return false;
            listed = await crms.Current.ListAsync(page + 1, state.Since, ct);
        }

        return listed.Hits.Count == 0 && done >= (listed.Total ?? 0);
    }

    /// <summary>A list that ends before its time, or is empty where customers are known, takes none of them away.</summary>
    private async Task EndAsync(MirrorState state, bool isToItsEnd, CancellationToken ct)
    {
        var done = customers.State.Done;
        var isWhole = isToItsEnd && (done > 0 || state.Since is not null || customers.Count == 0);
        if (isWhole || (done > 0 && !state.IsStaged))
            await customers.EndAsync(isWhole && state.Since is null, Seen(state), time.GetUtcNow(), ct);
        else
            await customers.AbandonAsync(ct);
        if (!isWhole)
            throw MailException.Conflict(Incomplete, string.Create(CultureInfo.InvariantCulture, $"The CRM's list ended after {done} customers, before its end; those that were known stay."));
    }

    private static long Seen(MirrorState state) => state.BegunAt!.Value.ToUnixTimeMilliseconds();

    /// <summary>Who may not list them does without: the addresses of the accounts here are known in any case.</summary>
    private async Task<IReadOnlyList<string>> ColleaguesAsync(CancellationToken ct)
    {
        try
        {
            return await crms.Current.UsersAsync(ct);
        }
        catch (MailException e) when (e.Fault == MailFault.Refused)
        {
            LogNoUsers(e.Code);
            return [];
        }
    }

    /// <summary>The day before the last reading that ended began, in the CRM's time; null when all are to be read.</summary>
    private DateOnly? NextSince(MirrorState state, bool isOfAll) =>
        !isOfAll && state.Crm == settings.Crm && state is { FinishedAt: { } finished, FinishedFrom: { } begun } && finished > time.GetUtcNow() - BetweenAll
            ? DateOnly.FromDateTime(begun.ToOffset(TimeSpan.FromHours(8)).Date.AddDays(-1))
            : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading the CRM's customers was broken off: {Code}")]
    private partial void LogBroken(string code);

    [LoggerMessage(Level = LogLevel.Information, Message = "The CRM does not list its users: {Code}")]
    private partial void LogNoUsers(string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading the CRM's customers met a fault")]
    private partial void LogFault(Exception e);
}
