using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// What a request, a call and 1,000 tokens cost (algorithms §11). Costs are the estimate of recorded calls at the price of their
/// time, so they can be told apart in every way that calls can; the bill is on the spend report.
/// </summary>
public sealed class UnitCostReport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, SpendReport spend, TimeProvider clock, RetentionOptions? kept = null)
{
    /// <summary>Sums come from rollups; distributions and the fixed overhead from single traces and calls, as far as these are kept.</summary>
    /// <param name="withSamples">Also read what only single traces and calls can tell.</param>
    /// <exception cref="ArgumentException">More than two groupings.</exception>
    public async Task<UnitCostAnswer> ReadAsync(UsageQuery query, bool withSamples = true, CancellationToken cancel = default)
    {
        var asked = query.ToSpend();
        var all = await spend.RecordedAsync(asked, insideTraces: false, cancel);
        var inside = await spend.RecordedAsync(asked, insideTraces: true, cancel);
        var unrecorded = await spend.UnrecordedAsync(asked, cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var keptFrom = UtcTime.Start(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-(kept ?? new RetentionOptions()).CallDays));
        var samples = new CallSamples(db, dimensions, withSamples ? query : query with { To = query.From }, keptFrom);
        var requests = await samples.RequestsAsync(cancel);
        var prompts = await samples.PromptsAsync(cancel);
        var users = await new UserCosts(db, dimensions, query).ReadAsync(cancel);

        // Calls of a workflow or agent that cost nothing by their status cannot be told from the others in the rollups.
        var knowsBillable = !query.IsByKind && !query.Asked.Any(d => d is SpendDimension.Workflow or SpendDimension.Agent);
        var insideRows = inside.Rows.ToDictionary(Place);
        var unrecordedRows = unrecorded?.Rows.ToDictionary(Place);
        var words = new SpendWords(dimensions);
        var rows = all.Rows.Select(row =>
        {
            var of = insideRows.GetValueOrDefault(Place(row));
            var at = new CallSamples.At(row.Time is { } time ? UtcTime.ToUnixSeconds(time) : 0, Number(words, query, row.Keys, 0), Number(words, query, row.Keys, 1));
            return new UnitCostRow(row.Time, row.Keys, CostOf([row], of is null ? [] : [of], unrecordedRows?.GetValueOrDefault(Place(row)) is { } more ? [more] : [], knowsBillable), requests.Rows.GetValueOrDefault(at),
                prompts.Rows.TryGetValue(at, out var floor) ? floor : null) { Users = users.Rows is null ? null : users.Rows.GetValueOrDefault(at) ?? UserCost.None };
        }).ToArray();
        return new UnitCostAnswer(query, all.AsOf, CostOf(all.Rows, inside.Rows, unrecorded?.Rows ?? [], knowsBillable), requests.Total, prompts.Total, rows, requests.Coverage, prompts.Coverage) { Users = users.Total };
    }

    private static UnitCost CostOf(IReadOnlyList<SpendRow> all, IReadOnlyList<SpendRow> inside, IReadOnlyList<SpendRow> unrecorded, bool knowsBillable) => new(
        all.Sum(r => r.CostUsd), inside.Sum(r => r.CostUsd), all.Sum(r => r.Calls), knowsBillable ? all.Sum(r => r.BillableCalls) : null, inside.Sum(r => r.Requests),
        all.Sum(r => r.CallsWithoutCost), inside.Sum(r => r.CallsWithoutCost), all.Aggregate(default(TokenCounts), (sum, r) => sum + r.Tokens))
    {
        UnrecordedRequests = unrecorded.Sum(r => r.Requests) / 1_000_000m, UnrecordedCostUsd = unrecorded.Sum(r => r.CostUsd),
    };

    private static (DateTime?, string) Place(SpendRow row) => (row.Time, string.Join('\u001f', row.Keys));

    private static int Number(SpendWords words, UsageQuery query, IReadOnlyList<string> keys, int grouping) =>
        keys.Count > grouping ? words.Key(query.GroupBy[grouping], keys[grouping]) : 0;
}
