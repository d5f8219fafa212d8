using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>A frozen estimate beside the closed bill, both of AWS-billed tokens only. USD.</summary>
/// <param name="Model">Canonical id; empty for the whole day.</param>
/// <param name="EstimatedUsd">As it stood before the first bill line; null when nothing was estimated.</param>
public sealed record AccuracyCell(DateOnly Day, string Model, string Display, decimal? EstimatedUsd, decimal BilledUsd)
{
    /// <summary>(estimate − bill) ÷ bill; null without a bill. What was not estimated at all is −100 %.</summary>
    public decimal? ErrorShare => BilledUsd == 0 ? null : ((EstimatedUsd ?? 0) - BilledUsd) / BilledUsd;
}

/// <summary>How good the estimates of several days were.</summary>
/// <param name="Days">Days that were billed.</param>
/// <param name="MeanErrorShare">Mean of the days' errors without their sign (MAPE); null without a billed day.</param>
/// <param name="BiasShare">(Σ estimates − Σ bills) ÷ Σ bills: which way they err.</param>
public sealed record AccuracySum(string Model, string Display, int Days, decimal EstimatedUsd, decimal BilledUsd, decimal? MeanErrorShare, decimal? BiasShare)
{
    internal static AccuracySum Of(string model, string display, IReadOnlyCollection<AccuracyCell> cells)
    {
        var errors = cells.Select(c => c.ErrorShare).OfType<decimal>().ToList();
        var (estimated, billed) = (cells.Sum(c => c.EstimatedUsd ?? 0), cells.Sum(c => c.BilledUsd));
        return new AccuracySum(model, display, errors.Count, estimated, billed, errors.Count == 0 ? null : errors.Average(Math.Abs), billed == 0 ? null : (estimated - billed) / billed);
    }
}

/// <summary>How good the estimates were.</summary>
/// <param name="Days">Whole days with an estimate, oldest first.</param>
/// <param name="Models">The same by model, most billed first.</param>
/// <param name="Cells">By day and model.</param>
/// <param name="WithoutEstimate">Closed days for which nothing had been estimated before their first bill; in no figure here.</param>
public sealed record AccuracyAnswer(AccuracySum Total, IReadOnlyList<AccuracyCell> Days, IReadOnlyList<AccuracySum> Models, IReadOnlyList<AccuracyCell> Cells, int WithoutEstimate)
{
    /// <summary>The newest closed day in one sentence; empty while none is closed.</summary>
    public string NewestSentence { get; init; } = "";
}

/// <summary>
/// Accuracy (algorithms §4, Days): the estimate frozen before the first bill against the closed bill. Both are kept for ever, so
/// this answers for days whose calls have long left. The first freeze stays, however often a bill is restated or usage re-priced.
/// </summary>
public sealed class AccuracyReport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions)
{
    private const int MostTold = 3;

    /// <summary>Closed days between two; <paramref name="to"/> exclusive.</summary>
    public async Task<AccuracyAnswer> ReadAsync(DateOnly from, DateOnly to, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var closed = await ClosedDays.ReadAsync(db, from, to, cancel);
        var byDay = closed.GroupBy(c => c.Day).ToList();
        var judged = byDay.Where(d => d.Any(c => c.EstimatedNanoUsd is not null)).ToList();
        var cells = judged.SelectMany(d => d).Select(c => Cell(c.Day, c.ModelId, [c])).ToList();
        var days = judged.Select(d => Cell(d.Key, 0, [.. d])).ToList();
        var models = cells.GroupBy(c => (c.Model, c.Display)).Select(g => AccuracySum.Of(g.Key.Model, g.Key.Display, [.. g]))
            .OrderByDescending(m => m.BilledUsd).ThenBy(m => m.Model, StringComparer.Ordinal).ToList();
        var newest = byDay.Count == 0 ? "" : (await SentencesAsync(db, [byDay[^1].Key], cancel))[0];
        return new AccuracyAnswer(AccuracySum.Of("", "", days), days, models, cells, byDay.Count - judged.Count) { NewestSentence = newest };
    }

    /// <summary>The sentences of closed days between two, by day; <paramref name="to"/> exclusive.</summary>
    public async Task<IReadOnlyDictionary<DateOnly, string>> SentencesAsync(DateOnly from, DateOnly to, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var days = (await ClosedDays.DaysAsync(db, from, to, cancel)).Order().ToList();
        var sentences = await SentencesAsync(db, days, cancel);
        return Enumerable.Range(0, days.Count).ToDictionary(i => days[i], i => sentences[i]);
    }

    /// <summary>What a run that closed days says of the newest of them, with a blank before; empty without any.</summary>
    internal static async Task<string> ToldAsync(LedgerDb db, IReadOnlyCollection<DateOnly> days, CancellationToken cancel)
    {
        if (days.Count == 0) return "";
        var whole = await ClosedDays.DaysAsync(db, days.Min(), days.Max().AddDays(1), cancel);
        var newest = days.Where(whole.Contains).OrderDescending().Take(MostTold).ToList();
        return string.Concat((await SentencesAsync(db, newest, cancel)).Select(s => " " + s));
    }

    /// <summary>One sentence per day, in the order of the days.</summary>
    internal static async Task<IReadOnlyList<string>> SentencesAsync(LedgerDb db, IReadOnlyCollection<DateOnly> days, CancellationToken cancel)
    {
        if (days.Count == 0) return [];
        var closed = (await ClosedDays.ReadAsync(db, days.Min(), days.Max().AddDays(1), cancel)).ToLookup(c => c.Day);
        var bills = new Dictionary<DateOnly, long>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture,
            $"SELECT \"Day\", SUM(\"AmountNanoUsd\") FROM billed_line WHERE \"Day\" >= {days.Min().DayNumber} AND \"Day\" <= {days.Max().DayNumber} GROUP BY 1"),
            row => bills[DateOnly.FromDayNumber(row.GetInt32(0))] = row.GetInt64(1), cancel);
        return [.. days.Order().Select(d => ClosedDayText.Of(d, Money.ToUsd(bills.GetValueOrDefault(d)), Money.ToUsd(closed[d].Sum(c => c.BilledNanoUsd)),
            closed[d].Any(c => c.EstimatedNanoUsd is not null) ? Money.ToUsd(closed[d].Sum(c => c.EstimatedNanoUsd ?? 0)) : null))];
    }

    private AccuracyCell Cell(DateOnly day, int model, IReadOnlyCollection<ClosedModel> parts)
    {
        var estimated = parts.Any(p => p.EstimatedNanoUsd is not null) ? Money.ToUsd(parts.Sum(p => p.EstimatedNanoUsd ?? 0)) : (decimal?)null;
        return new AccuracyCell(day, dimensions.Name(model), model == 0 ? "" : dimensions.Label(model), estimated, Money.ToUsd(parts.Sum(p => p.BilledNanoUsd)));
    }
}
