using Xunit;
namespace GenAiCostPortal.Figures;

public sealed class FigureTextTests
{
    [Theory]
    [InlineData("1085.4", "$1,085.40")]
    [InlineData("-42.46", "\u2212$42.46")]
    [InlineData("0", "$0.00")]
    [InlineData("-0.001", "$0.00")]
    public void Money_in_tables_has_cents_and_a_real_minus(string usd, string text) => Assert.Equal(text, UsdText.Exact(decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Unknown_is_a_word_and_never_zero() => Assert.Equal(("unknown", "unknown", "unknown"), (UsdText.Exact(null), UsdText.Fine(null), NumberText.Share(null)));

    [Fact]
    public void A_change_has_its_sign_and_nothing_has_none()
    {
        Assert.Equal("+$1,026.42", UsdText.Delta(1026.42m));
        Assert.Equal("\u2212$0.05", UsdText.Delta(-0.05m));
        Assert.Equal("$0.00", UsdText.Delta(-0.001m));
        Assert.Equal("+147\u00a0%", NumberText.Change(247m, 100m));
        Assert.Equal("\u221212\u00a0%", NumberText.Change(88m, 100m));
        Assert.Equal("", NumberText.Change(5m, 0m));
    }

    [Theory]
    [InlineData(940, "940")]
    [InlineData(59_100, "59.1\u00a0k")]
    [InlineData(999_700, "1.00\u00a0M")]
    [InlineData(5_910_000, "5.91\u00a0M")]
    public void Tokens_have_three_digits_and_a_unit(double tokens, string text) => Assert.Equal(text, NumberText.Tokens(tokens));

    [Theory]
    [InlineData(340, "340 ms")]
    [InlineData(5600, "5.6 s")]
    [InlineData(87_000, "1 min 27 s")]
    public void Durations_read_as_people_say_them(double ms, string text) => Assert.Equal(text, DayText.Duration(ms));

    [Fact]
    public void Days_are_joined_where_the_month_is_the_same()
    {
        Assert.Equal("1\u201319 Nov", DayText.Days(new DateOnly(2026, 11, 1), new DateOnly(2026, 11, 20)));
        Assert.Equal("28 Oct\u20133 Nov", DayText.Days(new DateOnly(2026, 10, 28), new DateOnly(2026, 11, 4)));
        Assert.Equal("21 Nov", DayText.Days(new DateOnly(2026, 11, 21), new DateOnly(2026, 11, 22)));
    }

    [Fact]
    public void Displayed_parts_add_up_to_the_displayed_total_and_none_moves_by_more_than_a_cent()
    {
        var random = new Random(1);
        for (var run = 0; run < 3000; run++)
        {
            var parts = Enumerable.Range(0, random.Next(1, 12)).Select(_ => decimal.Round((decimal)(random.NextDouble() * 2000 - 200), 9)).ToArray();
            var shown = DisplayedUsd.Parts(parts.Sum(), parts);
            Assert.Equal(decimal.Round(parts.Sum(), 2, MidpointRounding.ToEven), shown.Sum());
            Assert.All(parts.Zip(shown), p => Assert.True(Math.Abs(p.First - p.Second) < 0.01m));
        }
    }

    [Fact]
    public void Thirds_of_a_dollar_show_as_a_dollar() => Assert.Equal([0.34m, 0.33m, 0.33m], DisplayedUsd.Parts(1m, [1m / 3, 1m / 3, 1m - 2m / 3]));

    [Fact]
    public void Parts_that_are_not_the_total_are_refused() => Assert.Throws<ArgumentException>(() => DisplayedUsd.Parts(10m, [1m, 2m]));

    [Fact]
    public void Shares_add_up_to_a_hundred_per_cent() => Assert.Equal(1m, DisplayedUsd.Shares(7m, [1m, 2m, 4m]).Sum());
}
