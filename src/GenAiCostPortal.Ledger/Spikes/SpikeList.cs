using System.Text.Json;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>A spike as listed. USD.</summary>
public sealed record SpikeItem(
    long Id, SpikeScope Scope, string ScopeName, SpikeMeasure Measure, SpikeGrain Grain, SpikeKind Kind, SpikeStatus Status, DateTime Start, DateTime End, bool IsRunning,
    decimal ImpactUsd, decimal BaselineUsd, decimal ActualUsd, string Sentence, string Owner, string FirstSeenRelease, SpikeConfirmation Confirmation,
    decimal? BilledUsd, decimal? EstimatedUsd, DateTime? ConfirmedAt, DateTime DetectedAt, DateTime UpdatedAt, string StatusBy, DateTime? StatusAt, int Version, long? PartOfId)
{
    /// <summary>USD (or tokens) per step around it, oldest first; filled for lists.</summary>
    public IReadOnlyList<decimal> Course { get; init; } = [];
    public double PeakSpreads { get; init; }
    /// <summary>Late data shows nothing unusual any more; only its own page and what told of it still lead here.</summary>
    public bool IsWithdrawn { get; init; }
    public string FeedHealth { get; init; } = "";
    /// <summary>The scope as a report's filter.</summary>
    public SpendFilter Filter { get; init; } = SpendFilter.None;
}

/// <summary>A trace that shows a spike.</summary>
public sealed record ExemplarItem(ExemplarRole Role, TraceItem Trace);

/// <summary>A spike with everything about it.</summary>
/// <param name="Change">Null for parts of another spike.</param>
/// <param name="Parts">The same incident seen in wider scopes.</param>
public sealed record SpikeDetail(
    SpikeItem Spike, ChangeAnswer? Change, IReadOnlyList<ExemplarItem> Exemplars, IReadOnlyList<SpikeComment> Comments, IReadOnlyList<SpikeItem> Parts,
    IReadOnlyList<CoursePoint> Course);

/// <summary>A step of a spike's series: what was seen, what was expected, and the band of ± the threshold's spreads. In the unit of the series.</summary>
public sealed record CoursePoint(DateTime Time, double Seen, double? Expected, double? Low, double? High);

/// <summary>Reads spikes for the page, the navigation and the API.</summary>
public sealed class SpikeList(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, SeriesReader series, TraceSearch traces, TimeProvider clock)
{
    // Older rows of the list stand without their course: reading all hours of a year for small pictures would cost seconds.
    private const int Most = 500, CourseDays = 45;

    /// <summary>Newest first; parts of other spikes and what late data took back are left out.</summary>
    public async Task<IReadOnlyList<SpikeItem>> ReadAsync(DateTime from, DateTime to, bool withCourse = false, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var rows = await db.Spikes.AsNoTracking().Where(s => !s.IsWithdrawn && s.PartOfId == null && s.End > from && s.Start < to)
            .OrderByDescending(s => s.Start).ThenByDescending(s => s.Id).Take(Most).ToListAsync(cancel);
        var items = rows.ConvertAll(Item);
        if (!withCourse || items.Count == 0) return items;
        var courses = await CoursesAsync(db, rows, cancel);
        return [.. items.Select((item, i) => item with { Course = courses[i] })];
    }

    /// <summary>How many wait for somebody: open and not withdrawn.</summary>
    public async Task<int> CountOpenAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.Spikes.CountAsync(s => s.Status == SpikeStatus.Open && !s.IsWithdrawn && s.PartOfId == null, cancel);
    }

    /// <summary>What changed since a time, parts and withdrawn ones included: for jobs that tell people.</summary>
    public async Task<IReadOnlyList<SpikeItem>> ChangedSinceAsync(DateTime since, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        return (await db.Spikes.AsNoTracking().Where(s => s.UpdatedAt > since).OrderBy(s => s.UpdatedAt).ThenBy(s => s.Id).ToListAsync(cancel)).ConvertAll(Item);
    }

    /// <summary>One spike; null when there is none of that number.</summary>
    public async Task<SpikeDetail?> OpenAsync(long id, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        if (await db.Spikes.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, cancel) is not { } row) return null;
        var comments = await db.SpikeComments.AsNoTracking().Where(c => c.SpikeId == id).OrderBy(c => c.Id).ToListAsync(cancel);
        var parts = await db.Spikes.AsNoTracking().Where(s => s.PartOfId == id && !s.IsWithdrawn).OrderBy(s => s.Scope).ToListAsync(cancel);
        var pinned = await db.SpikeExemplars.AsNoTracking().Where(e => e.SpikeId == id).OrderBy(e => e.Rank).ToListAsync(cancel);
        var items = (await traces.ByKeysAsync([.. pinned.Select(p => p.TraceKey)], cancel)).ToDictionary(t => t.Key, t => t.Item);
        var change = row.Explanation.Length > 0 ? JsonSerializer.Deserialize<ChangeAnswer>(row.Explanation, JsonSerializerOptions.Web) : null;
        return new SpikeDetail(Item(row), change, [.. pinned.Where(p => items.ContainsKey(p.TraceKey)).Select(p => new ExemplarItem(p.Role, items[p.TraceKey]))],
            comments, [.. parts.Select(Item)], await CourseAsync(db, row, cancel));
    }

    private SpikeItem Item(Spike s) => new(
        s.Id, s.Scope, SpikeScopes.Name(dimensions, s.Scope, s.ScopeId), s.Measure, s.Grain, s.Kind, s.Status, s.Start, s.End, s.IsRunning,
        Money.ToUsd(s.ImpactNanoUsd), Money.ToUsd(s.BaselineNanoUsd), Money.ToUsd(s.ActualNanoUsd), s.Sentence, s.Owner, s.FirstSeenRelease, s.Confirmation,
        s.BilledNanoUsd is { } billed ? Money.ToUsd(billed) : null, s.EstimatedNanoUsd is { } estimated ? Money.ToUsd(estimated) : null, s.ConfirmedAt,
        s.DetectedAt, s.UpdatedAt, s.StatusBy, s.StatusAt, s.Version, s.PartOfId)
    {
        PeakSpreads = s.PeakSpreads, IsWithdrawn = s.IsWithdrawn, FeedHealth = s.FeedHealth, Filter = SpikeScopes.Filter(dimensions, s.Scope, s.ScopeId),
    };

    // Around the spike: a day before and after, or two weeks of days.
    private async Task<IReadOnlyList<CoursePoint>> CourseAsync(LedgerDb db, Spike row, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var key = new SeriesKey(row.Scope, row.ScopeId, row.Measure, row.Grain);
        var around = row.Grain == SpikeGrain.Day ? TimeSpan.FromDays(14) : TimeSpan.FromDays(Math.Clamp((row.End - row.Start).TotalDays, 1, 7));
        var end = row.End + around < now ? row.End + around : now;
        var days = SeriesReader.DaysTaught + (int)(end - row.Start + around).TotalDays + 2;
        var all = row.Grain == SpikeGrain.Day ? await series.DaysAsync(db, now, (int)(now - row.Start).TotalDays + days, key, cancel) : await series.HoursAsync(db, end, days, key, cancel);
        if (!all.TryGetValue(key, out var of)) return [];
        var settings = (await SpikeThresholds.ReadAsync(db, cancel)).SettingsOf(key) ?? SpikeSettings.CostPerHour;
        var reading = Detector.Read(of, settings);
        var first = Math.Max(0, (int)((row.Start.Date - around.Days * TimeSpan.FromDays(1) - of.Start) / of.Steps.Length));
        var points = new List<CoursePoint>();
        for (var i = first; i < of.Values.Length && of.TimeOf(i) < end; i++)
        {
            var (expected, width) = (reading.Expected[i], settings.Spreads * reading.Spread[i]);
            points.Add(double.IsNaN(expected) ? new CoursePoint(of.TimeOf(i), of.Values[i], null, null, null) : new CoursePoint(of.TimeOf(i), of.Values[i], expected,
                Math.Max(0, (expected + settings.Epsilon) * Math.Exp(-width) - settings.Epsilon), (expected + settings.Epsilon) * Math.Exp(width) - settings.Epsilon));
        }
        return points;
    }

    private async Task<IReadOnlyList<IReadOnlyList<decimal>>> CoursesAsync(LedgerDb db, List<Spike> rows, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var oldest = (int)(now - rows.Min(r => r.Start)).TotalDays + 2;
        var hours = await series.HoursAsync(db, now, Math.Min(oldest, CourseDays), null, cancel);
        var days = rows.Exists(r => r.Grain == SpikeGrain.Day) ? await series.DaysAsync(db, now, oldest + 10, null, cancel) : [];
        return [.. rows.Select(r =>
        {
            var key = new SeriesKey(r.Scope, r.ScopeId, r.Measure, r.Grain);
            if (!(r.Grain == SpikeGrain.Day ? days : hours).TryGetValue(key, out var of)) return (IReadOnlyList<decimal>)[];
            var (from, to) = r.Grain == SpikeGrain.Day ? (r.Start.AddDays(-10), r.End.AddDays(4)) : (r.Start.AddHours(-14), r.End.AddHours(10));
            var first = Math.Max(0, (int)((from - of.Start) / of.Steps.Length));
            var last = Math.Min(of.Values.Length, (int)((to - of.Start) / of.Steps.Length));
            return (IReadOnlyList<decimal>)[.. of.Values[first..Math.Max(first, last)].Select(v => (decimal)Math.Max(0, v))];
        })];
    }
}
