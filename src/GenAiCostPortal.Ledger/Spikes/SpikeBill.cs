using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>Holds estimated spikes against the bill once every day of theirs is closed.</summary>
public sealed class SpikeBill(IDbContextFactory<LedgerDb> stores, WriteGate gate, Dimensions dimensions, SpendReport spend, TimeProvider clock)
{
    private const decimal Agrees = 0.1m, Shows = 0.3m;

    /// <summary>Confirms what can be; answers the numbers of those spikes.</summary>
    public async Task<IReadOnlyList<long>> ConfirmAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var open = await db.Spikes.AsNoTracking().Where(s => s.ConfirmedAt == null && !s.IsRunning && !s.IsWithdrawn && s.PartOfId == null && s.Kind != SpikeKind.Ramp).ToListAsync(cancel);
        var confirmed = new List<long>();
        foreach (var spike in open)
        {
            if (!await IsClosedAsync(db, spike, cancel)) continue;
            var (billed, estimated, baseline) = await FiguresAsync(spike, cancel);
            var excess = estimated - baseline;
            var verdict = spike.Grain == SpikeGrain.Day || Math.Abs(billed - estimated) <= Agrees * Math.Abs(estimated) ? SpikeConfirmation.Confirmed
                : excess != 0 && (billed - baseline) / excess < Shows ? SpikeConfirmation.Denied : SpikeConfirmation.Corrected;
            var now = clock.GetUtcNow().UtcDateTime;
            using var turn = await gate.EnterAsync(cancel);
            await db.Spikes.Where(s => s.Id == spike.Id).ExecuteUpdateAsync(u => u
                .SetProperty(s => s.Confirmation, verdict).SetProperty(s => s.BilledNanoUsd, Money.ToNanoUsd(billed)).SetProperty(s => s.EstimatedNanoUsd, Money.ToNanoUsd(estimated))
                .SetProperty(s => s.ConfirmedAt, now).SetProperty(s => s.UpdatedAt, now).SetProperty(s => s.Version, s => s.Version + 1), cancel);
            confirmed.Add(spike.Id);
        }
        return confirmed;
    }

    private async Task<(decimal Billed, decimal Estimated, decimal Baseline)> FiguresAsync(Spike spike, CancellationToken cancel)
    {
        var query = new SpendQuery(spike.Start, spike.End, [], Granularity.None, SpendView.Ledger, SpikeScopes.Filter(dimensions, spike.Scope, spike.ScopeId));
        var billed = (await spend.ReadAsync(query, cancel)).TotalUsd;
        var estimated = await spend.ReadAsync(query with { View = SpendView.Estimated }, cancel);
        return (billed, estimated.TotalUsd - estimated.OffBillUsd, Money.ToUsd(spike.BaselineNanoUsd));
    }

    private static async Task<bool> IsClosedAsync(LedgerDb db, Spike spike, CancellationToken cancel)
    {
        var (first, last) = (DateOnly.FromDateTime(spike.Start), DateOnly.FromDateTime(spike.End.AddTicks(-1)));
        var days = await db.BilledDays.AsNoTracking().Where(b => b.Day >= first && b.Day <= last).Select(b => new { b.Day, b.ClosedAt }).ToListAsync(cancel);
        return days.Select(d => d.Day).Distinct().Count() == last.DayNumber - first.DayNumber + 1 && days.TrueForAll(d => d.ClosedAt is not null);
    }
}
