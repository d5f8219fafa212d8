using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Prices;

public sealed class PriceBookTests
{
    private static readonly DateTime November = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);
    private static readonly PriceBook Shipped = new(PriceBookReader.ReadShipped());

    private static Price? Find(string name, string region = "", ServiceTier tier = ServiceTier.Standard, ContextBand band = ContextBand.Normal, DateTime? at = null)
    {
        var model = ModelNameReader.Read(name);
        return Shipped.Find(model.Canonical, model.Scope, tier, band, region, at ?? November);
    }

    private static (long? NanoUsd, CostState State, long Unpriced) Cost(TokenCounts tokens, Price? price)
    {
        var (state, nanoUsd) = CallBooking.Estimate(true, TokenState.Reported, tokens, price);
        return (nanoUsd, state, TokenCost.Of(tokens, price).UnpricedTokens);
    }

    private static decimal? Usd(long? nanoUsdPerMillion) => nanoUsdPerMillion / 1_000_000_000m;

    // USD per million in and out. Figures copied by hand from the row named beside them.
    [Theory]
    [InlineData("us.anthropic.claude-sonnet-4-6", "us-east-1", "3.3", "16.5")]          // litellm us.anthropic.claude-sonnet-4-6
    [InlineData("anthropic.claude-sonnet-4-6", "us-east-1", "3.3", "16.5")]             // in region is billed as the geography
    [InlineData("global.anthropic.claude-sonnet-4-6", "us-east-1", "3", "15")]          // litellm global.anthropic.claude-sonnet-4-6
    [InlineData("us.anthropic.claude-haiku-4-5-20251001-v1:0", "us-east-1", "1.1", "5.5")] // price list quote JQDUC8Q4K8C6GSGH
    [InlineData("us.anthropic.claude-opus-5", "us-east-1", "5.5", "27.5")]              // price list quote 9F36CPTU6P68N3FP
    [InlineData("us.anthropic.claude-opus-4-5-20251101-v1:0", "us-west-2", "5.5", "27.5")] // genai-prices regional.anthropic.claude-opus-4-5
    [InlineData("us.anthropic.claude-3-5-sonnet-20240620-v1:0", "", "3", "15")]         // litellm us.anthropic.claude-3-5-sonnet-20240620-v1:0
    [InlineData("anthropic.claude-3-5-sonnet-20240620-v1:0", "us-gov-west-1", "3.6", "18")] // litellm bedrock/us-gov-west-1/…
    [InlineData("eu.anthropic.claude-3-5-haiku-20241022-v1:0", "eu-west-1", "0.8", "4")] // genai-prices regional.anthropic.claude-3-5-haiku
    [InlineData("amazon.nova-2-lite-v1:0", "us-east-1", "0.33", "2.75")]                // AWS price list us-east-1
    [InlineData("global.amazon.nova-2-lite-v1:0", "ap-south-1", "0.35", "2.95")]        // AWS price list ap-south-1
    [InlineData("amazon.nova-lite-v1:0", "ap-northeast-1", "0.072", "0.288")]           // AWS price list ap-northeast-1
    [InlineData("eu.amazon.nova-lite-v1:0", "eu-central-1", "0.078", "0.312")]          // litellm eu.amazon.nova-lite-v1:0
    [InlineData("amazon.nova-micro-v1:0", "us-east-1", "0.035", "0.14")]                // litellm amazon.nova-micro-v1:0
    [InlineData("meta.llama3-3-70b-instruct-v1:0", "us-east-1", "0.72", "0.72")]        // litellm meta.llama3-3-70b-instruct-v1:0
    [InlineData("us.meta.llama3-1-70b-instruct-v1:0", "us-east-1", "0.72", "0.72")]     // genai-prices meta.llama3-1-70b (litellm's 0.99 is older)
    [InlineData("mistral.mistral-large-2402-v1:0", "us-east-1", "4", "12")]             // genai-prices mistral.mistral-large-2402-v1:0
    [InlineData("openai.gpt-oss-120b-1:0", "us-east-1", "0.15", "0.6")]                 // litellm openai.gpt-oss-120b-1:0
    [InlineData("qwen.qwen3-coder-next", "eu-west-2", "0.78", "1.86")]                  // litellm bedrock/eu-west-2/qwen.qwen3-coder-next
    [InlineData("us.deepseek.r1-v1:0", "us-east-1", "1.35", "5.4")]                     // litellm us.deepseek.r1-v1:0
    public void A_list_price_is_what_its_source_says(string name, string region, string input, string output)
    {
        var price = Find(name, region)!;
        Assert.Equal((decimal.Parse(input, null), decimal.Parse(output, null)), (Usd(price.InputNanoUsd), Usd(price.OutputNanoUsd)));
    }

    // litellm#36762: 9,634 one-hour cache writes. At Claude Opus 4.5's 10 USD a million they cost 0.09634; 4 input (5 USD) and
    // 6 output tokens (25 USD) make the remaining 0.00017. At the 5-minute price of 6.25 the total would be 0.0603825.
    [Fact]
    public void One_hour_cache_writes_have_their_own_price()
    {
        var price = Find("global.anthropic.claude-opus-4-5-20251101-v1:0");
        Assert.Equal((96_510_000L, CostState.Priced, 0L), Cost(new TokenCounts(4, 0, 0, 0, 9_634, 6), price));
        Assert.Equal((60_382_500L, CostState.Priced, 0L), Cost(new TokenCounts(4, 0, 9_634, 0, 0, 6), price));
    }

    // litellm#42679: AWS bills in-region use of newer Claude models 10 % above the global profile.
    [Theory]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("anthropic.claude-haiku-4-5-20251001-v1:0")]
    [InlineData("anthropic.claude-opus-4-8")]
    [InlineData("amazon.nova-2-lite-v1:0")]
    public void In_region_costs_ten_percent_more_than_global(string id)
    {
        var regional = Find(id, "us-east-1")!;
        var global = Find("global." + id, "us-east-1")!;
        foreach (var kind in (TokenKind[])[TokenKind.Input, TokenKind.CacheRead, TokenKind.Output])
            Assert.Equal(global[kind] * 11 / 10, regional[kind]);
        Assert.Equal(regional.InputNanoUsd, Find("us." + id, "us-east-1")!.InputNanoUsd);
        Assert.Equal(regional.InputNanoUsd, Find(id.Replace("anthropic.", "", StringComparison.Ordinal).Replace("amazon.", "", StringComparison.Ordinal), "us-east-1")!.InputNanoUsd);
    }

    // litellm#21171, #13810: the tier was read and then ignored. AWS price list, Nova 2 Lite, us-east-1.
    [Theory]
    [InlineData(ServiceTier.Standard, "0.33", "2.75")]
    [InlineData(ServiceTier.Flex, "0.165", "1.375")]
    [InlineData(ServiceTier.Priority, "0.5775", "4.8125")]
    [InlineData(ServiceTier.Batch, "0.165", "1.375")]
    public void Every_tier_has_its_own_price(ServiceTier tier, string input, string output)
    {
        var price = Find("amazon.nova-2-lite-v1:0", "us-east-1", tier)!;
        Assert.Equal((decimal.Parse(input, null), decimal.Parse(output, null)), (Usd(price.InputNanoUsd), Usd(price.OutputNanoUsd)));
    }

    [Fact]
    public void A_tier_without_a_price_does_not_take_the_standard_price()
    {
        Assert.NotNull(Find("meta.llama3-3-70b-instruct-v1:0"));
        Assert.Null(Find("meta.llama3-3-70b-instruct-v1:0", tier: ServiceTier.Priority));
        Assert.Null(Find("amazon.nova-lite-v1:0", tier: ServiceTier.Provisioned));
    }

    // The price list's us-east-2 batch price (0.1595) is not half of on demand (0.165): a quote wins over arithmetic.
    [Fact]
    public void Half_price_for_batch_is_marked_derived_and_gives_way_to_a_quote()
    {
        Assert.Equal((159_500_000L, PriceSource.AwsPriceList), (Find("amazon.nova-2-lite-v1:0", "us-east-2", ServiceTier.Batch) is { } q ? (q.InputNanoUsd!.Value, q.Source) : default));
        var derived = Find("anthropic.claude-sonnet-4-6", "us-east-1", ServiceTier.Batch)!;
        Assert.Equal((1_650_000_000L, PriceSource.Derived), (derived.InputNanoUsd!.Value, derived.Source));
        Assert.Contains("not quoted", derived.Provenance, StringComparison.Ordinal);
    }

    // litellm#42191: Qwen3 in London, priced as in Virginia.
    [Fact]
    public void The_region_is_part_of_the_price()
    {
        Assert.Equal(0.78m, Usd(Find("qwen.qwen3-coder-next", "eu-west-2")!.InputNanoUsd));
        Assert.Equal(0.5m, Usd(Find("qwen.qwen3-coder-next", "us-east-1")!.InputNanoUsd));
    }

    // litellm#29145: cache tokens of a model without a cache price were billed at zero.
    [Fact]
    public void Cache_tokens_without_a_price_make_the_call_partially_priced()
    {
        var price = Find("meta.llama3-3-70b-instruct-v1:0");
        // 1,000 × 0.72 + 500 × 0.72 USD a million = 0.00108 USD.
        Assert.Equal((1_080_000L, CostState.PartiallyPriced, 4_000L), Cost(new TokenCounts(1_000, 3_000, 1_000, 0, 0, 500), price));
        Assert.Equal((null, CostState.Unpriced, 4_000L), Cost(new TokenCounts(0, 3_000, 1_000, 0, 0, 0), price));
    }

    [Fact]
    public void Nova_writes_to_the_cache_at_no_charge()
    {
        foreach (var id in (string[])["amazon.nova-2-lite-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0", "amazon.nova-pro-v1:0"])
            Assert.Equal((0L, CostState.Priced, 0L), Cost(new TokenCounts(0, 0, 50_000, 0, 0, 0), Find(id, "us-east-1")));
    }

    [Fact]
    public void Unpriced_is_not_zero()
    {
        Assert.Null(Find("gpt-4o"));
        Assert.Null(Find("anthropic.claude-mythos-preview"));
        Assert.Equal((null, CostState.Unpriced, 150L), Cost(new TokenCounts(100, 0, 0, 0, 0, 50), null));
    }

    [Fact]
    public void An_embedding_is_priced_by_its_input_alone() =>
        // 1,000,000 × 0.02 USD a million: litellm amazon.titan-embed-text-v2:0.
        Assert.Equal((20_000_000L, CostState.Priced, 0L), Cost(new TokenCounts(1_000_000, 0, 0, 0, 0, 0), Find("amazon.titan-embed-text-v2:0", "us-east-1")));

    // genai-prices: Sonnet 5 regional 2.2 until 2026-08-31, 3.3 after; GPT-5.6 Luna 1.1 until 2026-07-29, 0.22 after.
    [Theory]
    [InlineData("us.anthropic.claude-sonnet-5", "2026-08-31T23:59:59Z", "2.2")]
    [InlineData("us.anthropic.claude-sonnet-5", "2026-09-01T00:00:00Z", "3.3")]
    [InlineData("openai.gpt-5.6-luna", "2026-07-29T23:59:59Z", "1.1")]
    [InlineData("openai.gpt-5.6-luna", "2026-07-30T00:00:00Z", "0.22")]
    public void A_price_holds_from_its_first_day_on(string id, string at, string input) =>
        Assert.Equal(decimal.Parse(input, null), Usd(Find(id, "us-east-1", at: DateTime.Parse(at, null, System.Globalization.DateTimeStyles.AdjustToUniversal))!.InputNanoUsd));

    [Theory]
    [InlineData("global.anthropic.claude-sonnet-4-5-20250929-v1:0", 200_000, ContextBand.Normal, "3")]
    [InlineData("global.anthropic.claude-sonnet-4-5-20250929-v1:0", 200_001, ContextBand.Long, "6")]
    [InlineData("openai.gpt-5.6-sol", 272_001, ContextBand.Long, "11")]
    [InlineData("global.anthropic.claude-opus-4-8", 900_000, ContextBand.Normal, "5")]
    public void A_long_prompt_takes_the_long_price_where_there_is_one(string id, long prompt, ContextBand band, string input)
    {
        Assert.Equal(band, PriceFinder.BandOf(ModelNameReader.Read(id).Canonical, prompt));
        Assert.Equal(decimal.Parse(input, null), Usd(Find(id, band: band)!.InputNanoUsd));
    }

    [Fact]
    public void A_model_without_a_long_price_is_priced_normally_at_any_length() =>
        Assert.Equal(Find("amazon.nova-pro-v1:0"), Find("amazon.nova-pro-v1:0", band: ContextBand.Long));

    [Fact]
    public void Every_row_of_the_book_resolves_and_is_found_by_its_own_key()
    {
        using var stream = typeof(PriceBookReader).Assembly.GetManifestResourceStream("prices.json")!;
        using var book = JsonDocument.Parse(stream);
        var ids = book.RootElement.GetProperty("prices").EnumerateArray().Select(r => r.GetProperty("model").GetString()!).Distinct().ToArray();
        Assert.True(ids.Length >= 120);
        Assert.All(ids, id => Assert.True(ModelNameReader.Read(id).IsResolved, id));

        foreach (var row in Shipped.All)
        {
            var region = row.Region.Replace("*", "test-1", StringComparison.Ordinal);
            var found = Shipped.Find(row.Model, row.Scope, row.Tier, row.Band, region, row.EffectiveFrom?.ToDateTime(TimeOnly.MinValue) ?? new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            Assert.Same(row, found);
            Assert.All(TokenCounts.Kinds, kind => Assert.True(row[kind] is null or >= 0));
            Assert.NotEqual("", row.Provenance);
            Assert.NotNull(row.ReadOn);
        }
    }

    [Fact]
    public void Two_ids_of_the_book_never_give_two_prices_for_one_key()
    {
        var twice = Shipped.All.GroupBy(p => (p.Model, p.Tier, p.Scope, p.Region, p.Band, p.EffectiveFrom, p.Source)).Where(g => g.Count() > 1).Select(g => g.Key.ToString());
        Assert.Empty(twice);
    }

    [Fact]
    public void The_major_makers_of_Bedrock_are_in_the_book()
    {
        var makers = Shipped.All.Select(p => p.Provider).ToHashSet();
        foreach (var maker in (string[])["ai21", "amazon", "anthropic", "cohere", "deepseek", "google", "meta", "minimax", "mistral", "moonshotai", "nvidia", "openai", "qwen", "writer", "xai", "zai"])
            Assert.Contains(maker, makers);
    }

    private static readonly Gen<Price> AnyPrice =
        from tier in Gen.Elements(ServiceTier.Standard, ServiceTier.Batch)
        from scope in Gen.Elements(RoutingScope.Unknown, RoutingScope.InRegion, RoutingScope.Geographic, RoutingScope.Global)
        from region in Gen.Elements("", "us-east-1", "eu-*")
        from band in Gen.Elements(ContextBand.Normal, ContextBand.Long)
        from start in Gen.OneOf(Gen.Constant<DateOnly?>(null), Gen.Choose(0, 60).Select(d => (DateOnly?)new DateOnly(2026, 9, 1).AddDays(d)))
        from source in Gen.Elements(Enum.GetValues<PriceSource>())
        from amount in Gen.Choose(0, 1_000_000)
        select new Price { Model = "m.x", Provider = "m", Tier = tier, Scope = scope, Region = region, Band = band, EffectiveFrom = start, Source = source, InputNanoUsd = amount };

    private static readonly Gen<(Price[] Prices, RoutingScope Scope, ServiceTier Tier, ContextBand Band, string Region, DateTime At)> AnyQuestion =
        from prices in AnyPrice.ArrayOf()
        from scope in Gen.Elements(RoutingScope.Unknown, RoutingScope.InRegion, RoutingScope.Geographic, RoutingScope.Global)
        from tier in Gen.Elements(ServiceTier.Standard, ServiceTier.Batch, ServiceTier.Flex)
        from band in Gen.Elements(ContextBand.Normal, ContextBand.Long)
        from region in Gen.Elements("", "us-east-1", "eu-west-1")
        from minute in Gen.Choose(0, 60 * 24 * 60)
        select (prices, scope, tier, band, region, new DateTime(2026, 9, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(minute));

    [Fact]
    public void A_price_is_never_taken_from_the_future_nor_from_another_tier_region_or_global_routing() => Prop.ForAll(AnyQuestion.ToArbitrary(), q =>
    {
        for (var i = 0; i < q.Prices.Length; i++) q.Prices[i].Id = i + 1;
        var found = new PriceBook(q.Prices).Find("m.x", q.Scope, q.Tier, q.Band, q.Region, q.At);
        var turned = new PriceBook(q.Prices.Reverse()).Find("m.x", q.Scope, q.Tier, q.Band, q.Region, q.At);
        if (!ReferenceEquals(found, turned)) return false;
        if (found is null) return true;
        return (found.EffectiveFrom is null || found.EffectiveFrom.Value.ToDateTime(TimeOnly.MinValue) <= q.At)
            && found.Tier == q.Tier
            && (found.Region == "" || found.Region == q.Region || (found.Region == "eu-*" && q.Region == "eu-west-1"))
            && (found.Scope == RoutingScope.Unknown || (found.Scope == RoutingScope.Global) == (q.Scope == RoutingScope.Global));
    }).Holds();

    [Fact]
    public void The_cost_of_a_call_is_the_sum_over_its_kinds_for_any_counts() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ArrayOf(6).Zip(Gen.Choose(0, int.MaxValue).ArrayOf(6)).ToArbitrary(), pair =>
    {
        var (n, p) = pair;
        var price = new Price
        {
            Model = "m", Provider = "m", InputNanoUsd = p[0], CacheReadNanoUsd = p[1], CacheWrite5mNanoUsd = p[2],
            CacheWrite30mNanoUsd = p[3], CacheWrite1hNanoUsd = p[4], OutputNanoUsd = p[5],
        };
        var exact = 0m;
        for (var i = 0; i < 6; i++) exact += (decimal)n[i] * p[i] / 1_000_000m;
        return Cost(new TokenCounts(n[0], n[1], n[2], n[3], n[4], n[5]), price)
            == ((long)decimal.Round(exact, 0, MidpointRounding.ToEven), CostState.Priced, 0);
    }).Holds();
}
