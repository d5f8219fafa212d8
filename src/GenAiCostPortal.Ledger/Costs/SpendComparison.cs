using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Which earlier period a report is held against.</summary>
public enum ComparedWith { PreviousPeriod, SameDaysOfLastMonth }

/// <summary>What one key (usually a feature) cost before and now, with what is known for a fact; no cause is guessed.</summary>
/// <param name="ShareOfChange">Part of the whole change, 0–1 and beyond; null when the whole did not change.</param>
/// <param name="CostPerRequestUsd">Estimated cost of its recorded calls ÷ its requests (algorithms §11); null without requests.</param>
/// <param name="StartedOn">First day with cost, for a key that cost nothing before.</param>
/// <param name="NothingSince">First day without cost, for a key that costs nothing any more.</param>
public sealed record SpendChange(
    string Key, decimal BeforeUsd, decimal NowUsd, decimal? ShareOfChange, long RequestsBefore, long Requests,
    decimal? CostPerRequestBeforeUsd, decimal? CostPerRequestUsd, DateOnly? StartedOn, DateOnly? NothingSince)
{
    /// <summary>USD more (or, negative, less) than before.</summary>
    public decimal ChangeUsd => NowUsd - BeforeUsd;

    /// <summary>The facts in words.</summary>
    public string Sentence => SpendChangeText.Of(this);
}

/// <summary>Two periods of the same length side by side.</summary>
/// <param name="Now">The question's own period, cut to what can be compared.</param>
/// <param name="ChangeShare">Change ÷ before; null when nothing was spent before.</param>
/// <param name="Moved">The largest changes, largest first.</param>
public sealed record SpendComparisonAnswer(SpendAnswer Now, SpendAnswer Before, decimal ChangeUsd, decimal? ChangeShare, IReadOnlyList<SpendChange> Moved);

/// <summary>Compares spend with an earlier period: the same days only, billed with billed, and never a day that is not over with one that is.</summary>
public sealed class SpendComparison(SpendReport report, TimeProvider clock)
{
    private const int Rows = 5;

    /// <summary>Asks the same question of both periods and says which keys of <paramref name="by"/> moved most.</summary>
    public async Task<SpendComparisonAnswer> ReadAsync(
        SpendQuery query, ComparedWith with = ComparedWith.PreviousPeriod, SpendDimension by = SpendDimension.Feature, CancellationToken cancel = default)
    {
        var now = await ComparableAsync(query with { GroupBy = [by], Granularity = Granularity.Day }, cancel);
        return await CompareAsync(now, Earlier(now, with), cancel);
    }

    /// <summary>The same for two questions that differ in their period only: by day, grouped by the one dimension whose moves are asked for.</summary>
    public async Task<SpendComparisonAnswer> CompareAsync(SpendQuery now, SpendQuery before, CancellationToken cancel = default)
    {
        var (nowAnswer, beforeAnswer) = (await report.ReadAsync(now, cancel), await report.ReadAsync(before, cancel));
        var estimated = now.View == SpendView.Estimated
            ? (Now: nowAnswer, Before: beforeAnswer)
            : (Now: await report.ReadAsync(now with { View = SpendView.Estimated }, cancel), Before: await report.ReadAsync(before with { View = SpendView.Estimated }, cancel));
        var change = nowAnswer.TotalUsd - beforeAnswer.TotalUsd;
        var keys = nowAnswer.Rows.Concat(beforeAnswer.Rows).Select(r => r.Keys[0]).Distinct();
        var moved = keys.Select(k => Change(k, nowAnswer, beforeAnswer, estimated.Now, estimated.Before, change)).Where(c => c.ChangeUsd != 0)
            .OrderByDescending(c => Math.Abs(c.ChangeUsd)).ThenBy(c => c.Key, StringComparer.Ordinal).Take(Rows);
        return new SpendComparisonAnswer(nowAnswer, beforeAnswer, change, beforeAnswer.TotalUsd > 0 ? change / beforeAnswer.TotalUsd : null, [.. moved]);
    }

    /// <summary>The earlier period of a question, as long as its own.</summary>
    public static SpendQuery Earlier(SpendQuery query, ComparedWith with)
    {
        if (with == ComparedWith.PreviousPeriod) return query with { From = query.From - (query.To - query.From), To = query.From };
        // AddMonths keeps to the month's last day, so the length is carried over rather than both bounds.
        var from = query.From.AddMonths(-1);
        return query with { From = from, To = from + (query.To - query.From) };
    }

    private async Task<SpendQuery> ComparableAsync(SpendQuery query, CancellationToken cancel)
    {
        var to = query.To;
        if (query.View == SpendView.Billed)
        {
            var through = (await report.ReadAsync(query with { To = query.From }, cancel)).BilledThrough;
            if (through is { } day && UtcTime.Start(day.AddDays(1)) < to) to = UtcTime.Start(day.AddDays(1));
        }
        var now = clock.GetUtcNow().UtcDateTime;
        if (now < to) to = now;
        return to > query.From ? query with { To = to } : query;
    }

    private static SpendChange Change(string key, SpendAnswer now, SpendAnswer before, SpendAnswer nowEstimated, SpendAnswer beforeEstimated, decimal whole)
    {
        var (nowRows, beforeRows) = (Of(now, key), Of(before, key));
        var (nowUsd, beforeUsd) = (nowRows.Sum(r => r.CostUsd), beforeRows.Sum(r => r.CostUsd));
        var spent = nowRows.Where(r => r.CostUsd != 0).Select(r => DateOnly.FromDateTime(r.Time!.Value)).ToList();
        var spentBefore = beforeRows.Where(r => r.CostUsd != 0).Select(r => DateOnly.FromDateTime(r.Time!.Value)).ToList();
        var (requests, requestsBefore) = (nowRows.Sum(r => r.Requests), beforeRows.Sum(r => r.Requests));
        return new SpendChange(key, beforeUsd, nowUsd, whole == 0 ? null : (nowUsd - beforeUsd) / whole, requestsBefore, requests,
            PerRequest(Of(beforeEstimated, key), requestsBefore), PerRequest(Of(nowEstimated, key), requests),
            beforeUsd == 0 && spent.Count > 0 ? spent.Min() : null,
            nowUsd == 0 && spent.Count == 0 && spentBefore.Count > 0 ? spentBefore.Max().AddDays(1) : null);
    }

    private static List<SpendRow> Of(SpendAnswer answer, string key) => [.. answer.Rows.Where(r => r.Keys[0] == key)];

    private static decimal? PerRequest(List<SpendRow> rows, long requests) => requests > 0 ? rows.Sum(r => r.CostUsd) / requests : null;
}
