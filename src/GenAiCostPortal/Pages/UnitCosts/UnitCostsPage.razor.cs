using GenAiCostPortal.Charts;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Pages.UnitCosts;

/// <summary>What a request, a call and a token cost, estimated from recorded calls.</summary>
public sealed partial class UnitCostsPage
{
    private const string SpreadSummary = "Cost of a request: the usual one, what 95 of 100 stay below, and the dearest.";
    private UnitCostPicture? _drawn;
    private UnitCostCharts? _charts;

    protected override Task<UnitCostPicture> ReadAsync(PortalUrl url, CancellationToken cancel) => Figures.ReadAsync(url, Today, cancel);

    protected override bool Concerns(LedgerPart part) => part is LedgerPart.Usage or LedgerPart.Traces or LedgerPart.Prices;

    private string Sub => $"{DayText.Days(Url.Period(Today).From, Url.Period(Today).To)} · what a request, a call and a token cost · USD";
    private bool IsTable => Url["show"] == "table";

    // Drawn once per answer, not once per render.
    private UnitCostCharts ChartsOf(UnitCostPicture picture)
    {
        if (!ReferenceEquals(_drawn, picture)) (_drawn, _charts) = (picture, Drawing.Draw(picture));
        return _charts!;
    }

    private string Bubbles(UnitCostPicture picture, bool narrow) => new BubbleDrawing(
        ChartsOf(picture).Bubbles, ms => DayText.Duration(ms), UnitText.Axis, "duration of a call, p95", "USD per 1,000 calls", BubbleSummary(picture), narrow, narrow ? 358 : 1168, narrow ? 340 : 400).Draw();

    private string BubbleSummary(UnitCostPicture picture) => ChartsOf(picture).Bubbles.MaxBy(b => b.Up) is { } dearest
        ? $"Cost and duration of calls by feature and model. The dearest calls: {dearest.Words.Replace("\n", ", ", StringComparison.Ordinal)}." : "Cost and duration of calls.";

    private int Missing(UnitCostPicture picture) => picture.FeatureModels.Count - ChartsOf(picture).Bubbles.Count;

    private static string CsvHref(UnitCostPicture picture) =>
        picture.Url.To("/api/v1/export/unit-costs.csv").WithDays(picture.Period.From, picture.Period.To).With("compare").WithGroupBy([.. picture.GroupBy]).ToString();
}
