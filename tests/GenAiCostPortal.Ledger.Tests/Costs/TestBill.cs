using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Bills as Cost Explorer would say them, for the writer.</summary>
internal static class TestBill
{
    public const string Bedrock = "Amazon Bedrock", First = "111111111111", Second = "222222222222";
    public const string NovaInput = "USE1-NovaLite-input-tokens", NovaOutput = "USE1-NovaLite-output-tokens";

    /// <summary>The canonical name behind <see cref="NovaInput"/>, as the classifier reads it.</summary>
    public static string NovaLite => UsageTypeClassifier.Read(Bedrock, NovaInput).Model!.Canonical;

    /// <summary>Nova Lite input at its list price of $0.06 per million tokens, billed per 1K tokens.</summary>
    public static BilledLineRead Input(DateOnly day, long tokens, string? tag = null, string account = First) =>
        new(day, account, "us-east-1", Bedrock, NovaInput, ChargeCategory.Usage, tag, tokens * 0.06m / 1_000_000, tokens / 1000m, "1K tokens", false);

    /// <summary>The same for output, at $0.24 per million tokens.</summary>
    public static BilledLineRead Output(DateOnly day, long tokens, string? tag = null, string account = First) =>
        new(day, account, "us-east-1", Bedrock, NovaOutput, ChargeCategory.Usage, tag, tokens * 0.24m / 1_000_000, tokens / 1000m, "1K tokens", false);

    public static BilledLineRead Other(DateOnly day, decimal amount, ChargeCategory category, string account = First) =>
        new(day, account, "", Bedrock, "", category, null, amount, null, "", false);

    public static BilledDaysRead Read(DateOnly from, DateOnly to, DateTime at, params BilledLineRead[] lines) =>
        new("CostExplorer", from, to, at, lines, [], new Dictionary<string, string>());

    /// <summary>Recorded calls on Nova Lite, priced by the book.</summary>
    public static RecordedCalls Calls(LedgerFixture f, DateTime hour, string feature, long input, long output = 0, string account = First)
    {
        var price = f.Get<PriceFinder>().Find(UsageTypeClassifier.Read(Bedrock, NovaInput).Model!, default, default, "us-east-1", hour)!;
        var tokens = new TokenCounts(input, 0, 0, 0, 0, output);
        return new RecordedCalls(hour, NovaLite, account, account == "" ? "" : "us-east-1")
        {
            Feature = feature, Team = "team-of-" + feature, PriceId = price.Id, Tokens = tokens, CostNanoUsd = TokenCost.Of(tokens, price).NanoUsd,
        };
    }

    public static async Task<LedgerFixture> FixtureAsync(DateTime? now = null)
    {
        var fixture = await LedgerFixture.CreateAsync(now);
        await fixture.Get<PriceFinder>().LoadAsync();
        return fixture;
    }
}
