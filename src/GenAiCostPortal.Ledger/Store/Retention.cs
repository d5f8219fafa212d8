using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>How long details are kept (contract: <c>Retention:*</c>). Day rollups, bill and ledger stay for ever.</summary>
/// <param name="SpanDays">Spans with their attributes.</param>
/// <param name="CallDays">Calls and the traces they belong to.</param>
/// <param name="HourDays">Hour slots of both rollups; never shorter than the calls, whose late spans still move them.</param>
/// <param name="Minute5Days">Five-minute slots of the usage rollup.</param>
public sealed record RetentionOptions(int SpanDays = 30, int CallDays = 90, int HourDays = 400, int Minute5Days = 14);

/// <summary>What a run took away.</summary>
public sealed record RetentionOutcome(long Spans, long Calls, long Traces, long Slots);

/// <summary>
/// Takes away what is older than kept, in chunks of a few thousand rows, each a short transaction of its own, so that writers
/// and readers hardly notice. What is interrupted goes on at the next run. Traces that show a spike stay.
/// </summary>
public sealed class Retention(IDbContextFactory<LedgerDb> stores, WriteGate gate, TraceWriter writer, MeasureSettling settling, LedgerChanges changes, TimeProvider clock)
{
    private const int TracesPerChunk = 250, RowsPerChunk = 4_000;

    /// <summary>Runs to the end. Progress goes from 0 to 1.</summary>
    public async Task<RetentionOutcome> RunAsync(RetentionOptions options, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        var today = UtcTime.DayOfUnixMs(UtcTime.ToUnixMs(clock.GetUtcNow().UtcDateTime));
        var outcome = new RetentionOutcome(0, 0, 0, 0);

        // Whole traces first: their spans need no second look.
        outcome = await DropTracesAsync(Before(today, options.CallDays), outcome, cancel);
        progress?.Report(0.3);
        outcome = await DropSpansAsync(Before(today, Math.Min(options.SpanDays, options.CallDays)), outcome, cancel);
        progress?.Report(0.7);
        var hours = Before(today, Math.Max(options.HourDays, options.CallDays)) / 1000;
        var slots = Before(today, options.Minute5Days) / 1000;
        await settling.RunAsync(slots, cancel);
        await DropLoggedHoursAsync(Before(today, options.CallDays) / 1000, cancel);
        outcome = await DropUsageAsync(RollupSpan.Minute5, slots, outcome, cancel);
        outcome = await DropUsageAsync(RollupSpan.Hour, hours, outcome, cancel);
        outcome = await DropCostAsync(hours, outcome, cancel);
        outcome = await DropSampledAsync(hours, outcome, cancel);
        progress?.Report(1);
        if (outcome != new RetentionOutcome(0, 0, 0, 0)) changes.Say(LedgerPart.Traces);
        return outcome;
    }

    private static long Before(DateOnly today, int days) => UtcTime.ToUnixMs(UtcTime.Start(today.AddDays(-days)));

    private async Task<RetentionOutcome> DropTracesAsync(long beforeUnixMs, RetentionOutcome outcome, CancellationToken cancel)
    {
        while (true)
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var oldest = await db.Traces.AsNoTracking().Where(t => t.StartUnixMs < beforeUnixMs && !db.SpikeExemplars.Any(e => e.TraceKey == t.Key)).OrderBy(t => t.StartUnixMs)
                .Select(t => new { t.Key, Rows = t.Spans + t.Calls }).Take(TracesPerChunk).ToListAsync(cancel);
            var keys = Chunk(oldest.Select(t => (t.Key, t.Rows)));
            if (keys.Count == 0) return outcome;
            outcome = await InOneAsync(db, async () => outcome with
            {
                Spans = outcome.Spans + await db.Spans.Where(s => keys.Contains(s.TraceKey)).ExecuteDeleteAsync(cancel),
                Calls = outcome.Calls + await db.Calls.Where(c => keys.Contains(c.TraceKey)).ExecuteDeleteAsync(cancel),
                Traces = outcome.Traces + await db.Traces.Where(t => keys.Contains(t.Key)).ExecuteDeleteAsync(cancel),
            }, cancel);
        }
    }

    private async Task<RetentionOutcome> DropSpansAsync(long beforeUnixMs, RetentionOutcome outcome, CancellationToken cancel)
    {
        while (true)
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var oldest = await db.Traces.AsNoTracking()
                .Where(t => t.StartUnixMs < beforeUnixMs && db.Spans.Any(s => s.TraceKey == t.Key) && !db.SpikeExemplars.Any(e => e.TraceKey == t.Key)).OrderBy(t => t.StartUnixMs)
                .Select(t => new { t.Key, t.Spans }).Take(TracesPerChunk).ToListAsync(cancel);
            var keys = Chunk(oldest.Select(t => (t.Key, t.Spans)));
            if (keys.Count == 0) return outcome;
            outcome = await InOneAsync(db, async () => outcome with
            {
                Spans = outcome.Spans + await db.Spans.Where(s => keys.Contains(s.TraceKey)).ExecuteDeleteAsync(cancel),
            }, cancel);
        }
    }

    // What was booked of them stays: calls of that time are not taken any more, so nothing is weighed against them again.
    private async Task DropLoggedHoursAsync(long beforeSeconds, CancellationToken cancel)
    {
        while (true)
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var old = db.LoggedHours.Where(h => h.HourUnixSeconds < beforeSeconds);
            var hours = await old.OrderBy(h => h.HourUnixSeconds).Select(h => h.HourUnixSeconds).Take(RowsPerChunk).ToListAsync(cancel);
            if (hours.Count == 0) return;
            var last = hours[^1];
            using var turn = await gate.EnterAsync(cancel);
            await old.Where(h => h.HourUnixSeconds <= last).ExecuteDeleteAsync(cancel);
            writer.ForgetLoggedHours(last + 1);
        }
    }

    private async Task<RetentionOutcome> DropUsageAsync(RollupSpan span, long beforeSeconds, RetentionOutcome outcome, CancellationToken cancel)
    {
        while (true)
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var slots = db.UsageRollups.Where(r => r.Span == span && r.SlotUnixSeconds < beforeSeconds);
            var ends = await slots.OrderBy(r => r.SlotUnixSeconds).Select(r => r.SlotUnixSeconds).Take(RowsPerChunk).ToListAsync(cancel);
            if (ends.Count == 0) return outcome;
            var last = ends[^1];
            outcome = await InOneAsync(db, async () => outcome with { Slots = outcome.Slots + await slots.Where(r => r.SlotUnixSeconds <= last).ExecuteDeleteAsync(cancel) }, cancel);
        }
    }

    private async Task<RetentionOutcome> DropCostAsync(long beforeSeconds, RetentionOutcome outcome, CancellationToken cancel)
    {
        while (true)
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var slots = db.CostRollups.Where(r => r.Span == RollupSpan.Hour && r.SlotUnixSeconds < beforeSeconds);
            var ends = await slots.OrderBy(r => r.SlotUnixSeconds).Select(r => r.SlotUnixSeconds).Take(RowsPerChunk).ToListAsync(cancel);
            if (ends.Count == 0) return outcome;
            var last = ends[^1];
            outcome = await InOneAsync(db, async () => outcome with { Slots = outcome.Slots + await slots.Where(r => r.SlotUnixSeconds <= last).ExecuteDeleteAsync(cancel) }, cancel);
        }
    }

    private async Task<RetentionOutcome> DropSampledAsync(long beforeSeconds, RetentionOutcome outcome, CancellationToken cancel)
    {
        while (true)
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var calls = db.SampledUsage.Where(r => r.Span == RollupSpan.Hour && r.SlotUnixSeconds < beforeSeconds);
            var requests = db.SampledRequests.Where(r => r.Span == RollupSpan.Hour && r.SlotUnixSeconds < beforeSeconds);
            var ends = await calls.Select(r => r.SlotUnixSeconds).Concat(requests.Select(r => r.SlotUnixSeconds)).OrderBy(s => s).Take(RowsPerChunk).ToListAsync(cancel);
            if (ends.Count == 0) return outcome;
            var last = ends[^1];
            outcome = await InOneAsync(db, async () => outcome with
            {
                Slots = outcome.Slots + await calls.Where(r => r.SlotUnixSeconds <= last).ExecuteDeleteAsync(cancel)
                    + await requests.Where(r => r.SlotUnixSeconds <= last).ExecuteDeleteAsync(cancel),
            }, cancel);
        }
    }

    private async Task<RetentionOutcome> InOneAsync(LedgerDb db, Func<Task<RetentionOutcome>> act, CancellationToken cancel)
    {
        using var turn = await gate.EnterAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var outcome = await act();
        await transaction.CommitAsync(cancel);
        writer.ForgetCells();
        return outcome;
    }

    private static List<long> Chunk(IEnumerable<(long Key, int Rows)> traces)
    {
        var keys = new List<long>();
        var rows = 0;
        foreach (var (key, of) in traces)
        {
            if (keys.Count > 0 && rows + of > RowsPerChunk) break;
            keys.Add(key);
            rows += of;
        }
        return keys;
    }
}
