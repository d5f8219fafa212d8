using GenAiCostPortal.Figures;
using GenAiCostPortal.Charts;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Pages.Reconciliation;

/// <summary>The AWS bill beside the ledger: equal to the cent, or it says where not.</summary>
public sealed partial class ReconciliationPage
{
    private ReconciliationPicture? _drawn;
    private SpendColumns? _columns;

    protected override Task<ReconciliationPicture> ReadAsync(PortalUrl url, CancellationToken cancel) => Figures.ReadAsync(url, Today, cancel);

    protected override bool Concerns(LedgerPart part) => part is LedgerPart.Costs or LedgerPart.Usage;

    private string Sub => $"Every billed dollar has an owner or a reason · {MetricText(Reading.Answer?.Metric ?? "UnblendedCost")} cost in USD · days are UTC days";
    private bool IsTable => Url["show"] == "table";

    private SpendColumns ColumnsOf(ReconciliationPicture picture)
    {
        if (!ReferenceEquals(_drawn, picture)) (_drawn, _columns) = (picture, MethodColumns.Of(picture));
        return _columns!;
    }

    private string ExportHref(ReconciliationPicture picture, string what) =>
        Url.To($"/api/v1/export/{what}.csv").WithoutFilters().With("compare").WithDays(picture.Period.From, picture.Period.To).ToString();

    /// <summary><c>UnblendedCost</c> becomes <c>unblended</c>.</summary>
    internal static string MetricText(string metric) => CostMetricText.Of(metric);
}
