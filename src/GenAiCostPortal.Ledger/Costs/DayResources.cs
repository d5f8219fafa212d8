using System.Globalization;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What is known of resources on a day: whom their tags name, what they metered, which models are called through them.</summary>
internal sealed class DayResources
{
    // A resource that metered nothing for a week may have no metrics at all: then nothing is known of its use.
    private const int MeteredDays = 7;

    private readonly record struct Place(int Account, int Region, string Resource);

    private sealed class Metered
    {
        public readonly HashSet<int> Hours = [];
        public decimal Invocations, TextUnits, Tokens, CostUsd;
    }

    private readonly Dictionary<Place, Metered> _metered = [];

    public IReadOnlyList<ResourceUse> Uses { get; private set; } = [];
    public IReadOnlyDictionary<int, ResourceUse> ById { get; private set; } = new Dictionary<int, ResourceUse>();
    public IReadOnlyList<OwnMetric> OwnMetrics { get; private set; } = [];
    public IReadOnlyList<GuardedCalls> Guarded { get; private set; } = [];

    /// <param name="cells">Lines of the day; what they name as used is looked up.</param>
    /// <param name="models">Models that were called on the day, with their provider.</param>
    public static async Task<DayResources> ReadAsync(
        LedgerDb db, DateOnly day, DaySurroundings around, IReadOnlyCollection<BillCell> cells, IReadOnlyCollection<(int Model, int Provider)> models, Dimensions dimensions, CancellationToken cancel)
    {
        var read = new DayResources();
        await read.ReadMeteredAsync(db, day, around.Names, cancel);
        read.OwnMetrics =
        [
            .. read._metered.Where(m => m.Key.Resource.StartsWith(ResourceKinds.Feature + "/", StringComparison.Ordinal) && m.Value is { Tokens: > 0 } or { CostUsd: > 0 })
                .Select(m => new OwnMetric(m.Key.Account, m.Key.Region, around.Names.Number(DimensionKind.Feature, m.Key.Resource[(ResourceKinds.Feature.Length + 1)..]), m.Value.Tokens, m.Value.CostUsd * Money.NanoUsdPerUsd)),
        ];
        var start = UtcTime.Start(day);
        var throughput = await DayThroughput.ReadAsync(db, day, dimensions, around.Resources.Capacities, MeteredDays, cancel);
        read.Guarded = cells.Any(c => c.Component == CostComponent.Guardrails) ? await DayThroughput.GuardedAsync(db, day, around.Names.Name, cancel) : [];
        var called = models.Select(m => m.Model).ToHashSet();
        var listed = around.Resources.Resources.Where(r => r.GoneAt is not { } gone || gone >= start)
            .Select(r => (Row: r, Use: read.Listed(r, throughput, around.Names, called))).ToList();
        var known = listed.Select(l => (l.Use.AccountId, l.Use.RegionId, l.Use.Kind, l.Use.Id)).ToHashSet();
        // Metered but never listed: the inventory may be switched off.
        var seen = read._metered.Keys.Select(p => (Place: p, Parts: p.Resource.Split('/', 2))).Where(p => p.Parts.Length == 2 && !p.Parts[1].Contains('/')
                && p.Parts[0] is ResourceKinds.SageMakerEndpoint or ResourceKinds.Guardrail && !known.Contains((p.Place.Account, p.Place.Region, p.Parts[0], p.Parts[1])))
            .Select(p => read.Use(p.Parts[0], p.Parts[1], p.Place.Account, p.Place.Region, default)).ToList();
        List<ResourceUse> uses = [.. listed.Select(l => l.Use), .. seen, .. read.Called([.. listed.Select(l => l.Use), .. seen]), .. Unlisted(throughput, listed.Select(l => l.Use), around.Names, called)];
        read.Uses = [.. uses.Select(u => u.Kind == ResourceKinds.ProvisionedThroughput ? u : u with { Models = ModelsOf(u, uses, models, around.Names) })];
        read.ById = Named(cells, [.. listed.Select(l => l.Row.Arn)], read.Uses, around.Names);
        return read;
    }

    private ResourceUse Listed(ResourceSeen row, DayThroughput throughput, RuleNames names, IReadOnlySet<int> called)
    {
        var use = Use(row.Kind, ResourceKinds.Metered(row)[(row.Kind.Length + 1)..], names.Number(DimensionKind.Account, row.AccountId),
            names.Number(DimensionKind.Region, row.Region), names.OwnerOf(RuleNames.Canonical(row.Tags)));
        if (row.Kind != ResourceKinds.ProvisionedThroughput) return use;
        var model = CapacityBook.ModelOf(row);
        return throughput.With(use, row.Arn, model, row.ModelUnits, names.Number(DimensionKind.Model, model), called);
    }

    // Calls name guardrails that are neither listed nor metered.
    private IEnumerable<ResourceUse> Called(IReadOnlyCollection<ResourceUse> known) =>
        Guarded.Where(g => g.Claim.IsPlaced && !known.Any(k => k.Kind == ResourceKinds.Guardrail && k.Id == g.GuardrailId))
            .Select(g => (g.Claim.AccountId, g.Claim.RegionId, g.GuardrailId)).Distinct().Select(g => new ResourceUse(g.AccountId, g.RegionId, ResourceKinds.Guardrail, g.GuardrailId, default));

    private static IEnumerable<ResourceUse> Unlisted(DayThroughput throughput, IEnumerable<ResourceUse> listed, RuleNames names, IReadOnlySet<int> called) =>
        throughput.Unlisted([.. listed.Where(l => l.Kind == ResourceKinds.ProvisionedThroughput).Select(l => l.Id)]).Select(t =>
        {
            var parts = t.Arn.Split(':');
            var use = new ResourceUse(names.Number(DimensionKind.Account, parts[4]), names.Number(DimensionKind.Region, parts[3]), ResourceKinds.ProvisionedThroughput, t.Id, default);
            return throughput.With(use, t.Arn, "", null, 0, called);
        });

    private ResourceUse Use(string kind, string id, int account, int region, PartOwner owner)
    {
        var metered = _metered.GetValueOrDefault(new Place(account, region, ResourceKinds.Metered(kind, id)));
        return new ResourceUse(account, region, kind, id, owner, metered is null ? 0 : metered.TextUnits > 0 ? metered.TextUnits : metered.Invocations, metered?.Hours.Count)
        {
            Invocations = metered?.Invocations ?? 0,
        };
    }

    private async Task ReadMeteredAsync(LedgerDb db, DateOnly day, RuleNames names, CancellationToken cancel)
    {
        var metrics = ((string[])["Invocations", "TextUnitCount", "TokensPerRequest", "CostPerFeature"]).Where(m => names.Number(DimensionKind.Metric, m) > 0).ToDictionary(m => names.Number(DimensionKind.Metric, m));
        if (metrics.Count == 0) return;
        var start = UtcTime.ToUnixSeconds(day);
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "HourUnixSeconds", "AccountId", "RegionId", "ResourceId", "MetricId", "Value" FROM metered_resource
            WHERE "HourUnixSeconds" >= {start - (MeteredDays - 1) * 86_400L} AND "HourUnixSeconds" < {start + 86_400} AND "MetricId" IN ({string.Join(", ", metrics.Keys)})
            """), row =>
        {
            var place = new Place(row.GetInt32(1), row.GetInt32(2), names.Name(row.GetInt32(3)));
            if (!_metered.TryGetValue(place, out var of)) _metered[place] = of = new Metered();
            var (hour, value) = (row.GetInt64(0), (decimal)row.GetDouble(5));
            if (hour < start || value <= 0) return;
            switch (metrics[row.GetInt32(4)])
            {
                case "Invocations": of.Invocations += value; of.Hours.Add((int)((hour - start) / 3600)); break;
                case "TextUnitCount": of.TextUnits += value; break;
                case "TokensPerRequest": of.Tokens += value; break;
                default: of.CostUsd += value; break;
            }
        }, cancel);
    }

    // A call names the ARN it went through, or its endpoint; a place with one endpoint leaves no doubt.
    private static HashSet<int> ModelsOf(ResourceUse use, List<ResourceUse> all, IReadOnlyCollection<(int Model, int Provider)> models, RuleNames names)
    {
        var isOnly = use.Kind == ResourceKinds.SageMakerEndpoint && all.Count(o => (o.AccountId, o.RegionId, o.Kind) == (use.AccountId, use.RegionId, use.Kind)) == 1;
        bool IsThrough(int model, int provider)
        {
            var name = names.Name(model);
            return use.Kind switch
            {
                ResourceKinds.SageMakerEndpoint => name.Equals(use.Id, StringComparison.OrdinalIgnoreCase) || name.EndsWith("endpoint/" + use.Id, StringComparison.OrdinalIgnoreCase)
                    || isOnly && names.Name(provider).Contains("sagemaker", StringComparison.OrdinalIgnoreCase),
                _ => false,
            };
        }
        return [.. models.Where(m => IsThrough(m.Model, m.Provider)).Select(m => m.Model)];
    }

    private static Dictionary<int, ResourceUse> Named(IReadOnlyCollection<BillCell> cells, List<string> arns, IReadOnlyList<ResourceUse> uses, RuleNames names)
    {
        var named = new Dictionary<int, ResourceUse>();
        if (uses.Count == 0) return named;
        var byArn = arns.Select((arn, i) => (arn, i)).DistinctBy(a => a.arn).ToDictionary(a => a.arn, a => uses[a.i], StringComparer.Ordinal);
        var byId = uses.Where(u => u.Kind is ResourceKinds.SageMakerEndpoint or ResourceKinds.Guardrail or ResourceKinds.ProvisionedThroughput)
            .DistinctBy(u => (u.AccountId, u.Kind, u.Id)).ToDictionary(u => (u.AccountId, u.Kind, u.Id));
        foreach (var cell in cells.Where(c => c.ResourceId != 0).DistinctBy(c => (c.ResourceId, c.AccountId)))
        {
            var name = names.Name(cell.ResourceId);
            if (byArn.TryGetValue(name, out var use) || KindOf(name) is { } kind && byId.TryGetValue((cell.AccountId, kind, ResourceKinds.IdOf(name)), out use))
                named.TryAdd(cell.ResourceId, use);
        }
        return named;
    }

    private static string? KindOf(string name) =>
        name.Contains("endpoint", StringComparison.Ordinal) ? ResourceKinds.SageMakerEndpoint
        : name.Contains(":guardrail/", StringComparison.Ordinal) ? ResourceKinds.Guardrail
        : name.Contains(":provisioned-model/", StringComparison.Ordinal) ? ResourceKinds.ProvisionedThroughput : null;
}
