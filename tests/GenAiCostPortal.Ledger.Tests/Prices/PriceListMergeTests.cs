using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Prices;

public sealed class PriceListMergeTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);
    private static readonly DateOnly LastWeek = new(2026, 11, 16);
    private static readonly DateOnly January = new(2026, 1, 1);
    private static readonly PriceKey Nova = new("amazon.nova-pro", "amazon", ServiceTier.Standard, RoutingScope.InRegion, "us-east-1", ContextBand.Normal);

    private static ListedPrice Of(TokenKind kind, long nanoUsd, DateOnly from, PriceKey? key = null, bool isOther = false) =>
        new(key ?? Nova, kind, nanoUsd, from, isOther, "AWS price list AmazonBedrock");

    private static Price Known(long? input, long? output, DateOnly? from, DateOnly? readOn = null, RoutingScope scope = RoutingScope.InRegion) => new()
    {
        Id = 7, Model = Nova.Model, Provider = Nova.Provider, Scope = scope, Region = Nova.Region, EffectiveFrom = from, ReadOn = readOn ?? LastWeek,
        Source = PriceSource.AwsPriceList, InputNanoUsd = input, OutputNanoUsd = output, CacheWrite5mNanoUsd = 0,
    };

    private static IReadOnlyList<Price> Add(IEnumerable<ListedPrice> listed, params Price[] known) =>
        PriceListMerge.Add(listed, known, known.Length > 0 ? LastWeek : null, Today).Rows;

    [Fact]
    public void A_first_list_makes_a_row_per_day_on_which_a_kind_began()
    {
        var rows = Add([Of(TokenKind.Input, 800, January), Of(TokenKind.Output, 3200, January), Of(TokenKind.CacheRead, 200, LastWeek)]);
        Assert.Equal([(January, 800L, 3200L, (long?)null), (LastWeek, 800L, 3200L, 200L)], rows.Select(r => (r.EffectiveFrom!.Value, r.InputNanoUsd!.Value, r.OutputNanoUsd!.Value, r.CacheReadNanoUsd)));
        Assert.All(rows, r => Assert.Equal((PriceSource.AwsPriceList, Today, "AWS price list AmazonBedrock; read 2026-11-23"), (r.Source, r.ReadOn, r.Provenance)));
    }

    [Fact]
    public void The_same_prices_again_add_nothing_even_under_a_later_date() =>
        Assert.Empty(Add([Of(TokenKind.Input, 800, Today), Of(TokenKind.Output, 3200, Today)], Known(800, 3200, January)));

    [Fact]
    public void Prices_of_a_row_that_does_not_say_its_routing_count_as_known() =>
        Assert.Empty(Add([Of(TokenKind.Input, 800, January)], Known(800, 3200, null, scope: RoutingScope.Unknown)));

    [Fact]
    public void A_price_that_changes_later_is_a_new_row_from_its_day_and_keeps_what_is_no_longer_listed()
    {
        var row = Assert.Single(Add([Of(TokenKind.Input, 600, new DateOnly(2026, 12, 1)), Of(TokenKind.Output, 3200, January)], Known(800, 3200, January)));
        Assert.Equal((new DateOnly(2026, 12, 1), 600L, 3200L, 0L), (row.EffectiveFrom!.Value, row.InputNanoUsd!.Value, row.OutputNanoUsd!.Value, row.CacheWrite5mNanoUsd!.Value));
        Assert.Contains("CacheWrite5m as listed before", row.Provenance, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_dated_back_does_not_rewrite_days_on_which_the_list_said_otherwise()
    {
        var row = Assert.Single(Add([Of(TokenKind.Input, 600, January), Of(TokenKind.Output, 3200, January)], Known(800, 3200, January, new DateOnly(2026, 9, 17))));
        Assert.Equal((LastWeek, 600L), (row.EffectiveFrom!.Value, row.InputNanoUsd!.Value));
        Assert.Contains("AWS dates it 2026-01-01, but still listed another price on 2026-11-16", row.Provenance, StringComparison.Ordinal);
        // The list keeps its date, and the row is known from now on.
        Assert.Empty(PriceListMerge.Add([Of(TokenKind.Input, 600, January), Of(TokenKind.Output, 3200, January)], [Known(800, 3200, January), row], Today, Today.AddDays(7)).Rows);
    }

    [Fact]
    public void A_new_kind_of_a_known_model_contradicts_nothing()
    {
        var row = Assert.Single(Add([Of(TokenKind.Input, 800, January), Of(TokenKind.CacheRead, 200, January)], Known(800, 3200, January)));
        Assert.Equal((January, 200L, 3200L), (row.EffectiveFrom!.Value, row.CacheReadNanoUsd!.Value, row.OutputNanoUsd!.Value));
    }

    [Fact]
    public void A_price_listed_twice_differently_is_not_used()
    {
        var addition = PriceListMerge.Add([Of(TokenKind.Input, 800, January), Of(TokenKind.Input, 900, January), Of(TokenKind.Output, 3200, January), Of(TokenKind.Output, 3200, January)], [], null, Today);
        Assert.Equal(1, addition.Contradictory);
        Assert.Equal(((long?)null, 3200L), (addition.Rows[0].InputNanoUsd, addition.Rows[0].OutputNanoUsd!.Value));
    }

    [Fact]
    public void Rates_of_the_other_endpoint_are_used_only_where_there_are_no_others()
    {
        var qwen = Nova with { Model = "qwen.qwen3-32b", Provider = "qwen" };
        var rows = Add([Of(TokenKind.Input, 800, January), Of(TokenKind.Input, 750, January, isOther: true), Of(TokenKind.CacheRead, 10, January, isOther: true), Of(TokenKind.Input, 150, January, qwen, isOther: true)]);
        Assert.Equal([("amazon.nova-pro", 800L, (long?)null), ("qwen.qwen3-32b", 150L, null)], rows.Select(r => (r.Model, r.InputNanoUsd!.Value, r.CacheReadNanoUsd)));
    }

    [Fact]
    public void Tiers_routings_regions_and_bands_are_rows_of_their_own()
    {
        PriceKey[] keys = [Nova, Nova with { Tier = ServiceTier.Batch }, Nova with { Scope = RoutingScope.Global }, Nova with { Region = "eu-central-1" }, Nova with { Band = ContextBand.Long }];
        var rows = Add(keys.Select((k, i) => Of(TokenKind.Input, 100 + i, January, k)));
        Assert.Equal(5, rows.Select(r => (r.Tier, r.Scope, r.Region, r.Band)).Distinct().Count());
    }
}
