using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>The order of prices for a call at t (algorithms §3), one row per rule.</summary>
public sealed class PriceOrderTests
{
    private const string Billed = "111111111111", Other = "222222222222";

    private static Price Row(int id, PriceSource source, string from, decimal input, string? seenTo = null, string region = "") => new()
    {
        Id = id, Model = "m", Provider = "p", Scope = RoutingScope.InRegion, Source = source, EffectiveFrom = DateOnly.Parse(from, null), ReadOn = seenTo is null ? null : DateOnly.Parse(seenTo, null),
        Account = source == PriceSource.Learnt ? Billed : "", Region = region, InputNanoUsd = (long)(input * 1_000_000_000),
    };

    // List 1.00 from January and 2.00 from 20 November; the bill of one account showed 0.70 from 5 to 8 November, 1.90 on the 25th.
    private static readonly Price[] Lists = [Row(1, PriceSource.PublicList, "2026-01-01", 1.00m), Row(2, PriceSource.AwsPriceList, "2026-11-20", 2.00m)];
    private static readonly Price[] Learnt = [Row(3, PriceSource.Learnt, "2026-11-05", 0.70m, "2026-11-08", "us-east-1"), Row(4, PriceSource.Learnt, "2026-11-25", 1.90m, "2026-11-25", "us-east-1")];
    private static readonly Price Own = Row(5, PriceSource.Override, "2026-11-07", 0.90m);

    private static decimal? At(PriceBook book, string day, string account = Billed, ServiceTier tier = ServiceTier.Standard, string region = "us-east-1", RoutingScope scope = RoutingScope.InRegion) =>
        book.Find("m", scope, tier, ContextBand.Normal, region, UtcTime.Start(DateOnly.Parse(day, null)), account: account)?.InputNanoUsd / 1_000_000_000m;

    [Theory]
    [InlineData("2026-11-06", 0.70)] // a: the bill of that very day, before the list
    [InlineData("2026-11-08", 0.70)] // a: its last day
    [InlineData("2026-11-10", 0.70)] // c: seen two days before
    [InlineData("2026-11-19", 0.70)] // c: eleven days before, still no new list
    [InlineData("2026-11-20", 2.00)] // d: within 14 days, but a list price took effect after that day
    [InlineData("2026-11-04", 1.00)] // d: never a later rate for an earlier call
    [InlineData("2026-11-25", 1.90)] // a again
    [InlineData("2026-12-09", 1.90)] // c: the fourteenth day after; the list is older than the rate
    [InlineData("2026-12-10", 2.00)] // d: the fifteenth
    [InlineData("2025-12-31", null)] // e: nothing held yet
    public void Without_an_own_price_the_bill_goes_before_the_list(string day, double? expected) =>
        Assert.Equal((decimal?)expected, At(new PriceBook([.. Lists, .. Learnt]), day));

    [Theory]
    [InlineData("2026-11-06", 0.70)] // the own price has not begun
    [InlineData("2026-11-08", 0.70)] // a before b: what was billed that day is what it cost
    [InlineData("2026-11-09", 0.90)] // b before c
    [InlineData("2026-11-21", 0.90)] // b before d
    [InlineData("2026-11-25", 1.90)] // a before b
    public void An_own_price_goes_before_all_but_the_bill_of_that_day(string day, double expected) =>
        Assert.Equal((decimal)expected, At(new PriceBook([.. Lists, .. Learnt, Own]), day));

    [Fact]
    public void A_rate_is_its_account_s_alone_and_of_its_tier_region_and_routing()
    {
        var book = new PriceBook([.. Lists, .. Learnt]);
        Assert.Equal(1.00m, At(book, "2026-11-06", Other));
        Assert.Equal(1.00m, At(book, "2026-11-06", ""));
        Assert.Equal(1.00m, At(book, "2026-11-06", region: "eu-west-1"));
        Assert.Null(At(book, "2026-11-06", tier: ServiceTier.Batch));
        // A geography's profile is billed at the regional rate, a global one is not.
        Assert.Equal(0.70m, At(book, "2026-11-06", scope: RoutingScope.Geographic));
        Assert.Null(At(book, "2026-11-06", scope: RoutingScope.Global));
    }

    [Fact]
    public void What_the_lists_say_is_asked_without_own_and_learnt_prices() =>
        Assert.Equal(1, new PriceBook([.. Lists, .. Learnt, Own]).Find("m", RoutingScope.InRegion, default, default, "us-east-1", new DateTime(2026, 11, 8, 0, 0, 0, DateTimeKind.Utc), true, Billed)!.Id);

    [Fact]
    public void A_restated_day_inside_a_run_of_days_counts_for_that_day_only()
    {
        var book = new PriceBook([.. Lists, Row(3, PriceSource.Learnt, "2026-11-05", 0.70m, "2026-11-10"), Row(4, PriceSource.Learnt, "2026-11-07", 0.60m, "2026-11-07")]);
        Assert.Equal([0.70m, 0.60m, 0.70m, 0.70m], [At(book, "2026-11-06"), At(book, "2026-11-07"), At(book, "2026-11-08"), At(book, "2026-11-12")]);
    }
}
