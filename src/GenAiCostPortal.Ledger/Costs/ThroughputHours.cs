using System.Globalization;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What CloudWatch metered in one hour. Tokens; input without what a cache served.</summary>
internal readonly record struct MeteredHour(decimal Input, decimal Output, decimal Invocations)
{
    public bool IsUsed => Input > 0 || Output > 0 || Invocations > 0;
}

/// <summary>Calls of one hour and one set of owners.</summary>
internal sealed record RecordedHour(long HourUnixSeconds, CallClaim Claim, long CallsWithoutTokens);

/// <summary>What went through provisioned throughput by the hour: metered and recorded, by the model that its ARN is.</summary>
internal sealed class ThroughputHours
{
    private const string InArn = ":provisioned-model/";
    private static readonly long[] NoCosts = new long[TokenCounts.Kinds.Length];

    private readonly Dictionary<(int Model, long Hour), MeteredHour> _metered = [];
    private readonly List<RecordedHour> _recorded = [];

    /// <summary>Models that are the ARN of provisioned throughput.</summary>
    public static IReadOnlyList<DimensionValue> Models(Dimensions dimensions) =>
        [.. dimensions.All(DimensionKind.Model).Where(m => IsArn(m.Name))];

    /// <summary>Whether a model's name is the ARN of provisioned throughput.</summary>
    public static bool IsArn(string model) => model.Contains(InArn, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a model is the provisioned throughput of that id.</summary>
    public static bool IsThrough(string model, string id) => model.EndsWith(InArn + id, StringComparison.OrdinalIgnoreCase);

    /// <summary>Hours between two times (seconds since 1970; <paramref name="to"/> exclusive) of some models.</summary>
    public static async Task<ThroughputHours> ReadAsync(LedgerDb db, long from, long to, IReadOnlyCollection<int> models, CancellationToken cancel)
    {
        var hours = new ThroughputHours();
        if (models.Count == 0) return hours;
        var ids = string.Join(", ", models.Select(m => m.ToString(CultureInfo.InvariantCulture)));
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "ModelId", "HourUnixSeconds", "Metric", SUM("Value") FROM metered_usage
            WHERE "HourUnixSeconds" >= {from} AND "HourUnixSeconds" < {to} AND "ModelId" IN ({ids}) AND "Metric" IN (0, 1, 3, 4) GROUP BY 1, 2, 3
            """), row =>
        {
            var at = (row.GetInt32(0), row.GetInt64(1));
            var (was, value) = (hours._metered.GetValueOrDefault(at), (decimal)row.GetDouble(3));
            hours._metered[at] = (MeteredMetric)row.GetByte(2) switch
            {
                MeteredMetric.OutputTokens => was with { Output = was.Output + value },
                MeteredMetric.Invocations => was with { Invocations = was.Invocations + value },
                _ => was with { Input = was.Input + value },
            };
        }, cancel);
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT r."SlotUnixSeconds", s."AccountId", s."RegionId", s."ProviderId", s."ModelId", s."FeatureId", s."TeamId", s."ApplicationId", s."EnvironmentId", s."ReleaseId", s."Doors",
                SUM(r."Calls"), SUM(r."CallsWithoutTokens"), SUM(r."Input"), SUM(r."CacheRead"), SUM(r."CacheWrite5m"), SUM(r."CacheWrite30m"), SUM(r."CacheWrite1h"), SUM(r."Output")
            FROM cost_rollup r JOIN cost_series s ON s."Id" = r."SeriesId"
            WHERE r."Span" = 1 AND r."SlotUnixSeconds" >= {from} AND r."SlotUnixSeconds" < {to} AND s."ModelId" IN ({ids}) AND NOT s."IsOffBill" AND s."IsBillable"
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
            """), row => hours._recorded.Add(new RecordedHour(row.GetInt64(0), new CallClaim(
                row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), ServiceTier.Provisioned, RoutingScope.Unknown, ContextBand.Normal, row.GetInt32(5), row.GetInt32(6),
                row.GetInt32(7), row.GetInt32(8), row.GetInt32(9),
                new TokenCounts(row.GetInt64(13), row.GetInt64(14), row.GetInt64(15), row.GetInt64(16), row.GetInt64(17), row.GetInt64(18)), NoCosts)
            {
                Doors = (Doors)row.GetByte(10), Calls = row.GetInt64(11),
            }, row.GetInt64(12))), cancel);
        return hours;
    }

    /// <summary>What was metered of some models in an hour.</summary>
    public MeteredHour Metered(IReadOnlyCollection<int> models, long hour) => models.Aggregate(default(MeteredHour), (sum, model) =>
        _metered.TryGetValue((model, hour), out var at) ? new(sum.Input + at.Input, sum.Output + at.Output, sum.Invocations + at.Invocations) : sum);

    /// <summary>Hours in which anything of some models was metered.</summary>
    public IEnumerable<long> MeteredHours(IReadOnlyCollection<int> models) => _metered.Where(m => models.Contains(m.Key.Model) && m.Value.IsUsed).Select(m => m.Key.Hour).Distinct();

    /// <summary>Whether anything of some models was metered, even nothing in every hour.</summary>
    public bool IsMetered(IReadOnlyCollection<int> models) => _metered.Keys.Any(m => models.Contains(m.Model));

    /// <summary>Whether a model was metered or recorded at all.</summary>
    public bool HasAny(int model) => _recorded.Exists(r => r.Claim.ModelId == model) || _metered.Any(m => m.Key.Model == model && m.Value.IsUsed);

    /// <summary>Recorded calls of some models.</summary>
    public IEnumerable<RecordedHour> Recorded(IReadOnlyCollection<int> models) => _recorded.Where(r => models.Contains(r.Claim.ModelId));

    /// <summary>Tokens of an hour: the larger of what was metered and recorded, each side by itself; null where calls were recorded whose counts nobody knows.</summary>
    public static (decimal Input, decimal Output)? Tokens(MeteredHour metered, IEnumerable<RecordedHour> recorded)
    {
        var calls = recorded.ToList();
        if (metered is { Input: 0, Output: 0 } && calls.Exists(c => c.CallsWithoutTokens > 0)) return null;
        var seen = calls.GroupBy(c => c.Claim.FeatureId).SelectMany(g => LargestDoor.Seen([.. g], c => c.Claim.Doors, c => c.Claim.Tokens.Total)).ToList();
        return (Math.Max(metered.Input, seen.Sum(c => ThroughputDay.InputOf(c.Claim))), Math.Max(metered.Output, seen.Sum(c => (decimal)c.Claim.Tokens.Output)));
    }
}
