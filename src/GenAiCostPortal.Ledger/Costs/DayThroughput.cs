using System.Globalization;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>How provisioned throughput was used on a day, and which calls passed which guardrail.</summary>
internal sealed class DayThroughput
{
    private static readonly long[] NoCosts = new long[TokenCounts.Kinds.Length];

    private readonly long _start;
    private readonly ThroughputHours _hours;
    private readonly IReadOnlyList<DimensionValue> _models;
    private readonly CapacityBook _capacities;

    private DayThroughput(long start, ThroughputHours hours, IReadOnlyList<DimensionValue> models, CapacityBook capacities) =>
        (_start, _hours, _models, _capacities) = (start, hours, models, capacities);

    /// <param name="meteredDays">Days up to the day in which something must have been metered for hours without a call to say anything.</param>
    public static async Task<DayThroughput> ReadAsync(LedgerDb db, DateOnly day, Dimensions dimensions, CapacityBook capacities, int meteredDays, CancellationToken cancel)
    {
        var (start, models) = (UtcTime.ToUnixSeconds(day), ThroughputHours.Models(dimensions));
        var hours = await ThroughputHours.ReadAsync(db, start - (meteredDays - 1) * 86_400L, start + 86_400, [.. models.Select(m => m.Id)], cancel);
        return new DayThroughput(start, hours, models, capacities);
    }

    /// <summary>Provisioned throughput with how full it was; hours alone where its capacity or a call's counts are not known.</summary>
    /// <param name="arn">As it is listed; empty when it is not.</param>
    /// <param name="model">The foundation model behind it; empty when not known.</param>
    /// <param name="units">As listed; null when not known.</param>
    /// <param name="called">Models that were called on the day.</param>
    public ResourceUse With(ResourceUse use, string arn, string model, int? units, int baseModel, IReadOnlySet<int> called)
    {
        var models = _models.Where(m => ThroughputHours.IsThrough(m.Name, use.Id)).ToList();
        int[] ids = [.. models.Select(m => m.Id)];
        if (arn.Length == 0 && models.Count > 0) arn = models[0].Name;
        var capacity = _capacities.Of(arn, model);
        units = capacity?.ModelUnits ?? _capacities.Find(arn)?.ModelUnits ?? units;
        bool IsOfDay(long hour) => hour >= _start && hour < _start + 86_400;
        var recorded = _hours.Recorded(ids).Where(r => IsOfDay(r.HourUnixSeconds)).ToList();
        var used = _hours.MeteredHours(ids).Where(IsOfDay).Union(recorded.Select(r => r.HourUnixSeconds)).Count();
        use = use with { Models = ids.ToHashSet(), BaseModelId = baseModel, ModelUnits = units ?? 0, HoursUsed = _hours.IsMetered(ids) ? used : null };
        if (units is not > 0 || capacity is null or { InputTokensPerMinute: null, OutputTokensPerMinute: null }) return use;
        // The hours of old days have left with their retention; the day's own calls are still known.
        if (recorded.Count == 0 && called.Overlaps(ids)) return use;

        var byHour = recorded.ToLookup(r => r.HourUnixSeconds);
        var (input, output) = (new decimal[ThroughputDay.Hours], new decimal[ThroughputDay.Hours]);
        for (var hour = 0; hour < ThroughputDay.Hours; hour++)
        {
            var at = _start + hour * 3_600L;
            var metered = _hours.Metered(ids, at);
            if (ThroughputHours.Tokens(metered, byHour[at]) is null) return use;
            (input[hour], output[hour]) = (metered.Input, metered.Output);
        }
        return use with
        {
            Throughput = new ThroughputDay(units * capacity.InputTokensPerMinute * 60m, units * capacity.OutputTokensPerMinute * 60m, input, output,
                [.. recorded.Select(r => new HourlyClaim((int)((r.HourUnixSeconds - _start) / 3_600), r.Claim))]),
        };
    }

    /// <summary>Provisioned throughput that was called or metered on the day and is not listed: the inventory may be switched off.</summary>
    public IEnumerable<(string Arn, string Id)> Unlisted(IReadOnlyCollection<string> listed) =>
        _models.Where(m => _hours.Recorded([m.Id]).Any(r => r.HourUnixSeconds >= _start) || _hours.MeteredHours([m.Id]).Any(h => h >= _start))
            .Select(m => (m.Name, Id: ResourceKinds.IdOf(m.Name))).Where(m => !listed.Contains(m.Id)).DistinctBy(m => m.Id);

    /// <summary>Billable calls of a day by the guardrail they passed.</summary>
    public static async Task<IReadOnlyList<GuardedCalls>> GuardedAsync(LedgerDb db, DateOnly day, Func<int, string> name, CancellationToken cancel)
    {
        var calls = new List<GuardedCalls>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT g."GuardrailId", s."AccountId", s."RegionId", s."ProviderId", s."ModelId", s."FeatureId", s."TeamId", s."ApplicationId", s."EnvironmentId", s."ReleaseId", s."Doors",
                SUM(g."Calls"), SUM(g."CallsWithoutTokens"), SUM(g."PromptTokens"), SUM(g."OutputTokens")
            FROM guardrail_rollup g JOIN cost_series s ON s."Id" = g."SeriesId"
            WHERE g."Day" = {day.DayNumber} AND NOT s."IsOffBill" AND s."IsBillable" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
            """), row => calls.Add(new GuardedCalls(ResourceKinds.IdOf(name(row.GetInt32(0))), new CallClaim(
                row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), ServiceTier.Standard, RoutingScope.Unknown, ContextBand.Normal, row.GetInt32(5), row.GetInt32(6),
                row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), new TokenCounts(row.GetInt64(13), 0, 0, 0, 0, row.GetInt64(14)), NoCosts)
            {
                Doors = (Doors)row.GetByte(10), Calls = row.GetInt64(11),
            }, row.GetInt64(12))), cancel);
        return calls;
    }
}
