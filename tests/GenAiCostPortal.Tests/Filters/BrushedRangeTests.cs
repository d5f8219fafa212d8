using Xunit;

namespace GenAiCostPortal.Filters;

public sealed class BrushedRangeTests
{
    private static readonly Period November = Period.Custom(new(2026, 11, 1), new(2026, 11, 22));

    [Theory]
    [InlineData("2026-11-05~2026-11-10", "5\u20139 Nov", true)]
    [InlineData("2026-11-17~2026-11-18", "17 Nov", true)]
    [InlineData("2026-11-17T09:00~2026-11-17T12:00", "17 Nov 09:00\u201312:00", false)]
    public void A_range_of_the_address_is_read(string range, string title, bool isDays)
    {
        var read = BrushedRange.Of(PortalUrl.Read($"/spend?range={Uri.EscapeDataString(range)}"), November);
        Assert.Equal((title, isDays), (read!.Title, read.IsDays));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-10~2026-11-05")]
    [InlineData("2026-10-31~2026-11-05")]
    [InlineData("2026-11-20~2026-11-23")]
    [InlineData("__FROM__~__TO__")]
    [InlineData("yesterday")]
    public void A_range_that_makes_no_sense_or_lies_outside_is_none(string range) => Assert.Null(BrushedRange.Of(PortalUrl.Read($"/spend?range={range}"), November));

    [Fact]
    public void A_range_is_chosen_by_its_address_and_left_behind_with_its_period()
    {
        var url = PortalUrl.Read("/spend?groupBy=feature&range=2026-11-05~2026-11-10");
        Assert.Equal("/spend?groupBy=feature&range=__FROM__~__TO__", BrushedRange.Address(url));
        Assert.Equal("/spend?groupBy=feature&period=7d", url.WithPeriod(PeriodName.Last7Days).ToString());
        Assert.Equal("/usage", url.To("/usage").ToString());
    }
}
