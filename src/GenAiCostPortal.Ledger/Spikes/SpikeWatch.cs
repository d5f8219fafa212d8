using System.Text.Json;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>What a look brought.</summary>
public sealed record WatchOutcome(int Series, int Opened, int Changed, int Closed, int Confirmed)
{
    public bool IsNothing => Opened + Changed + Closed + Confirmed == 0;
}

/// <summary>
/// Looks at every series: tests the last 48 hours again (late data comes), explains what left its usual course, pins traces that show
/// it, and has it confirmed once its days are closed. The first look goes over all that is known.
/// </summary>
public sealed class SpikeWatch(
    IDbContextFactory<LedgerDb> stores, WriteGate gate, LedgerChanges changes, Dimensions dimensions, SeriesReader series, ChangeReport report,
    SpikeBill bill, FeedTrouble feeds, TimeProvider clock)
{
    private const string LookedFact = "SpikesLookedThrough";
    private static readonly TimeSpan Again = TimeSpan.FromHours(48), Near = TimeSpan.FromHours(3);
    private const int MostDaysBack = 90, BillDays = 35;

    /// <summary>Looks once.</summary>
    /// <param name="isAnew">Over all that is known, as at the first time.</param>
    public async Task<WatchOutcome> LookAsync(IProgress<double>? progress = null, bool isAnew = false, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        var now = clock.GetUtcNow().UtcDateTime;
        await using var db = await stores.CreateDbContextAsync(cancel);
        var known = await db.Spikes.AsNoTracking().Where(s => !s.IsWithdrawn && (s.IsRunning || s.End > now.AddDays(-MostDaysBack))).ToListAsync(cancel);
        var from = await TestedFromAsync(db, known, now, isAnew, cancel);
        // The bill comes days later and is read back for weeks, so its days are tested further back.
        var daysFrom = from < now.AddDays(-BillDays) ? from : now.Date.AddDays(-BillDays);
        var all = await series.HoursAsync(db, now, SeriesReader.DaysTaught + (int)(now - from).TotalDays, null, cancel);
        foreach (var (key, days) in await series.DaysAsync(db, now, SeriesReader.DaysTaught + (int)(now - daysFrom).TotalDays, null, cancel)) all.Add(key, days);
        var thresholds = await SpikeThresholds.ReadAsync(db, cancel);
        var found = SpikeFindings.Of(all, thresholds.SettingsOf, from, daysFrom);
        progress?.Report(0.2);

        var (opened, changed, closed) = (0, 0, 0);
        var rows = new Dictionary<FoundSpike, Spike>();
        foreach (var (finding, at) in found.OrderBy(f => f.PartOf is not null).Select((f, i) => (f, i)))
        {
            var row = known.Find(s => IsSame(s, finding));
            var isNew = row is null;
            if (isNew && known.Exists(s => IsCovered(s, finding))) continue;
            if (row is not null && IsAsKnown(row, finding, now)) { rows[finding] = row; continue; }
            row ??= new Spike { Scope = finding.Key.Scope, ScopeId = finding.Key.ScopeId, Measure = finding.Key.Measure, Grain = finding.Key.Grain, DetectedAt = now };
            var wasRunning = row.IsRunning;
            Take(row, finding, finding.PartOf is { } of && rows.GetValueOrDefault(of) is { } whole ? whole.Id : null);
            await PutAsync(row, isNew, finding.PartOf is null, cancel);
            rows[finding] = row;
            if (isNew) known.Add(row);
            if (isNew && row.PartOfId is null) opened++;
            else if (wasRunning && !row.IsRunning) closed++;
            else if (!isNew) changed++;
            progress?.Report(0.2 + 0.7 * (at + 1) / found.Count);
        }
        closed += await CloseAsync(known, rows.Values, from, cancel);
        var confirmed = await bill.ConfirmAsync(cancel);
        // What was explained by estimates is explained again by the bill.
        foreach (var spike in await db.Spikes.AsNoTracking().Where(s => confirmed.Contains(s.Id)).ToListAsync(cancel)) await PutAsync(spike, false, true, cancel);
        if (all.Count > 0) await NoteAsync(now, cancel);
        var outcome = new WatchOutcome(all.Count, opened, changed, closed, confirmed.Count);
        if (!outcome.IsNothing) changes.Say(LedgerPart.Spikes);
        return outcome;
    }

    /// <summary>Explains a spike anew and keeps the answer, its sentence and its traces.</summary>
    internal async Task PutAsync(Spike row, bool isNew, bool isExplained, CancellationToken cancel)
    {
        var filter = SpikeScopes.Filter(dimensions, row.Scope, row.ScopeId);
        IReadOnlyList<(long TraceKey, ExemplarRole Role)> traces = [];
        if (isExplained)
        {
            var length = row.End - row.Start;
            var query = row.Kind == SpikeKind.Ramp ? new ChangeQuery(row.Start, row.End, row.Start - length, row.Start, filter) : new ChangeQuery(row.Start, row.End, null, null, filter);
            var answer = await report.ReadAsync(query with { ForSpike = row.Id }, cancel);
            (row.BaselineNanoUsd, row.ActualNanoUsd, row.ImpactNanoUsd) = (Costs.Money.ToNanoUsd(answer.BaselineUsd), Costs.Money.ToNanoUsd(answer.ActualUsd), Costs.Money.ToNanoUsd(answer.ImpactUsd));
            row.FeedHealth = row.Kind == SpikeKind.Drop ? await feeds.DuringAsync(row.Start, row.End, cancel) : "";
            row.Sentence = SpikeText.Of(row, answer.Sentence);
            (row.Explanation, row.FirstSeenRelease) = (JsonSerializer.Serialize(answer, JsonSerializerOptions.Web), answer.FirstSeenRelease);
            await using var read = await stores.CreateDbContextAsync(cancel);
            traces = await ExemplarPick.PickAsync(read, dimensions, filter, answer, cancel);
        }
        else
        {
            row.Sentence = SpikeText.OfPart(row);
        }
        row.UpdatedAt = clock.GetUtcNow().UtcDateTime;
        row.Version++;
        using var turn = await gate.EnterAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (isNew) db.Spikes.Add(row);
        else await KeepPeoplesPartAsync(db, row, cancel);
        await db.SaveChangesAsync(cancel);
        if (isExplained)
        {
            await db.SpikeExemplars.Where(e => e.SpikeId == row.Id).ExecuteDeleteAsync(cancel);
            db.SpikeExemplars.AddRange(traces.Select((t, i) => new SpikeExemplar { SpikeId = row.Id, TraceKey = t.TraceKey, Role = t.Role, Rank = i }));
            await db.SaveChangesAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Status and owner may have changed while the explanation was made.</summary>
    private static async Task KeepPeoplesPartAsync(LedgerDb db, Spike row, CancellationToken cancel)
    {
        var now = await db.Spikes.AsNoTracking().FirstOrDefaultAsync(s => s.Id == row.Id, cancel);
        if (now is not null) (row.Status, row.StatusAt, row.StatusBy, row.Owner, row.Version) = (now.Status, now.StatusAt, now.StatusBy, now.Owner, Math.Max(now.Version + 1, row.Version));
        db.Spikes.Update(row);
    }

    private static async Task<DateTime> TestedFromAsync(LedgerDb db, List<Spike> known, DateTime now, bool isAnew, CancellationToken cancel)
    {
        var fact = isAnew ? null : await db.Facts.AsNoTracking().FirstOrDefaultAsync(f => f.Name == LookedFact, cancel);
        var looked = fact is null ? now.AddDays(-SeriesReader.DaysTaught) : UtcTime.FromUnixMs(long.Parse(fact.Value, System.Globalization.CultureInfo.InvariantCulture));
        var from = looked < now ? looked : now;
        foreach (var running in known.Where(s => s.IsRunning && s.Start < from)) from = running.Start;
        from -= Again;
        return from < now.AddDays(-MostDaysBack) ? now.AddDays(-MostDaysBack) : from.Date;
    }

    private async Task NoteAsync(DateTime now, CancellationToken cancel)
    {
        using var turn = await gate.EnterAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var fact = await db.Facts.FindAsync([LookedFact], cancel);
        var value = UtcTime.ToUnixMs(now).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (fact is null) db.Facts.Add(new StoreFact { Name = LookedFact, Value = value });
        else fact.Value = value;
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>What is not found any more: over, or taken back by late data.</summary>
    private async Task<int> CloseAsync(List<Spike> known, IEnumerable<Spike> found, DateTime from, CancellationToken cancel)
    {
        var seen = found.Select(s => s.Id).ToHashSet();
        var gone = known.Where(s => !seen.Contains(s.Id) && (s.IsRunning || s.Grain == SpikeGrain.Hour && s.Start >= from)).ToList();
        if (gone.Count == 0) return 0;
        using var turn = await gate.EnterAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        foreach (var spike in gone)
        {
            // A person's word stands; what nobody looked at goes.
            var isWithdrawn = spike.Start >= from && spike.Status == SpikeStatus.Open && spike.Kind != SpikeKind.Ramp;
            await db.Spikes.Where(s => s.Id == spike.Id).ExecuteUpdateAsync(u => u.SetProperty(s => s.IsRunning, false).SetProperty(s => s.IsWithdrawn, isWithdrawn)
                .SetProperty(s => s.UpdatedAt, clock.GetUtcNow().UtcDateTime).SetProperty(s => s.Version, s => s.Version + 1), cancel);
        }
        return gone.Count;
    }

    private static void Take(Spike row, FoundSpike found, long? partOf)
    {
        (row.Kind, row.Start, row.End, row.IsRunning) = (found.Kind, found.Start, found.End, found.IsRunning);
        (row.Seen, row.Expected, row.PeakSpreads, row.PartOfId) = (found.Seen, found.Expected, found.PeakSpreads, partOf);
    }

    private static bool IsSame(Spike row, FoundSpike found) =>
        row.Scope == found.Key.Scope && row.ScopeId == found.Key.ScopeId && row.Measure == found.Key.Measure && row.Grain == found.Key.Grain
        && (row.Kind == SpikeKind.Drop) == (found.Kind == SpikeKind.Drop) && (row.Kind == SpikeKind.Ramp) == (found.Kind == SpikeKind.Ramp)
        && found.Start < row.End + Near && row.Start < found.End + Near;

    /// <summary>The bill's days or tokens of something that is listed already.</summary>
    private static bool IsCovered(Spike row, FoundSpike found) =>
        row.Scope == found.Key.Scope && row.ScopeId == found.Key.ScopeId && (row.Grain != found.Key.Grain || row.Measure != found.Key.Measure)
        && (row.Kind == SpikeKind.Drop) == (found.Kind == SpikeKind.Drop) && found.Start < row.End && row.Start < found.End;

    private static bool IsAsKnown(Spike row, FoundSpike found, DateTime now) =>
        row.Kind == found.Kind && row.Start == found.Start && row.End == found.End && row.IsRunning == found.IsRunning && Math.Abs(row.Seen - found.Seen) <= 1e-3 * Math.Abs(row.Seen);
}
