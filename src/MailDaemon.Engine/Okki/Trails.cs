using System.Collections.Concurrent;
using MailDaemon.Engine.Events;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Logging;

namespace MailDaemon.Engine.Okki;

/// <summary>
/// Brings records into the CRM: finds the customer, writes once, and after a lost answer looks before it writes again. Before each step it
/// is written down, so that a crash is gone on from. One try of a record at a time. Thread-safe.
/// </summary>
public sealed partial class Trails
{
    /// <summary>The CRM is asked for a minute at most; what it has not shown after so long it did not take.</summary>
    private static readonly TimeSpan[] Looks = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(90)];

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(10);

    /// <summary>Until a person settles it.</summary>
    private static readonly DateTimeOffset NotByItself = DateTimeOffset.MaxValue.AddYears(-1);

    private readonly TrailStore store;
    private readonly CustomerMatcher matcher;
    private readonly Crms crms;
    private readonly OkkiSettings settings;
    private readonly EndpointRests rests;
    private readonly UnmatchedLog unmatched;
    private readonly EventHub events;
    private readonly TimeProvider time;
    private readonly ILogger<Trails> logger;
    private readonly ConcurrentDictionary<string, Lazy<Task>> running = new(StringComparer.Ordinal);

    internal Trails(TrailStore store, CustomerMatcher matcher, Crms crms, OkkiSettings settings, EndpointRests rests, UnmatchedLog unmatched, EventHub events, TimeProvider time, ILogger<Trails> logger) =>
        (this.store, this.matcher, this.crms, this.settings, this.rests, this.unmatched, this.events, this.time, this.logger) = (store, matcher, crms, settings, rests, unmatched, events, time, logger);

    /// <summary>Called when there is something to be done.</summary>
    public Action Woken { get; set; } = () => { };

    /// <summary>The CRM was away; until then only one is tried.</summary>
    internal DateTimeOffset RestsUntil => rests.Until(Endpoint);

    private string Endpoint => "okki " + settings.Current.BaseUrl;

    /// <summary>Makes a record, or finds the one there is, and tries to bring it into the CRM at once, unless that was away just now.</summary>
    /// <returns>As it is then, and whether it was there before.</returns>
    /// <exception cref="MailException">Conflict <c>okki_not_configured</c>; TooMany <c>okki_queue_full</c>.</exception>
    public async Task<(Trail Trail, bool WasThere)> CreateAsync(string kind, string uid, TrailSource source, AccountKey? account, CancellationToken ct)
    {
        settings.RequireConfigured();
        var (id, isNew) = await store.AddAsync(kind, uid, source, account, ct);
        if (isNew || store.Get(id).IsOpen)
        {
            if (RestsUntil <= time.GetUtcNow())
                await TryAsync(id).WaitAsync(ct);
            else
                Woken();
        }

        return (store.Get(id), !isNew);
    }

    /// <summary>Tries one again of which nothing was written.</summary>
    /// <exception cref="MailException">NotFound; Conflict <c>trail_state</c> or <c>okki_not_configured</c>.</exception>
    public Task<Trail> RetryAsync(string id, CancellationToken ct) => AgainAsync(id, source => source, ct);

    /// <summary>A person says whose it is.</summary>
    /// <inheritdoc cref="RetryAsync" path="/exception"/>
    public Task<Trail> AssignAsync(string id, long companyId, string companyName, CancellationToken ct) => AgainAsync(id, Assign(companyId, companyName), ct);

    /// <summary>What waits for a person and is of the same other side is settled by the same word; the runner writes it.</summary>
    /// <param name="isSame">Whether an address is of that side.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> AssignWaitingAsync(Func<string, bool> isSame, long companyId, string companyName, CancellationToken ct)
    {
        var count = await store.ResetWaitingAsync([.. store.Waiting().Where(waiting => isSame(waiting.Address)).Select(waiting => waiting.Id)], Assign(companyId, companyName), ct);
        if (count > 0)
            Woken();
        return count;
    }

    /// <summary>Does what can be done with a record by now, or joins who does; returns when that is over, whatever came of it.</summary>
    internal async Task TryAsync(string id)
    {
        var mine = running.GetOrAdd(id, key => new Lazy<Task>(() => Task.Run(() => RunAsync(key))));
        try
        {
            await mine.Value;
        }
        finally
        {
            running.TryRemove(KeyValuePair.Create(id, mine));
        }
    }

    /// <summary>A person who looked into the CRM says whether an uncertain record is there; when it is not, it is written.</summary>
    /// <param name="trailId">The CRM's id of it, where that is known.</param>
    /// <exception cref="MailException">NotFound; Conflict <c>trail_state</c> or <c>okki_not_configured</c>.</exception>
    public async Task<Trail> SettleAsync(string id, bool isWritten, long? trailId, CancellationToken ct)
    {
        settings.RequireConfigured();
        await store.SettleAsync(id, isWritten, trailId, ct);
        if (isWritten)
            Tell(id);
        else
            await TryAsync(id).WaitAsync(ct);
        return store.Get(id);
    }

    private static Func<TrailSource, TrailSource> Assign(long companyId, string companyName) => source => source with { CompanyId = companyId, CompanyName = companyName, IsAssigned = true };

    private async Task<Trail> AgainAsync(string id, Func<TrailSource, TrailSource> change, CancellationToken ct)
    {
        settings.RequireConfigured();
        await store.ResetAsync(id, change, ct);
        await TryAsync(id).WaitAsync(ct);
        return store.Get(id);
    }

    private async Task RunAsync(string id)
    {
        while (store.Find(id) is { IsOpen: true } trail)
        {
            try
            {
                if (!await StepAsync(trail))
                    break;
            }
            catch (MailException e)
            {
                await FailedAsync(trail, e);
                break;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // What it cannot cope with holds up no other; whether it was written is not known.
                LogFault(trail.Id, trail.State, e);
                if (store.Find(id) is { IsOpen: true })
                    await FailedAsync(trail, new MailException(MailFault.Timeout, "internal_error", "This failed by a fault of the daemon; its log says more.", e));
                break;
            }
        }

        Tell(id);
    }

    private void Tell(string id)
    {
        if (store.Find(id) is { Account: { } account } after)
            events.Publish(EventTypes.Trail + after.State, account, null, new TrailNews(after.Id, after.Kind, after.State, after.CompanyId, after.TrailId, after.Reason));
    }

    /// <returns>Whether to go on with it at once.</returns>
    private async Task<bool> StepAsync(Trail trail) => trail.State switch
    {
        "pending" => await MatchAsync(trail),
        "matched" => await PostAsync(trail),
        "posting" => await SuspectAsync(trail),
        "uncertain" => await LookAsync(trail),
        _ => false,
    };

    private async Task<bool> MatchAsync(Trail trail)
    {
        var options = settings.Current;
        var source = trail.Source;
        var match = source.CompanyId is { } given
            ? new CustomerMatch(given, source.CompanyName ?? "", "given", 1, "somebody said so", [])
            : await matcher.MatchAsync(source.Counterparties, source.Mail?.Subject ?? "", source.Mail?.Text ?? "", CancellationToken.None);
        Answered();
        if (match is null)
        {
            await store.EndAsync(trail.Id, "unmatched", "no_customer", "No customer of the CRM is like it. POST /api/okki/unmatched/{id}/assign says whose it is.", null);
            unmatched.Write(trail, time.GetUtcNow());
            return false;
        }

        if (!source.IsAssigned && match.Confidence < (source.MinConfidence ?? options.AutoWriteMin))
        {
            await store.EndAsync(trail.Id, "review", "low_confidence", "It is not certain enough whose it is. POST /api/okki/unmatched/{id}/assign says so.", match);
            return false;
        }

        return await store.TryMatchAsync(trail, match, TrailContent.Of(trail.Kind, trail.Uid, source, match.CompanyId, options.Language == "en"));
    }

    private async Task<bool> PostAsync(Trail trail)
    {
        if (settings.Current.DryRun)
        {
            await store.EndAsync(trail.Id, "skipped", "dry_run", "Okki:DryRun is on: this would have been written.", null);
            return false;
        }

        await store.BeginPostingAsync(trail.Id);
        var trailId = await crms.Current.PushAsync(trail.CompanyId!.Value, RemarkType(trail), trail.Content!, CancellationToken.None);
        await store.MarkSyncedAsync(trail, trailId);
        Answered();
        return false;
    }

    /// <summary>It was being sent when the daemon ended, or could not note what came of it.</summary>
    private async Task<bool> SuspectAsync(Trail trail)
    {
        await store.WaitAsync(trail.Id, "uncertain", new MailException(MailFault.Timeout, "okki_unanswered", "The answer was lost; the record is looked for in the CRM."), time.GetUtcNow());
        return true;
    }

    /// <summary>Whether it was written, by the customer's records in the CRM. What is not shown by the last look is settled by the other evidence, or by a person.</summary>
    private async Task<bool> LookAsync(Trail trail)
    {
        var postedAt = trail.PostedAt!.Value;
        var since = postedAt.AddDays(-1);
        var before = store.PostedSince(trail.CompanyId!.Value, since, trail.Id);
        var listed = await crms.Current.TrailsAsync(trail.CompanyId.Value, since, CancellationToken.None);
        Answered();
        var others = store.PostedSince(trail.CompanyId.Value, since, trail.Id);
        List<Trail> rivals = [.. others.Where(other => other.TrailId is null && (other.PostedAt!.Value - postedAt).Duration() <= TrailEvidence.LongestDelay)];
        var verdict = TrailEvidence.Judge(Lost(trail), [.. rivals.Select(Lost)], Ids(others), Ids(before), listed);
        var now = time.GetUtcNow();
        switch (verdict.Finding)
        {
            case TrailFinding.Shown:
                await store.MarkSyncedAsync(trail, verdict.TrailId);
                return false;
            case var _ when Looks.Select(look => postedAt + look).FirstOrDefault(look => look > now) is { Ticks: > 0 } next:
                await store.WaitAsync(trail.Id, "uncertain", LookedFor(trail), next);
                return false;
            case TrailFinding.Counted:
                await store.MarkSyncedAsync(trail, verdict.TrailId);
                return false;
            case TrailFinding.Absent:
                await store.WaitAsync(trail.Id, "matched", null, time.GetUtcNow());
                return true;

            // What of ours may still arrive changes the number of records.
            case var _ when rivals.Select(rival => rival.PostedAt!.Value + Looks[^1]).Where(look => look > now).DefaultIfEmpty().Max() is { Ticks: > 0 } later:
                await store.WaitAsync(trail.Id, "uncertain", LookedFor(trail), later);
                return false;
            default:
                await store.WaitAsync(
                    trail.Id,
                    "uncertain",
                    MailException.Conflict("okki_unclear", "The answer was lost, and the CRM's list does not tell whether the record was written. Look in the CRM, then POST /api/okki/trails/{id}/settle says whether it is there."),
                    NotByItself);
                return false;
        }
    }

    private static MailException LookedFor(Trail trail) => new(MailFault.Timeout, trail.Reason ?? "okki_unanswered", "The answer was lost; the record is looked for in the CRM.");

    private static HashSet<long> Ids(IEnumerable<Trail> trails) => [.. trails.Select(trail => trail.TrailId).OfType<long>()];

    private LostTrail Lost(Trail trail) => new(trail.Id, TrailContent.Marker(trail.Kind, trail.Uid, trail.CompanyId!.Value), trail.Content ?? "", RemarkType(trail), trail.PostedAt!.Value, trail.LostAt);

    private int RemarkType(Trail trail) =>
        trail.Source.RemarkType ?? (trail.Kind == Trail.QuotationKind ? settings.Current.RemarkTypeQuotation : settings.Current.RemarkTypeEmail);

    private async Task FailedAsync(Trail trail, MailException e)
    {
        LogFailed(trail.Id, trail.State, e.Code);
        var now = time.GetUtcNow();
        var delay = TimeSpan.FromSeconds(5 * Math.Pow(2, Math.Min(trail.Attempts, 10)));
        var next = now + (delay < LongestDelay ? delay : LongestDelay);
        if (e.Code is "okki_unreachable" or "okki_unavailable" or "okki_unanswered" or "okki_unauthorized" or "okki_not_configured" or HookSender.NotAllowed)
            rests.Begin(Endpoint);

        // Also when the look back after a start took it for one of before.
        var isPosting = trail.State == "matched" && store.Find(trail.Id)?.State is "posting" or "uncertain";
        switch (e)
        {
            case { Fault: MailFault.Timeout } when isPosting:
                await store.WaitAsync(trail.Id, "uncertain", e, now + Looks[0]);
                break;
            case { Code: "okki_no_read_back" }:
                await store.WaitAsync(trail.Id, "uncertain", e, NotByItself);
                break;
            case { Fault: MailFault.Refused, Code: not "vector_refused" } when trail.State != "uncertain":
                await store.EndAsync(trail.Id, "failed", e.Code, e.Message, null);
                break;
            default:
                await store.WaitAsync(trail.Id, trail.State, e, next);
                break;
        }
    }

    private void Answered() => rests.End(Endpoint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "CRM record {Id} ({State}) waits or failed: {Code}")]
    private partial void LogFailed(string id, string state, string code);

    [LoggerMessage(Level = LogLevel.Error, Message = "CRM record {Id} ({State}) met a fault")]
    private partial void LogFault(string id, string state, Exception e);
}

/// <summary>What an event tells of a record.</summary>
public sealed record TrailNews(string Id, string Kind, string State, long? CompanyId, long? TrailId, string? Reason);
