using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Recorded calls put straight into both rollups, as the trace writer leaves them: hour and day of each series.</summary>
internal sealed record RecordedCalls(DateTime Hour, string Model = "amazon.nova-lite", string Account = "111111111111", string Region = "us-east-1")
{
    public string Feature { get; init; } = "";
    public string Team { get; init; } = "";
    public string Application { get; init; } = "";
    public string Environment { get; init; } = "";
    public string Release { get; init; } = "";
    public string Workflow { get; init; } = "";
    public string Provider { get; init; } = "amazon";
    public ServiceTier Tier { get; init; }
    public RoutingScope Scope { get; init; } = RoutingScope.InRegion;
    public bool IsOffBill { get; init; }
    public bool IsBillable { get; init; } = true;
    public int PriceId { get; init; }
    public TokenCounts Tokens { get; init; }
    public long CostNanoUsd { get; init; }
    public long Calls { get; init; } = 1;
    public long Requests { get; init; } = 1;

    public static async Task AddAsync(LedgerFixture fixture, params RecordedCalls[] all)
    {
        foreach (var calls in all) await calls.AddAsync(fixture);
    }

    private async Task AddAsync(LedgerFixture f)
    {
        var account = await f.DimensionAsync(DimensionKind.Account, Account);
        var region = await f.DimensionAsync(DimensionKind.Region, Region);
        var provider = await f.DimensionAsync(DimensionKind.Provider, Provider);
        var model = await f.DimensionAsync(DimensionKind.Model, Model);
        var feature = await f.DimensionAsync(DimensionKind.Feature, Feature);
        var team = await f.DimensionAsync(DimensionKind.Team, Team);
        var application = await f.DimensionAsync(DimensionKind.Application, Application);
        var environment = await f.DimensionAsync(DimensionKind.Environment, Environment);
        var release = await f.DimensionAsync(DimensionKind.Release, Release);
        var workflow = await f.DimensionAsync(DimensionKind.Workflow, Workflow);
        await using var db = await f.OpenAsync();
        var costs = await db.CostSeries.ToListAsync();
        var cost = costs.FirstOrDefault(s => (s.AccountId, s.RegionId, s.ProviderId, s.ModelId, s.Tier, s.Scope, s.FeatureId) == (account, region, provider, model, Tier, Scope, feature)
            && (s.TeamId, s.ApplicationId, s.EnvironmentId, s.ReleaseId, s.IsOffBill, s.IsBillable, s.PriceId) == (team, application, environment, release, IsOffBill, IsBillable, PriceId));
        if (cost is null)
        {
            cost = new CostSeries
            {
                Id = costs.Count + 1, AccountId = account, RegionId = region, ProviderId = provider, ModelId = model, Tier = Tier, Scope = Scope,
                FeatureId = feature, TeamId = team, ApplicationId = application, EnvironmentId = environment, ReleaseId = release,
                IsOffBill = IsOffBill, IsBillable = IsBillable, PriceId = PriceId,
            };
            db.Add(cost);
        }
        var usages = await db.UsageSeries.ToListAsync();
        var usage = usages.FirstOrDefault(s => (s.AccountId, s.RegionId, s.ProviderId, s.ModelId, s.Tier, s.Scope, s.FeatureId) == (account, region, provider, model, Tier, Scope, feature)
            && (s.TeamId, s.ApplicationId, s.EnvironmentId, s.ReleaseId, s.IsOffBill, s.WorkflowId) == (team, application, environment, release, IsOffBill, workflow));
        if (usage is null)
        {
            usage = new UsageSeries
            {
                Id = usages.Count + 1, AccountId = account, RegionId = region, ProviderId = provider, ModelId = model, Tier = Tier, Scope = Scope,
                FeatureId = feature, TeamId = team, ApplicationId = application, EnvironmentId = environment, ReleaseId = release,
                WorkflowId = workflow, IsOffBill = IsOffBill,
            };
            db.Add(usage);
        }
        foreach (var span in (RollupSpan[])[RollupSpan.Hour, RollupSpan.Day])
        {
            var slot = UtcTime.SlotUnixSeconds(UtcTime.ToUnixMs(Hour), span == RollupSpan.Hour ? 3600 : 86_400);
            var c = await db.CostRollups.FindAsync(span, slot, cost.Id);
            if (c is null) db.Add(c = new CostRollup { Span = span, SlotUnixSeconds = slot, SeriesId = cost.Id });
            c.Calls += Calls;
            c.EstimatedCostNanoUsd += CostNanoUsd;
            (c.Input, c.CacheRead, c.CacheWrite5m) = (c.Input + Tokens.Input, c.CacheRead + Tokens.CacheRead, c.CacheWrite5m + Tokens.CacheWrite5m);
            (c.CacheWrite30m, c.CacheWrite1h, c.Output) = (c.CacheWrite30m + Tokens.CacheWrite30m, c.CacheWrite1h + Tokens.CacheWrite1h, c.Output + Tokens.Output);
            var u = await db.UsageRollups.FindAsync(span, slot, usage.Id);
            if (u is null) db.Add(u = new UsageRollup { Span = span, SlotUnixSeconds = slot, SeriesId = usage.Id });
            u.Calls += Calls;
            u.Requests += Requests;
            (u.Input, u.CacheRead, u.CacheWrite5m) = (u.Input + Tokens.Input, u.CacheRead + Tokens.CacheRead, u.CacheWrite5m + Tokens.CacheWrite5m);
            (u.CacheWrite30m, u.CacheWrite1h, u.Output) = (u.CacheWrite30m + Tokens.CacheWrite30m, u.CacheWrite1h + Tokens.CacheWrite1h, u.Output + Tokens.Output);
        }
        await db.SaveChangesAsync();
        f.Get<LedgerChanges>().Say(LedgerPart.Usage);
    }
}
