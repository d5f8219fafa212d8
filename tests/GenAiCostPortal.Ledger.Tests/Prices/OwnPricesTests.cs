using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Own prices before list prices, from their day on, for new calls only. List: Nova Pro in us-east-1 0.80 in and 3.20 out a million.</summary>
public sealed class OwnPricesTests : IAsyncLifetime
{
    private static readonly DateOnly Day = new(2026, 11, 20);
    private static readonly ModelName Nova = ModelNameReader.Read("amazon.nova-pro-v1:0");
    private WriterStore _store = null!;

    public async Task InitializeAsync()
    {
        _store = await WriterStore.OpenAsync();
        await _store.Get<PriceFinder>().LoadAsync();
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private static OwnPrice Own(string model = "amazon.nova-pro-v1:0", decimal? input = 0.4m, DateOnly? from = null, ContextBand band = ContextBand.Normal) =>
        new(model, ServiceTier.Standard, RoutingScope.Unknown, "", band, from ?? Day, input is { } usd ? new Dictionary<TokenKind, decimal> { [TokenKind.Input] = usd } : [], "contract 7");

    private decimal Input(DateTime at, string model = "amazon.nova-pro-v1:0", ContextBand band = ContextBand.Normal) =>
        Money.ToUsd(_store.Get<PriceFinder>().Find(ModelNameReader.Read(model), ServiceTier.Standard, band, "us-east-1", at)!.InputNanoUsd!.Value);

    [Fact]
    public async Task An_own_price_holds_from_its_day_on_and_the_list_before()
    {
        await _store.Get<OwnPrices>().AddAsync(Own(), "Ada");
        Assert.Equal(0.8m, Input(UtcTime.Start(Day).AddTicks(-1)));
        Assert.Equal(0.4m, Input(UtcTime.Start(Day)));
        // A later own price follows, and the list is still there to compare with.
        await _store.Get<OwnPrices>().AddAsync(Own(input: 0.3m, from: Day.AddDays(2)), "Ada");
        Assert.Equal((0.4m, 0.3m), (Input(UtcTime.Start(Day.AddDays(1))), Input(UtcTime.Start(Day.AddDays(2)))));
        Assert.Equal(800_000_000, _store.Get<PriceFinder>().FindList(Nova, ServiceTier.Standard, ContextBand.Normal, "us-east-1", UtcTime.Start(Day.AddDays(3)))!.InputNanoUsd);
    }

    [Fact]
    public async Task Kinds_that_are_not_named_keep_the_list_price_and_the_row_says_so()
    {
        var price = await _store.Get<OwnPrices>().AddAsync(Own(), "Ada");
        Assert.Equal((400_000_000, 3_200_000_000), (price.InputNanoUsd, price.OutputNanoUsd));
        Assert.StartsWith("Entered by Ada on 2026-11-20; ", price.Provenance, StringComparison.Ordinal);
        Assert.Contains("Output as the public price list said; contract 7", price.Provenance, StringComparison.Ordinal);
        Assert.Equal((PriceSource.Override, "amazon.nova-pro"), (price.Source, price.Model));
    }

    [Fact]
    public async Task New_calls_take_the_own_price_and_calls_that_have_one_keep_theirs()
    {
        // 1,000 in and 100 out: 0.00112 USD at the list, 0.0004 + 0.00032 = 0.00072 at the own price.
        await _store.WriteAsync(MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 100, 200, model: "amazon.nova-pro-v1:0"));
        await _store.Get<OwnPrices>().AddAsync(Own(), "Ada");
        await _store.WriteAsync(MadeTrace.Root(2), MadeTrace.Call(2, 2, 1, 100, 200, model: "amazon.nova-pro-v1:0"));
        // A late span of the first trace does not re-price it.
        await _store.WriteAsync(MadeTrace.Root(1, 9, "late", 300, 400) with { ParentSpanId = new(1) });
        Assert.Equal(["1120000", "720000"], _store.Read("SELECT EstimatedCostNanoUsd FROM call ORDER BY TraceKey"));
    }

    [Fact]
    public async Task An_own_price_makes_an_unmatched_name_priced_and_takes_it_off_the_list_of_what_is_missing_for_new_calls()
    {
        await _store.WriteAsync(MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 100, 200, model: "acme.unknown-model-v9"));
        var missing = Assert.Single((await _store.Get<PriceBookReport>().ReadAsync()).Unpriced);
        Assert.Equal((1L, 1_100L, Day, false), (missing.Calls, missing.Tokens, missing.FirstDay, missing.IsMatched));
        await _store.Get<OwnPrices>().AddAsync(Own(missing.Model, 2m), "Ada");
        await _store.WriteAsync(MadeTrace.Root(2), MadeTrace.Call(2, 2, 1, 100, 200, output: 0, model: "acme.unknown-model-v9"));
        Assert.Equal(["", "2000000"], _store.Read("SELECT EstimatedCostNanoUsd FROM call ORDER BY TraceKey"));
        Assert.Equal(1, Assert.Single((await _store.Get<PriceBookReport>().ReadAsync()).Unpriced).Calls);
    }

    [Fact]
    public async Task An_own_price_for_normal_prompts_does_not_price_long_ones_that_the_list_knows()
    {
        var longest = _store.Get<PriceFinder>().All.First(p => p is { Band: ContextBand.Long, Tier: ServiceTier.Standard, InputNanoUsd: > 0 } && (p.EffectiveFrom is null || p.EffectiveFrom <= Day));
        var at = UtcTime.Start(Day.AddDays(1));
        Price? Find(ContextBand band) => _store.Get<PriceFinder>().Find(new ModelName(longest.Model, longest.Provider, "", longest.Scope, true), ServiceTier.Standard, band, longest.Region.TrimEnd('*').TrimEnd('-'), at);
        var before = Find(ContextBand.Long)!;
        await _store.Get<OwnPrices>().AddAsync(Own(longest.Model, 0.01m) with { Scope = longest.Scope }, "Ada");
        Assert.Equal(PriceSource.Override, Find(ContextBand.Normal)!.Source);
        Assert.Equal(before.Id, Find(ContextBand.Long)!.Id);
    }

    [Fact]
    public async Task The_book_shows_own_beside_list_and_what_is_past()
    {
        await _store.Get<OwnPrices>().AddAsync(Own(from: Day.AddDays(-2)), "Ada");
        await _store.Get<OwnPrices>().AddAsync(Own(input: 0.3m, from: Day.AddDays(-1)), "Ada");
        await _store.Get<OwnPrices>().AddAsync(Own(input: 0.2m, from: Day.AddDays(5)), "Ada");
        var own = (await _store.Get<PriceBookReport>().ReadAsync()).Rows.Where(r => r.IsOwn).ToArray();
        Assert.Equal([(200_000_000L, false), (300_000_000L, false), (400_000_000L, true)], own.Select(r => (r.Price.InputNanoUsd!.Value, r.IsPast)));
        Assert.All(own, r => Assert.Equal(800_000_000, r.List!.InputNanoUsd));
    }

    [Theory]
    [InlineData("", "0.4", "us-east-1", "2026-11-20", "model")]
    [InlineData("amazon.nova-pro-v1:0", "", "us-east-1", "2026-11-20", "prices")]
    [InlineData("amazon.nova-pro-v1:0", "-1", "us-east-1", "2026-11-20", "prices")]
    [InlineData("amazon.nova-pro-v1:0", "0.4", "Mars", "2026-11-20", "region")]
    [InlineData("amazon.nova-pro-v1:0", "0.4", "eu-*", "1999-11-20", "effectiveFrom")]
    [InlineData("amazon.nova-pro-v1:0", "0.4", "eu-*", "2026-11-20", null)]
    [InlineData("amazon.nova-pro-v1:0", "0", "", "2026-12-20", null)]
    public async Task What_is_wrong_is_said_by_field(string model, string input, string region, string from, string? field)
    {
        var own = Own(model, input.Length == 0 ? null : decimal.Parse(input, null), DateOnly.ParseExact(from, "yyyy-MM-dd")) with { Region = region };
        Assert.Equal(field is null ? [] : [field], _store.Get<OwnPrices>().Mistakes(own).Keys);
        if (field is not null) await Assert.ThrowsAsync<ArgumentException>(() => _store.Get<OwnPrices>().AddAsync(own, "Ada"));
    }

    [Fact]
    public async Task A_profile_that_bedrock_would_not_explain_is_listed_with_its_reason()
    {
        const string arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3";
        await using (var db = _store.Db())
        {
            db.Add(new InferenceProfile { Arn = arn, Name = "billing", Problem = "access denied to GetInferenceProfile", ReadAt = WriterStore.Now });
            await db.SaveChangesAsync();
        }
        await _store.WriteAsync(MadeTrace.Root(1), MadeTrace.Call(1, 2, 1, 100, 200, model: arn));
        var book = await _store.Get<PriceBookReport>().ReadAsync();
        Assert.Equal("billing", Assert.Single(book.Profiles).Name);
        Assert.Equal(("access denied to GetInferenceProfile", false), (Assert.Single(book.Unpriced).Problem, book.Unpriced[0].IsMatched));
    }
}
