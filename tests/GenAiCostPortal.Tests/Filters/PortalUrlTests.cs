using Xunit;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Filters;

public sealed class PortalUrlTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Fact]
    public void What_is_written_is_read_again()
    {
        var url = PortalUrl.Read("/spend").Only(SpendDimension.Feature, "a & b, 50 %").Toggle(SpendDimension.Team, "Größe").WithGroupBy(SpendDimension.TokenKind, SpendDimension.Model)
            .WithDays(new DateOnly(2026, 1, 2), new DateOnly(2026, 1, 9)).WithCompare(Compare.None).With("sort", "name");
        var again = PortalUrl.Read("http://host:5080" + url);
        Assert.Equal(url.ToString(), again.ToString());
        Assert.Equal(["a & b, 50 %"], again.Filter[SpendDimension.Feature]);
        Assert.Equal(["Größe"], again.Filter[SpendDimension.Team]);
        Assert.Equal([SpendDimension.TokenKind, SpendDimension.Model], again.GroupBy());
        Assert.Equal(Period.Custom(new DateOnly(2026, 1, 2), new DateOnly(2026, 1, 9)), again.Period(Today));
        Assert.Equal(Compare.None, again.Compare(Today));
    }

    [Fact]
    public void A_filter_chosen_twice_is_gone_and_leaves_the_others()
    {
        var url = PortalUrl.Read("/spend?team=Billing&team=Search&feature=x");
        Assert.Equal("/spend?feature=x&team=Billing", url.Toggle(SpendDimension.Team, "Search").ToString());
        Assert.Equal("/spend", url.WithoutFilters().ToString());
    }

    [Fact]
    public void Another_page_keeps_period_comparison_and_filters_only() =>
        Assert.Equal("/traces?period=7d&team=Billing", PortalUrl.Read("/spend?period=7d&groupBy=team&sort=name&team=Billing").To("/traces").ToString());

    [Theory]
    [InlineData("/spend?from=2026-11-09&to=2026-11-02")]
    [InlineData("/spend?from=yesterday&to=2026-11-02")]
    [InlineData("/spend?period=aeon")]
    [InlineData("/spend?=&&x")]
    public void An_address_that_makes_no_sense_is_month_to_date(string address) =>
        Assert.Equal(Period.Of(PeriodName.MonthToDate, Today), PortalUrl.Read(address).Period(Today));

    [Theory]
    [InlineData("month", "2026-11-01", "2026-11-22")]
    [InlineData("today", "2026-11-21", "2026-11-22")]
    [InlineData("7d", "2026-11-15", "2026-11-22")]
    [InlineData("30d", "2026-10-23", "2026-11-22")]
    [InlineData("last-month", "2026-10-01", "2026-11-01")]
    [InlineData("quarter", "2026-10-01", "2026-11-22")]
    public void Periods_are_whole_days_seen_from_today(string word, string from, string to)
    {
        var period = PortalUrl.Read("/?period=" + word).Period(Today);
        Assert.Equal((DateOnly.Parse(from, null), DateOnly.Parse(to, null)), (period.From, period.To));
    }

    [Theory]
    // Billed to the 19th: the same 19 days before.
    [InlineData("month", Compare.SameDaysOfLastMonth, "2026-11-20", "2026-10-01", "2026-10-20")]
    [InlineData("7d", Compare.PreviousPeriod, "2026-11-20", "2026-11-08", "2026-11-13")]
    [InlineData("last-month", Compare.PreviousPeriod, "2026-11-01", "2026-09-01", "2026-10-01")]
    [InlineData("quarter", Compare.PreviousPeriod, "2026-11-20", "2026-07-01", "2026-08-20")]
    public void A_comparison_holds_the_same_days(string word, Compare compare, string to, string from, string until)
    {
        var other = PortalUrl.Read("/?period=" + word).Period(Today).Compared(compare, DateOnly.Parse(to, null))!;
        Assert.Equal((DateOnly.Parse(from, null), DateOnly.Parse(until, null)), (other.From, other.To));
    }

    [Fact]
    public void Nothing_billed_is_compared_with_nothing() =>
        Assert.Null(Period.Of(PeriodName.Today, Today).Compared(Compare.PreviousPeriod, Today));

    [Fact]
    public void Below_a_feature_its_team_is_not_asked_again()
    {
        var href = DrillDown.Href(PortalUrl.Read("/spend"), [SpendDimension.Team, SpendDimension.Feature], SpendDimension.Feature, "x");
        Assert.Equal("/spend?feature=x&groupBy=model,component", href);
    }

    [Fact]
    public void What_cannot_be_filtered_on_leads_nowhere() =>
        Assert.Null(DrillDown.Href(PortalUrl.Read("/spend"), [SpendDimension.Method], SpendDimension.Method, "Tag"));
}
