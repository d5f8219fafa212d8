using GenAiCostPortal.Charts;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Pages.Spend;

public sealed partial class SpendPage
{
    private SpendPicture? _drawn;
    private SpendTable? _table;
    private SpendColumns? _columns;

    protected override Task<SpendPicture> ReadAsync(PortalUrl url, CancellationToken cancel) => Figures.ReadAsync(url, Today, cancel);

    private string Sub => $"Grouped by {Words(Url.GroupBy(SpendDimension.Team, SpendDimension.Feature))} · {CostMetricText.Of(Settings.Aws.CostMetric)} cost in USD · days are UTC days";

    private SpendTable TableOf(SpendPicture picture)
    {
        Draw(picture);
        return _table!;
    }

    private SpendColumns ColumnsOf(SpendPicture picture)
    {
        Draw(picture);
        return _columns!;
    }

    // Drawn once per answer, not once per render.
    private void Draw(SpendPicture picture)
    {
        if (ReferenceEquals(_drawn, picture)) return;
        _drawn = picture;
        _table = SpendTable.Of(picture);
        var columns = Steps.Columns(picture.Series, picture.Period, picture.BilledTo, (d, key) => DrillDown.Href(picture.Url, picture.GroupBy, d, key),
            start => DrillDown.Href(picture.Url, picture.Series.Query.Granularity, start), null);
        _columns = SpendSteps.WithRange(Steps.WithReleases(columns with { Spike = SpikeOf(columns) }, picture.Releases, picture.Url, picture.Period), picture.Url, picture.Period);
    }

    private static SpikeMark? SpikeOf(SpendColumns columns) =>
        columns.Scale(cut: true).CanCut && columns.Columns.MaxBy(c => c.TotalUsd) is { } dearest ? new SpikeMark(dearest.Start, dearest.Name, dearest.TotalUsd, null, null, null) : null;

    private static string Words(IReadOnlyList<SpendDimension> groupBy) => string.Join(", then ", groupBy.Select(d => DimensionText.Name(d).ToLowerInvariant()));
    private static string GroupWords(SpendPicture picture) => string.Join(" and ", picture.GroupBy.Select(d => DimensionText.Name(d).ToLowerInvariant()));
    private static bool IsFullScale(SpendPicture picture) => picture.Url["scale"] == "full";
    private static string Shape(SpendPicture picture) => ShapePicker.Of(picture.Url);
    private static bool IsTable(SpendPicture picture) => picture.Url["show"] == "table";
    private string ShowHref(SpendPicture picture) => Url.With("show", IsTable(picture) ? null : "table").ToString();

    private static string StepName(SpendPicture picture)
    {
        var name = SpendSteps.Name(picture.Series.Query.Granularity);
        return char.ToUpperInvariant(name[0]) + name[1..];
    }

    /// <summary>The billed days against the comparison; without one, the whole period against its usual hours.</summary>
    private static string ExplainHref(SpendPicture picture) => picture.Compared is { } before
        ? Spikes.ExplainAddress.Of(picture.Url, picture.Period.FromUtc, picture.BilledTo.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), before.FromUtc, before.ToUtc)
        : Spikes.ExplainAddress.Of(picture.Url, picture.Period.FromUtc, picture.Period.ToUtc);

    // What is exported is what is shown: steps of time, or one grouping by the other.
    private static string CsvHref(SpendPicture picture)
    {
        var isPivot = Shape(picture) == ShapePicker.Pivot;
        return picture.Url.To(isPivot ? "/api/v1/export/pivot.csv" : "/api/v1/export/spend.csv").WithDays(picture.Period.From, picture.Period.To).With("compare").WithGroupBy([.. picture.GroupBy])
            .With("granularity", isPivot ? null : SpendSteps.Name(picture.Series.Query.Granularity)).ToString();
    }

    // Billed money has no workflow: that filter stays behind.
    private static string FocusHref(SpendPicture picture) =>
        picture.Url.To("/api/v1/export/focus.csv").WithDays(picture.Period.From, picture.Period.To).With("compare").With("workflow").ToString();

    private static IReadOnlyList<ShareBar.Part> MethodParts(SpendPicture picture)
    {
        var parts = picture.Methods.Rows
            .Select(r => (Method: Enum.TryParse<AllocationMethod>(r.Keys[0], ignoreCase: true, out var method) ? method : AllocationMethod.Unattributed, Usd: r.CostUsd))
            .GroupBy(m => m.Method).Select(g => (Method: g.Key, Usd: g.Sum(m => m.Usd))).Where(m => m.Usd != 0)
            .OrderBy(m => m.Method.Order()).ToArray();
        return [.. parts.Select(m => new ShareBar.Part(DimensionText.Method(m.Method), DimensionText.MethodHow(m.Method), MethodColour.Of(m.Method), m.Usd))];
    }
}
