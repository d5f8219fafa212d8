using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using TraceList = GenAiCostPortal.Ledger.Traces.TracePage;

namespace GenAiCostPortal.Pages.Traces;

/// <summary>The list of traces. The first rows are in the page; the others are read as they are scrolled to.</summary>
public sealed partial class TracesPage
{
    private const int FirstRows = 60;
    private Virtualize<(TraceItem Item, int Index)>? _more, _asked;
    private bool _restIsOld;

    protected override bool Concerns(LedgerPart part) => part is LedgerPart.Traces;

    protected override async Task<TraceList> ReadAsync(PortalUrl url, CancellationToken cancel) =>
        await Search.FindAsync(TraceAddress.Query(url, Today) with { Limit = FirstRows }, cancel);

    protected override void Answered(TraceList answer) => _restIsOld = true;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // The first time only the number of rows is asked for, so that the scroll bar is honest from the start.
        if (_more is null || (!_restIsOld && ReferenceEquals(_more, _asked))) return;
        (_restIsOld, _asked) = (false, _more);
        await _more.RefreshDataAsync();
        StateHasChanged();
    }

    private Period Period => Url.Period(Today);

    private string Sub => $"{Zoom.Of(Url, Today).Title} · one row is one request, as its spans arrived · times in UTC";

    private static long Rest(TraceList page) => Math.Min(page.TotalCount, TraceSearch.Window) - page.Items.Count;

    private async ValueTask<ItemsProviderResult<(TraceItem Item, int Index)>> MoreAsync(ItemsProviderRequest request)
    {
        if (Reading.Answer is not { } page) return new([], 0);
        var query = TraceAddress.Query(Url, Today) with { Offset = page.Items.Count + request.StartIndex, Limit = request.Count };
        var items = await Task.Run(() => Search.ItemsAsync(query, request.CancellationToken), request.CancellationToken);
        return new(items.Select((item, i) => (item, query.Offset + i + 2)), (int)Rest(page));
    }

    private string Href(TraceItem item) => Url.To($"/traces/{item.TraceId}").ToString();

    private RenderFragment Head(string name, TraceSort sort, string? unit, string css) => builder =>
    {
        var aria = TraceAddress.AriaSort(Url, sort);
        builder.OpenElement(0, "th");
        builder.AddAttribute(1, "scope", "col");
        builder.AddAttribute(2, "class", css);
        builder.AddAttribute(3, "aria-sort", aria);
        builder.OpenElement(4, "a");
        builder.AddAttribute(5, "href", TraceAddress.SortedBy(Url, sort).ToString());
        builder.AddAttribute(6, "class", "sort");
        builder.AddContent(7, name + (aria is null ? "" : aria == "descending" ? " ↓" : " ↑"));
        builder.CloseElement();
        if (unit is not null)
        {
            builder.OpenElement(8, "span");
            builder.AddAttribute(9, "class", "unit");
            builder.AddContent(10, unit);
            builder.CloseElement();
        }
        builder.CloseElement();
    };

    private static string Sum(TraceList page)
    {
        var words = $"{Traces(page.TotalCount)}, {UsdText.Round(page.EstimatedCostUsd)} estimated.";
        if (page.WithLoops > 0) words += $" {NumberText.Count(page.WithLoops)} with a loop.";
        if (page.WithRetries > 0) words += $" {NumberText.Count(page.WithRetries)} with retries{(page.RetryCostUsd > 0 ? $": {UsdText.Exact(page.RetryCostUsd)} wasted" : "; the failed attempts cost nothing")}.";
        if (page.WithoutFullCost > 0) words += $" The cost of {NumberText.Count(page.WithoutFullCost)} is not or only partly known.";
        if (page.NotApplied.Count > 0) words += $" Traces cannot be filtered by {string.Join(" or ", page.NotApplied.Select(d => DimensionText.Name(d).ToLowerInvariant()))}; that filter is left out here.";
        return words;
    }

    private static string Traces(long count) => count == 1 ? "1 trace" : $"{NumberText.Count(count)} traces";
}
