using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Benchmarks;

/// <summary>
/// A month of a large organisation from a seed: 60 accounts in 4 regions on 8 models, billed in lines that the ledger keeps apart (each
/// has another account, region, usage type or set of owner tags), 5,000 groups of recorded calls a day, rules, splits and resources.
/// </summary>
internal sealed class MadeMonth(int linesADay, int days)
{
    private const int Accounts = 60, Features = 300, Teams = 40, Applications = 25, Series = 5_000, Unplaced = 20, Resources = 3_000, Principals = 500;
    private static readonly (string Code, string Name)[] Regions = [("USE1", "us-east-1"), ("USW2", "us-west-2"), ("EUC1", "eu-central-1"), ("APN1", "ap-northeast-1")];
    private static readonly string[] Models = ["NovaLite", "NovaPro", "NovaMicro", "NovaPremier", "Nova2.0Lite", "Claude4.6Sonnet", "Claude4.5Haiku", "Llama3-3-70B"];
    private static readonly string[] Kinds = ["input-tokens", "output-tokens", "cache-read-input-token-count"];
    private readonly Random _dice = new(4);
    private static readonly string[] Columns =
        ["Span", "SlotUnixSeconds", "SeriesId", "Calls", "Input", "CacheRead", "CacheWrite5m", "CacheWrite30m", "CacheWrite1h", "Output", "Reasoning", "EstimatedCostNanoUsd", "UnpricedTokens", "CallsWithoutCost"];
    private readonly Dictionary<string, long> _prices = [];
    private readonly List<object[]> _rollups = [];

    public static DateOnly First => new(2026, 10, 1);
    public DateOnly End { get; } = First.AddDays(days);

    /// <summary>Names, calls, rules and resources; before anything reads the store.</summary>
    public async Task FillAsync(IServiceProvider services)
    {
        var stores = services.GetRequiredService<IDbContextFactory<LedgerDb>>();
        var finder = services.GetRequiredService<PriceFinder>();
        await finder.LoadAsync();
        await using var db = await stores.CreateDbContextAsync();
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        var added = new List<DimensionValue>();
        int Id(DimensionKind kind, string name) => services.GetRequiredService<Dimensions>().GetOrAdd(kind, name, added);
        foreach (var model in Models)
            foreach (var kind in Kinds)
                foreach (var (code, region) in Regions)
                    _prices[$"{code}-{model}-{kind}"] = ListPrice(finder, $"{code}-{model}-{kind}", region);
        AddCalls(db, finder, Id);
        AddRules(db);
        for (var i = 0; i < 200; i++)
            db.Resources.Add(new ResourceSeen
            {
                Arn = Arn(i), Kind = ResourceKinds.InferenceProfile, Name = $"profile-{i}", AccountId = Account(i % Accounts), Region = Regions[i % 4].Name,
                Tags = i % 3 == 0 ? $$"""{"Team":"team-{{i % Teams}}"}""" : "{}", FirstSeen = UtcTime.Start(First), LastSeen = UtcTime.Start(End),
            });
        db.Dimensions.AddRange(added);
        await using var transaction = await db.Database.BeginTransactionAsync();
        await StoredRows.InsertAsync(db, "cost_rollup", Columns, _rollups);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    /// <summary>The bill of a day.</summary>
    public IEnumerable<BilledLineRead> Lines(DateOnly day)
    {
        var others = linesADay / 50;
        for (var i = 0; i < linesADay - others; i++) yield return Tokens(day, i);
        for (var i = 0; i < others; i++) yield return Other(day, i);
    }

    private static string Account(int i) => (100_000_000_000 + i).ToString(CultureInfo.InvariantCulture);
    private static string Arn(int i) => $"arn:aws:bedrock:{Regions[i % 4].Name}:{Account(i % Accounts)}:application-inference-profile/p{i:x8}";

    // Sets of owners: none, a team alone, or a feature with more or less beside it.
    private BilledLineRead Tokens(DateOnly day, int i)
    {
        var (account, region, what, owner) = (i % Accounts, i / Accounts % 4, i / Accounts / 4 % (Models.Length * Kinds.Length), i / Accounts / 4 / (Models.Length * Kinds.Length));
        var usageType = $"{Regions[region].Code}-{Models[what / Kinds.Length]}-{Kinds[what % Kinds.Length]}";
        var tokens = 1_000 + _dice.Next(40_000_000);
        // A third of the accounts has a contract.
        var usd = tokens * (decimal)_prices[usageType] / 1_000_000 / Money.NanoUsdPerUsd * (account % 3 == 0 ? 0.88m : 1);
        var feature = owner == 0 || owner == 4 ? -1 : (account * 5 + owner) % Features;
        var tags = new Dictionary<string, string>();
        if (owner == 4) tags["Team"] = $"team-{account % Teams}";
        if (feature >= 0) tags["GenAI:Workload"] = $"feature-{feature}";
        if (owner % 2 == 1) tags["Environment"] = "prod";
        if (owner >= 3) tags["Cost Center"] = $"cc-{(account + what) % 211}";
        return new BilledLineRead(day, Account(account), Regions[region].Name, "Amazon Bedrock", usageType, ChargeCategory.Usage, feature < 0 ? null : tags["GenAI:Workload"],
            usd, tokens / 1000m, "1K tokens", false)
        {
            Tags = tags, ResourceId = i % 7 == 0 ? "" : Arn((i * 7) % Resources),
            Principal = i % 5 == 0 ? "" : $"arn:aws:iam::{Account(account)}:role/agent-{i % Principals}",
        };
    }

    private BilledLineRead Other(DateOnly day, int i)
    {
        var (account, region) = (Account(i % Accounts), Regions[i / Accounts % 4]);
        var usd = 0.01m + _dice.Next(90_000) / 1000m;
        BilledLineRead Line(string service, string usageType, ChargeCategory category, decimal amount) =>
            new(day, account, region.Name, service, usageType, category, null, amount, category == ChargeCategory.Usage ? 24 : null, category == ChargeCategory.Usage ? "Hrs" : "", false);
        if (i < Accounts) return Line("Amazon Bedrock", "", ChargeCategory.Tax, usd / 10) with { Region = "" };
        if (i < Accounts * 5) return Line("Amazon Bedrock", $"{region.Code}-{Models[i % Models.Length]}-input-tokens", ChargeCategory.Discount, -usd / 20);
        return i < Accounts * 5 + 20
            ? Line("Amazon OpenSearch Service", $"{region.Code}-SearchOCU", ChargeCategory.Usage, usd)
            : Line("AmazonCloudWatch", $"{region.Code}-DataProcessing-Bytes-{i}", ChargeCategory.Usage, usd / 100) with { Tags = new Dictionary<string, string> { ["Application"] = $"app-{i % Applications}" } };
    }

    private void AddCalls(LedgerDb db, PriceFinder finder, Func<DimensionKind, string, int> id)
    {
        for (var s = 0; s < Series; s++)
        {
            var (account, region, model) = (s % Accounts, s / Accounts % 4, s / Accounts / 4 % Models.Length);
            var meaning = UsageTypeClassifier.Read("Amazon Bedrock", $"{Regions[region].Code}-{Models[model]}-input-tokens");
            var price = finder.FindList(meaning.Model! with { Scope = RoutingScope.InRegion }, default, default, Regions[region].Name, UtcTime.Start(First));
            var isPlaced = s >= Unplaced;
            db.CostSeries.Add(new CostSeries
            {
                Id = s + 1, AccountId = isPlaced ? id(DimensionKind.Account, Account(account)) : 0, RegionId = isPlaced ? id(DimensionKind.Region, Regions[region].Name) : 0,
                ProviderId = id(DimensionKind.Provider, meaning.Model!.Provider), ModelId = id(DimensionKind.Model, meaning.Model.Canonical), Scope = RoutingScope.InRegion,
                FeatureId = s % 17 == 0 ? 0 : id(DimensionKind.Feature, $"feature-{(account * 5 + s / 1920) % Features}"), TeamId = id(DimensionKind.Team, $"team-{account % Teams}"),
                ApplicationId = id(DimensionKind.Application, $"app-{s % Applications}"), EnvironmentId = id(DimensionKind.Environment, "prod"),
                ReleaseId = id(DimensionKind.Release, $"1.{s % 3}"), IsBillable = true, PriceId = price?.Id ?? 0,
            });
            for (var day = First; day < End; day = day.AddDays(1))
            {
                var (input, output) = (_dice.Next(20_000_000), _dice.Next(4_000_000));
                var cost = price is null ? 0 : Money.Cost(input, price.InputNanoUsd ?? 0) + Money.Cost(input / 3, price.CacheReadNanoUsd ?? 0) + Money.Cost(output, price.OutputNanoUsd ?? 0);
                _rollups.Add([(int)RollupSpan.Day, UtcTime.ToUnixSeconds(day), s + 1, 1 + input / 2_000, input, input / 3, 0, 0, 0, output, 0, cost, 0, 0]);
            }
        }
    }

    private static void AddRules(LedgerDb db)
    {
        for (var i = 0; i < 20; i++)
            db.OwnerRules.Add(new OwnerRule { Position = i, Name = $"role {i}", Conditions = RuleText.Of([new(RuleSubject.Principal, RuleMatch.Contains, $"role/agent-{i * 7}")]), Team = $"team-{i}" });
        for (var i = 0; i < 20; i++)
            db.OwnerRules.Add(new OwnerRule { Position = 20 + i, Name = $"account {i}", Conditions = RuleText.Of([new(RuleSubject.Account, RuleMatch.Is, Account(i)), new(RuleSubject.Tag, RuleMatch.StartsWith, $"cc-{i}", "Cost Center")]), Team = $"team-{i}", Application = $"app-{i}" });
        db.SplitRules.Add(new SplitRule { Name = "search", Conditions = RuleText.Of([new(RuleSubject.Service, RuleMatch.Contains, "OpenSearch")]), Basis = SplitBasis.InferenceCost });
    }

    private static long ListPrice(PriceFinder finder, string usageType, string region)
    {
        var meaning = UsageTypeClassifier.Read("Amazon Bedrock", usageType);
        return finder.FindList(meaning.Model! with { Scope = meaning.Scope }, meaning.Tier, meaning.Band, region, UtcTime.Start(First))?[meaning.Kind!.Value] ?? 1_000_000_000;
    }
}
