using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Pages.Usage;

/// <summary>Tokens, calls, times and failures of the recorded calls.</summary>
public sealed partial class UsagePage
{
    private UsagePicture? _drawn;
    private UsageCharts? _charts;

    protected override Task<UsagePicture> ReadAsync(PortalUrl url, CancellationToken cancel) => Figures.ReadAsync(url, cancel);

    protected override bool Concerns(LedgerPart part) => part is LedgerPart.Usage or LedgerPart.Traces or LedgerPart.Costs;

    private string Sub => $"{Zoom.Of(Url, Today).Title} · tokens, calls, times and failures as recorded · times in UTC";
    private bool IsTable => Url["show"] == "table";

    // Drawn once per answer, not once per render.
    private UsageCharts ChartsOf(UsagePicture picture)
    {
        if (!ReferenceEquals(_drawn, picture)) (_drawn, _charts) = (picture, Drawing.Draw(picture));
        return _charts!;
    }

    private static string StepName(UsagePicture picture) => picture.Steps.Step switch
    {
        Granularity.Minute5 => "5 minutes",
        Granularity.Hour => "Hour",
        Granularity.Week => "Week",
        Granularity.Month => "Month",
        _ => "Day",
    };

    private static string CsvHref(UsagePicture picture, Granularity step)
    {
        var url = picture.Url.To("/api/v1/export/usage.csv").With("period").With("compare").With("from", Zoom.Text(picture.Zoom.From)).With("to", Zoom.Text(picture.Zoom.To));
        return (step == Granularity.None ? url.WithGroupBy([.. picture.GroupBy]) : url).With("granularity", char.ToLowerInvariant(step.ToString()[0]) + step.ToString()[1..]).ToString();
    }
}
