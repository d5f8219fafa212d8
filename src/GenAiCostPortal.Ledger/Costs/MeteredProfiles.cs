using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Metered usage that stands under a profile although its model is known by now.</summary>
/// <param name="From">First hour, UTC.</param>
/// <param name="To">Exclusive.</param>
public sealed record MeteredProfile(string Arn, string AccountId, string Region, DateTime From, DateTime To);

/// <summary>
/// Finds metered usage that was stored before a profile's model was known, and takes it away once the same hours were read again
/// under the model: both together would count twice.
/// </summary>
public sealed class MeteredProfiles(IDbContextFactory<LedgerDb> stores, InferenceProfiles profiles, Dimensions dimensions, WriteGate gate, LedgerChanges changes)
{
    private const int HoursPerTransaction = 200;

    /// <summary>What is left, by profile, account and region.</summary>
    public async Task<IReadOnlyList<MeteredProfile>> LeftAsync(CancellationToken cancel = default)
    {
        await profiles.LoadAsync(cancel);
        var ids = profiles.ResolvedModels.Select(arn => dimensions.Find(DimensionKind.Model, arn)).ToList();
        if (ids.Count == 0) return [];
        await using var db = await stores.CreateDbContextAsync(cancel);
        var left = await db.MeteredUsage.Where(m => ids.Contains(m.ModelId)).GroupBy(m => new { m.ModelId, m.AccountId, m.RegionId })
            .Select(g => new { g.Key, From = g.Min(m => m.HourUnixSeconds), To = g.Max(m => m.HourUnixSeconds) }).ToListAsync(cancel);
        return [.. left.Select(l => new MeteredProfile(dimensions.Name(l.Key.ModelId), dimensions.Name(l.Key.AccountId), dimensions.Name(l.Key.RegionId),
            UtcTime.FromUnixMs(l.From * 1000), UtcTime.FromUnixMs(l.To * 1000).AddHours(1)))];
    }

    /// <summary>Takes away the hours that stand under the model by now, and has their open days built again.</summary>
    /// <param name="hours">Starts of hours that were read again, UTC.</param>
    public async Task DropAsync(MeteredProfile left, IReadOnlyCollection<DateTime> hours, CancellationToken cancel = default)
    {
        var model = dimensions.Find(DimensionKind.Model, left.Arn);
        var account = dimensions.Find(DimensionKind.Account, left.AccountId);
        var region = dimensions.Find(DimensionKind.Region, left.Region);
        foreach (var chunk in hours.Distinct().Chunk(HoursPerTransaction))
        {
            var seconds = chunk.Select(h => UtcTime.ToUnixMs(h) / 1000).ToList();
            var days = chunk.Select(DateOnly.FromDateTime).Distinct().ToList();
            await using var db = await stores.CreateDbContextAsync(cancel);
            using var turn = await gate.EnterAsync(cancel);
            await db.MeteredUsage.Where(m => m.ModelId == model && m.AccountId == account && m.RegionId == region && seconds.Contains(m.HourUnixSeconds)).ExecuteDeleteAsync(cancel);
            await db.BilledDays.Where(b => days.Contains(b.Day) && b.AccountId == account && b.ClosedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(b => b.NeedsBuild, true), cancel);
        }
        changes.Say(LedgerPart.Costs);
    }
}
