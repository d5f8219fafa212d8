using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>What one window cost by the ledger, weighted, nano-USD: the same money that every page shows of these hours.</summary>
internal sealed class WindowMoney(ChangeFilter filter, ChangeWindow window)
{
    public readonly record struct Line(int Feature, int Model, TokenKind Kind);

    public sealed class Sum
    {
        public double NanoUsd;
        /// <summary>Tokens as billed or recorded; NaN once a part gives none.</summary>
        public double Quantity;
    }

    /// <summary>Money paid by the token that has an owner, or whose calls name none.</summary>
    public Dictionary<Line, Sum> Tokens { get; } = [];
    public Dictionary<CostComponent, double> Components { get; } = [];
    /// <summary>Unattributed money behind which no call stands: by usage type where it is paid by the token, and the rest.</summary>
    public Dictionary<Line, Sum> UnrecordedTokens { get; } = [];
    public double UnrecordedRest { get; private set; }
    public double Credits { get; private set; }
    /// <summary>Owned money paid by the token, by day: whether calls were recorded then decides how it can be explained.</summary>
    public Dictionary<(int Feature, DateOnly Day), double> ByDay { get; } = [];
    public bool HasEstimates { get; private set; }
    public bool HasBill { get; private set; }

    public double UnrecordedNanoUsd => UnrecordedRest + UnrecordedTokens.Values.Sum(s => s.NanoUsd);

    /// <summary>Reads closed and open days; answers which days of which accounts the rollups alone tell of. Null when the window is empty.</summary>
    public async Task<DayStates?> ReadAsync(LedgerDb db, LedgerDays days, OpenDays openDays, DayHours hours, CancellationToken cancel)
    {
        if (window.IsEmpty) return null;
        var period = new SpendPeriod(new SpendQuery(UtcTime.Start(window.First), UtcTime.Start(window.Last.AddDays(1)), [], Granularity.Hour, SpendView.Ledger, SpendFilter.None));
        var states = await DayStates.ReadAsync(db, period, cancel);
        var split = window.Days.Where(d => !states.IsOfCallsAlone(d) && ChangeWindow.Uniform(window.Hours(d)!) is null).ToList();
        var profiles = await hours.ReadAsync(db, split, cancel);
        await foreach (var day in days.ReadAsync(db, window.First, window.Last, cancel)) Add(day, profiles);
        foreach (var day in await openDays.EstimateAsync(db, [.. states.Weighed.Where(d => window.Hours(d) is not null)], cancel)) Add(day, profiles);
        return states;
    }

    /// <summary>Recorded calls of a day without bill.</summary>
    public void AddPlain(SpendKey key, TokenKind kind, double nanoUsd, double tokens)
    {
        HasEstimates = true;
        Put(Tokens, new Line(key[(int)SpendDimension.Feature], key[(int)SpendDimension.Model], kind), nanoUsd, tokens);
    }

    private void Add(LedgerMoney[] day, IReadOnlyDictionary<DateOnly, DayHours.Profiles> profiles)
    {
        if (day.Length == 0 || window.Hours(day[0].Day) is not { } hours) return;
        var uniform = ChangeWindow.Uniform(hours);
        foreach (ref readonly var money in day.AsSpan())
        {
            if (money.NanoUsd == 0 || !filter.Holds(money.Key)) continue;
            if (uniform is { } weight) Add(money, money.NanoUsd * weight);
            else Add(money, InHours(money, hours, profiles[money.Day]));
        }
    }

    private static double InHours(in LedgerMoney money, double[] hours, DayHours.Profiles profiles)
    {
        var parts = DayHours.Split(money, profiles);
        var sum = 0.0;
        for (var h = 0; h < 24; h++) sum += parts[h] * hours[h];
        return sum;
    }

    private void Add(in LedgerMoney money, double nanoUsd)
    {
        if (nanoUsd == 0) return;
        if (money.Basis == Basis.Estimated) HasEstimates = true;
        else HasBill = true;
        var tokens = money.Tokens is { } all ? all * (nanoUsd / money.NanoUsd) : double.NaN;
        var line = money.Kind is { } kind ? new Line(money.Key[(int)SpendDimension.Feature], money.Key[(int)SpendDimension.Model], kind) : (Line?)null;
        if (money.Method == AllocationMethod.Unattributed && money.Reason != UnattributedReason.NoFeatureOnCall)
        {
            if (line is { } unrecorded && money.IsUsage) Put(UnrecordedTokens, unrecorded, nanoUsd, tokens);
            else UnrecordedRest += nanoUsd;
        }
        else if (!money.IsUsage) Credits += nanoUsd;
        else if (line is { } owned)
        {
            Put(Tokens, owned, nanoUsd, tokens);
            var at = (owned.Feature, money.Day);
            ByDay[at] = ByDay.GetValueOrDefault(at) + nanoUsd;
        }
        else
        {
            var component = (CostComponent)(money.Key[(int)SpendDimension.Component] - 1);
            Components[component] = Components.GetValueOrDefault(component) + nanoUsd;
        }
    }

    private static void Put(Dictionary<Line, Sum> sums, Line line, double nanoUsd, double tokens)
    {
        if (!sums.TryGetValue(line, out var sum)) sums[line] = sum = new Sum();
        sum.NanoUsd += nanoUsd;
        sum.Quantity += tokens;
    }
}
