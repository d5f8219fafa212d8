using System.Globalization;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What one owner has by one method, stored and by the proposed rules. USD of billed days, all charge categories.</summary>
/// <param name="Feature">Empty = none.</param>
/// <param name="Team">Empty = none.</param>
/// <param name="RuleId">The rule that decided; below zero = a proposed rule without a number, -1 for the first of its kind; 0 = none.</param>
public sealed record TrialRow(string Feature, string Team, AllocationMethod Method, UnattributedReason Reason, int RuleId, decimal StoredUsd, decimal ProposedUsd)
{
    /// <summary>Empty = none.</summary>
    public string Application { get; init; } = "";
    /// <summary>Empty = none.</summary>
    public string Environment { get; init; } = "";
}

/// <summary>The ledger of some days as it is and as it would be.</summary>
/// <param name="Days">Billed days that were tried.</param>
/// <param name="BilledUsd">The bill of those days; both sides add up to it once the ledger is built.</param>
public sealed record TrialOutcome(DateOnly From, DateOnly To, int Days, decimal BilledUsd, IReadOnlyList<TrialRow> Rows)
{
    /// <summary>Days on which anything would change.</summary>
    public int DaysTouched { get; init; }
    /// <summary>USD without an owner as stored.</summary>
    public decimal StoredUnattributedUsd => Rows.Where(r => r.Method == AllocationMethod.Unattributed).Sum(r => r.StoredUsd);
    /// <summary>USD without an owner by the proposed rules.</summary>
    public decimal ProposedUnattributedUsd => Rows.Where(r => r.Method == AllocationMethod.Unattributed).Sum(r => r.ProposedUsd);
}

/// <summary>Builds days by proposed rules without keeping anything, beside what is stored.</summary>
public sealed class LedgerTrial(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, LedgerDayReader reader)
{
    private readonly record struct Key(string Feature, string Team, string Application, string Environment, AllocationMethod Method, UnattributedReason Reason, int RuleId);

    /// <summary>Tries all rules as they would be from now on: what is not among them would be gone. <paramref name="to"/> exclusive.</summary>
    /// <param name="progress">Share of the days done.</param>
    public async Task<TrialOutcome> BuildAsync(
        DateOnly from, DateOnly to, IReadOnlyList<OwnerRule> ownerRules, IReadOnlyList<SplitRule> splitRules, IProgress<double>? progress = null, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var days = await db.BilledDays.AsNoTracking().Where(b => b.Day >= from && b.Day < to).Select(b => b.Day).Distinct().OrderBy(d => d).ToListAsync(cancel);
        var sums = new Dictionary<(int Day, Key Key), (long Stored, long Proposed)>();
        var resources = await ResourceBook.ReadAsync(db, cancel);
        var names = reader.NamesWith(resources.Resources).Inventing();
        await AddStoredAsync(db, from, to, names, sums, cancel);
        var rules = new RuleBook(Numbered(ownerRules, r => r.Id, (r, id) => r.With(id)), Numbered(splitRules, r => r.Id, (r, id) => r.With(id)));
        var billed = 0L;
        if (days.Count > 0)
        {
            var lookback = await UsageLookback.ReadAsync(db, days[0].AddDays(-31), days[^1].AddDays(31), cancel);
            if (splitRules.Count > 0) await lookback.AddTaggedAsync(db, days[0].AddDays(-31), days[^1].AddDays(31), cancel);
            for (var i = 0; i < days.Count; i++)
            {
                var entries = LedgerDay.Build(await reader.ReadAsync(db, days[i], lookback.Around(days[i], rules, names, resources), cancel)).Billed;
                foreach (var entry in entries)
                {
                    var key = (days[i].DayNumber, new Key(names.Name(entry.FeatureId), names.Name(entry.TeamId), names.Name(entry.ApplicationId), names.Name(entry.EnvironmentId),
                        entry.Method, entry.Reason, entry.RuleId));
                    var (stored, proposed) = sums.GetValueOrDefault(key);
                    sums[key] = (stored, proposed + entry.AmountNanoUsd);
                    billed += entry.AmountNanoUsd;
                }
                progress?.Report((i + 1.0) / days.Count);
            }
        }
        return new TrialOutcome(from, to, days.Count, Money.ToUsd(billed),
        [
            .. sums.GroupBy(s => s.Key.Key, s => s.Value).Select(g => (g.Key, Stored: g.Sum(v => v.Stored), Proposed: g.Sum(v => v.Proposed))).Where(s => s.Stored != 0 || s.Proposed != 0)
                .OrderByDescending(s => Math.Abs(s.Proposed - s.Stored)).ThenBy(s => s.Key.Feature, StringComparer.Ordinal).ThenBy(s => s.Key.Team, StringComparer.Ordinal)
                .ThenBy(s => s.Key.Application, StringComparer.Ordinal).ThenBy(s => s.Key.Environment, StringComparer.Ordinal)
                .ThenBy(s => s.Key.Method).ThenBy(s => s.Key.Reason).ThenBy(s => s.Key.RuleId)
                .Select(s => new TrialRow(s.Key.Feature, s.Key.Team, s.Key.Method, s.Key.Reason, s.Key.RuleId, Money.ToUsd(s.Stored), Money.ToUsd(s.Proposed)) { Application = s.Key.Application, Environment = s.Key.Environment }),
        ]) { DaysTouched = sums.Where(s => s.Value.Stored != s.Value.Proposed).Select(s => s.Key.Day).Distinct().Count() };
    }

    private static async Task AddStoredAsync(LedgerDb db, DateOnly from, DateOnly to, RuleNames names, Dictionary<(int Day, Key Key), (long Stored, long Proposed)> sums, CancellationToken cancel) =>
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "Day", "FeatureId", "TeamId", "ApplicationId", "EnvironmentId", "Method", "Reason", "RuleId", SUM("AmountNanoUsd") FROM ledger_entry
            WHERE "Day" >= {from.DayNumber} AND "Day" < {to.DayNumber} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
            """), row =>
        {
            var key = (row.GetInt32(0), new Key(names.Name(row.GetInt32(1)), names.Name(row.GetInt32(2)), names.Name(row.GetInt32(3)), names.Name(row.GetInt32(4)),
                (AllocationMethod)row.GetByte(5), (UnattributedReason)row.GetByte(6), row.GetInt32(7)));
            sums[key] = (sums.GetValueOrDefault(key).Stored + row.GetInt64(8), 0);
        }, cancel);

    // Rules that are not stored yet are told apart by numbers that no stored rule has.
    private static List<T> Numbered<T>(IReadOnlyList<T> rules, Func<T, int> idOf, Func<T, int, T> with)
    {
        var next = 0;
        return [.. rules.Select(r => idOf(r) != 0 ? r : with(r, --next))];
    }
}
