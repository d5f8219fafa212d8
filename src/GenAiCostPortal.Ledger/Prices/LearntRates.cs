using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Keeps the rates that bills show. Written with the ledger of a day; the same bill again changes nothing.</summary>
public sealed class LearntRates(IDbContextFactory<LedgerDb> stores, WriteGate gate, LearntPrices prices)
{
    // Amounts are kept in nano-USD: below this, rounding alone may move a rate by more than 0.1 %.
    private const long LeastNanoUsd = 500;
    private const int AccountsPerTurn = 10;

    private static readonly string[] Columns =
    [
        "Day", "AccountId", "BilledServiceId", "UsageTypeId", "RegionId", "ModelId", "Kind", "Tier", "Scope", "Band", "NanoUsd", "Tokens", "AmountNanoUsd",
    ];

    /// <summary>
    /// Cost ÷ quantity per account, service and usage type. Only Usage lines about tokens whose scale is known; free, negative and
    /// empty lines, credits and discounts make no rate.
    /// </summary>
    internal static IReadOnlyList<LearntRate> Of(DateOnly day, IEnumerable<BillCell> cells)
    {
        var rates = new List<LearntRate>();
        foreach (var group in cells.Where(c => c is { IsPooled: true, AmountNanoUsd: > 0, Tokens: null or > 0 }).GroupBy(c => (c.AccountId, c.ServiceId, c.UsageTypeId)).OrderBy(g => g.Key))
        {
            if (group.Any(c => c.Tokens is null)) continue;
            var (amount, tokens, of) = (group.Sum(c => c.AmountNanoUsd), group.Sum(c => c.Tokens!.Value), group.First());
            if (amount < LeastNanoUsd || tokens <= 0) continue;
            var rate = decimal.Round(amount * 1_000_000m / tokens, 0, MidpointRounding.ToEven);
            if (rate is < 1 or > long.MaxValue) continue;
            rates.Add(new LearntRate
            {
                Day = day, AccountId = of.AccountId, BilledServiceId = of.ServiceId, UsageTypeId = of.UsageTypeId, RegionId = of.RegionId, ModelId = of.ModelId,
                Kind = of.Kind!.Value, Tier = of.Tier, Scope = of.Scope, Band = of.Band, NanoUsd = (long)rate, Tokens = tokens, AmountNanoUsd = amount,
            });
        }
        return rates;
    }

    /// <summary>Replaces the rates of a day, and adds a price wherever a closed account was billed at another rate than its calls would be priced at.</summary>
    internal async Task WriteAsync(LedgerDayInputs inputs, CancellationToken cancel)
    {
        var rates = Of(inputs.Day, inputs.Cells);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var known = await db.LearntRates.AsNoTracking().Where(r => r.Day == inputs.Day).ToListAsync(cancel);
        var stored = known.ToLookup(r => r.AccountId);
        var changed = rates.Select(r => r.AccountId).Union(stored.Select(s => s.Key)).Order().GroupJoin(rates, a => a, r => r.AccountId, (a, now) => (Account: a, Now: now.ToList()))
            .Where(a => !stored[a.Account].Select(Content).ToHashSet().SetEquals(a.Now.Select(Content)));
        foreach (var accounts in changed.Chunk(AccountsPerTurn))
        {
            var ids = accounts.Select(a => a.Account).ToList();
            using var turn = await gate.EnterAsync(cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            await db.LearntRates.Where(r => r.Day == inputs.Day && ids.Contains(r.AccountId)).ExecuteDeleteAsync(cancel);
            await StoredRows.InsertAsync(db, "learnt_rate", Columns, accounts.SelectMany(a => a.Now).Select(Values), cancel: cancel);
            await transaction.CommitAsync(cancel);
        }
        await prices.AddAsync(inputs.Day, rates.Where(r => inputs.ClosedAccounts.Contains(r.AccountId)), cancel);
    }

    private static string Content(LearntRate r) => string.Join(',', Values(r).Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)));

    private static object[] Values(LearntRate r) =>
    [
        r.Day.DayNumber, r.AccountId, r.BilledServiceId, r.UsageTypeId, r.RegionId, r.ModelId, (int)r.Kind, (int)r.Tier, (int)r.Scope, (int)r.Band, r.NanoUsd,
        r.Tokens, r.AmountNanoUsd,
    ];
}
