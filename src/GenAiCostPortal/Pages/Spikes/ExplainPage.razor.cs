using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;
using Microsoft.JSInterop;

namespace GenAiCostPortal.Pages.Spikes;

/// <summary>An explanation with the traces that show it.</summary>
public sealed record ExplainPicture(ChangeAnswer Change, IReadOnlyList<ExemplarItem> Exemplars);

/// <summary>Any window against its usual hours or another window. Without an address of its own: the last 24 hours.</summary>
public sealed partial class ExplainPage
{
    // Money of a past window moves with the bill, not with each call.
    protected override bool Concerns(LedgerPart part) => part is LedgerPart.Costs or LedgerPart.Spikes;

    protected override async Task<ExplainPicture> ReadAsync(PortalUrl url, CancellationToken cancel)
    {
        var (from, to) = Window(url);
        var (first, last) = (ExplainAddress.Read(url, "baselineFrom"), ExplainAddress.Read(url, "baselineTo"));
        if (first is null || last is null || last <= first) (first, last) = (null, null);
        var query = new ChangeQuery(from, to, first, last, url.Filter);
        var change = await Changes.ReadAsync(query, cancel);
        return new ExplainPicture(change, await Changes.ExemplarsAsync(change, url.Filter, cancel));
    }

    private (DateTime From, DateTime To) Window(PortalUrl url)
    {
        var (from, to) = (ExplainAddress.Read(url, "from"), ExplainAddress.Read(url, "to"));
        return from < to && to - from <= TimeSpan.FromDays(800) ? (from.Value, to.Value) : (Now.Date.AddHours(Now.Hour - 23), Now.Date.AddHours(Now.Hour + 1));
    }

    private async Task PrintAsync() => await Script.InvokeVoidAsync("print");

    private string Sub => Reading.Answer?.Change is not { } change ? "" : $"{Title(change.From, change.To)} UTC · compared with the {change.Baseline}";

    private static string Title(DateTime from, DateTime to) => from.TimeOfDay == TimeSpan.Zero && to.TimeOfDay == TimeSpan.Zero
        ? DayText.Days(DateOnly.FromDateTime(from), DateOnly.FromDateTime(to)) : $"{DayText.Moment(from)}\u2013{DayText.Moment(to)}";

    // Without an address of its own the page has a window that the API would not choose.
    private string JsonHref => Reading.Answer?.Change is { } change ? ExplainAddress.Of(Url, change.From, change.To, change.BaselineFrom, change.BaselineTo, "/api/v1/explain") : "/api/v1/explain";
    private string UsualHref => Url.With("baselineFrom").With("baselineTo").ToString();
    private string BeforeHref(ChangeAnswer change) => ExplainAddress.Of(Url, change.From, change.To, change.From - (change.To - change.From), change.From);
}
