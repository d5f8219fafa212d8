using Xunit;

namespace GenAiCostPortal.Filters;

public sealed class ZoomTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    private static string Read(string address)
    {
        var zoom = Zoom.Of(PortalUrl.Read(address), Today);
        return $"{Zoom.Text(zoom.From)} {Zoom.Text(zoom.To)} {zoom.IsZoomed}";
    }

    [Theory]
    [InlineData("/usage", "2026-11-01T00:00 2026-11-22T00:00 False")]
    [InlineData("/usage?zoom=2026-11-17T09:00~2026-11-17T12:00", "2026-11-17T09:00 2026-11-17T12:00 True")]
    [InlineData("/usage?zoom=2026-10-17T09:00~2026-11-17T12:00", "2026-11-01T00:00 2026-11-22T00:00 False")]
    [InlineData("/usage?zoom=2026-11-17T12:00~2026-11-17T09:00", "2026-11-01T00:00 2026-11-22T00:00 False")]
    [InlineData("/usage?zoom=yesterday", "2026-11-01T00:00 2026-11-22T00:00 False")]
    public void The_address_says_what_is_looked_at(string address, string expected) => Assert.Equal(expected, Read(address));

    [Theory]
    [InlineData("2026-11-17T09:00", "2026-11-17T10:00", "/traces?from=2026-11-17&to=2026-11-18&zoom=2026-11-17T09%3A00~2026-11-17T10%3A00", "17 Nov 09:00\u201310:00")]
    [InlineData("2026-11-17T23:00", "2026-11-18T00:00", "/traces?from=2026-11-17&to=2026-11-18&zoom=2026-11-17T23%3A00~2026-11-18T00%3A00", "17 Nov 23:00\u201300:00")]
    [InlineData("2026-11-17T00:00", "2026-11-19T00:00", "/traces?from=2026-11-17&to=2026-11-19", "17\u201318 Nov")]
    public void Zooming_in_and_reading_it_again_gives_the_same_time(string from, string to, string address, string title)
    {
        DateTime At(string text) => DateTime.SpecifyKind(DateTime.ParseExact(text, "yyyy-MM-dd'T'HH:mm", null), DateTimeKind.Utc);
        var url = Zoom.Into(PortalUrl.Read("/traces?period=7d"), At(from), At(to));
        Assert.Equal(address, url.ToString());
        Assert.StartsWith($"{from} {to} ", Read(url.ToString()), StringComparison.Ordinal);
        Assert.Equal(title, Zoom.Of(url, Today).Title);
    }
}
