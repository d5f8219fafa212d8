using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Why a re-pricing cannot be asked for or undone now; a sentence for people.</summary>
public sealed class RepricingRefusedException(string message) : Exception(message);

/// <summary>Preview, order, undo and history of re-pricings. The work itself is <see cref="RepricingRun"/>.</summary>
public sealed class Repricings(IDbContextFactory<LedgerDb> stores, WriteGate gate, Dimensions dimensions, PriceFinder prices, LedgerChanges changes, TimeProvider clock)
{
    private static readonly RepricingState[] Unfinished = [RepricingState.Waiting, RepricingState.Running, RepricingState.Undoing];

    /// <summary>What is wrong, by field (<c>operation</c>, <c>priceId</c>, <c>fromPriceId</c>, <c>to</c>); empty when nothing is.</summary>
    public async Task<IReadOnlyDictionary<string, string>> MistakesAsync(RepricingAsk ask, CancellationToken cancel = default)
    {
        if (prices.LoadedAt is null) await prices.LoadAsync(cancel);
        var mistakes = new Dictionary<string, string>();
        if (ask.From >= ask.To) mistakes["to"] = "The range ends before it starts; 'to' is exclusive.";
        if (ask.Operation == RepricingOperation.FillGaps)
        {
            if (ask.PriceId != 0 || ask.FromPriceId != 0) mistakes["priceId"] = "Gaps are filled with the prices that held then; no price is named.";
            return mistakes;
        }
        var right = prices.ById(ask.PriceId);
        if (right is null) mistakes["priceId"] = "Name the right price by its id, as GET /api/v1/prices gives it.";
        if (ask.FromPriceId == 0) return mistakes;
        if (prices.ById(ask.FromPriceId) is not { } wrong) mistakes["fromPriceId"] = "There is no price with this id.";
        else if (wrong.Id == right?.Id) mistakes["fromPriceId"] = "It is the same price.";
        else if (right is not null && (wrong.Model != right.Model || wrong.Tier != right.Tier)) mistakes["fromPriceId"] = "Both prices must be of the same model and tier.";
        return mistakes;
    }

    /// <summary>Dollars before and after, by model and day. Stores nothing.</summary>
    public async Task<RepricingPreview> PreviewAsync(RepricingAsk ask, CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        if (prices.LoadedAt is null) await prices.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var plan = new RepricingPlan(ask, prices, dimensions);
        await plan.ReadAsync(db, null, cancel);
        return plan.Preview();
    }

    /// <summary>Orders a re-pricing; the job does it. Answers its number.</summary>
    /// <exception cref="RepricingRefusedException">Another one is not finished.</exception>
    public async Task<int> AskAsync(RepricingAsk ask, string who, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        // Asked before the turn too: the first time a query takes longer than a turn may.
        await RefuseWhileBusyAsync(db, cancel);
        using var turn = await gate.EnterAsync(cancel);
        await RefuseWhileBusyAsync(db, cancel);
        var repricing = new Repricing
        {
            Operation = ask.Operation, FirstDay = ask.From, LastDay = ask.To.AddDays(-1), PriceId = ask.PriceId, FromPriceId = ask.FromPriceId, NextDay = ask.From,
            AskedAt = clock.GetUtcNow().UtcDateTime, Who = who,
        };
        db.Repricings.Add(repricing);
        await db.SaveChangesAsync(cancel);
        changes.Say(LedgerPart.Prices);
        return repricing.Id;
    }

    /// <summary>Orders the undoing of a re-pricing; the job does it.</summary>
    /// <exception cref="RepricingRefusedException">It is not done, or later ones stand on it.</exception>
    public async Task UndoAsync(int id, string who, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        // Asked before the turn too: the first time a query takes longer than a turn may.
        await RefuseWhileBusyAsync(db, cancel);
        using var turn = await gate.EnterAsync(cancel);
        await RefuseWhileBusyAsync(db, cancel);
        var repricing = await db.Repricings.FirstOrDefaultAsync(r => r.Id == id, cancel) ?? throw new RepricingRefusedException($"There is no re-pricing {id}.");
        if (repricing.State == RepricingState.Undone) throw new RepricingRefusedException("It is undone already.");
        if (await LaterAsync(db, id, cancel) is { } later) throw new RepricingRefusedException(Standing(later));
        (repricing.State, repricing.NextDay, repricing.UndoneAt, repricing.UndoneBy) = (RepricingState.Undoing, repricing.FirstDay, clock.GetUtcNow().UtcDateTime, who);
        await db.SaveChangesAsync(cancel);
        changes.Say(LedgerPart.Prices);
    }

    /// <summary>Every re-pricing, newest first.</summary>
    public async Task<IReadOnlyList<RepricingRow>> HistoryAsync(CancellationToken cancel = default)
    {
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var all = await db.Repricings.AsNoTracking().OrderByDescending(r => r.Id).ToListAsync(cancel);
        if (all.Count == 0) return [];
        var usages = (await db.RepricedUsages.AsNoTracking().GroupBy(u => new { u.RepricingId, u.ModelId }).Select(g => new
        {
            g.Key.RepricingId, g.Key.ModelId, Calls = g.Sum(u => u.Calls), Tokens = g.Sum(u => u.Tokens), Before = g.Sum(u => u.BeforeNanoUsd), After = g.Sum(u => u.AfterNanoUsd),
        }).ToListAsync(cancel)).ToLookup(u => u.RepricingId, u => new RepricedUsage { ModelId = u.ModelId, Calls = u.Calls, Tokens = u.Tokens, BeforeNanoUsd = u.Before, AfterNanoUsd = u.After });
        var isBusy = all.Any(r => Unfinished.Contains(r.State));
        var rows = new List<RepricingRow>();
        foreach (var r in all)
        {
            var why = r.State == RepricingState.Undone ? "undone" : isBusy ? "while one is at work" : await LaterAsync(db, r.Id, cancel) is { } later ? Standing(later) : "";
            rows.Add(new RepricingRow(r, PriceText.Of(prices.ById(r.PriceId)), RepricingPlan.Models(usages[r.Id], dimensions), why));
        }
        return rows;
    }

    /// <summary>Whether any order is not finished.</summary>
    public async Task<bool> HasUnfinishedAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.Repricings.AnyAsync(r => Unfinished.Contains(r.State), cancel);
    }

    private static async Task RefuseWhileBusyAsync(LedgerDb db, CancellationToken cancel)
    {
        if (await db.Repricings.AsNoTracking().FirstOrDefaultAsync(r => Unfinished.Contains(r.State), cancel) is { } busy)
            throw new RepricingRefusedException($"Re-pricing {busy.Id} is not finished; one at a time.");
    }

    /// <summary>The first later re-pricing that touched usage of the same day and price key.</summary>
    private static async Task<Repricing?> LaterAsync(LedgerDb db, int id, CancellationToken cancel)
    {
        var standing = from mine in db.RepricedUsages.Where(u => u.RepricingId == id)
                       join other in db.RepricedUsages.Where(u => u.RepricingId > id)
                           on new { mine.Day, mine.AccountId, mine.RegionId, mine.ModelId, mine.Tier, mine.Scope, mine.Band }
                           equals new { other.Day, other.AccountId, other.RegionId, other.ModelId, other.Tier, other.Scope, other.Band }
                       join repricing in db.Repricings.Where(r => r.State != RepricingState.Undone) on other.RepricingId equals repricing.Id
                       orderby repricing.Id
                       select repricing;
        return await standing.AsNoTracking().FirstOrDefaultAsync(cancel);
    }

    private static string Standing(Repricing later) => string.Create(CultureInfo.InvariantCulture, $"Re-pricing {later.Id} of {later.AskedAt:d MMM yyyy} stands on it; undo that one first.");
}
