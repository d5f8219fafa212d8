using System.Globalization;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace GenAiCostPortal.Pages.Traces;

/// <summary>
/// The spans of a trace on a time axis. Up to <see cref="RowsInPage"/> rows are part of the page, so that they are there without
/// a script and in print; longer traces go to the browser in one payload, and only the rows in view are drawn.
/// </summary>
public sealed partial class TraceWaterfall(IJSRuntime js)
{
    internal const int RowsInPage = 200;
    private const int DeepestIndent = 12;
    private ElementReference _grid;
    private WaterfallDrawing _drawing = default!;
    private IReadOnlyList<(double At, string Label)> _ticks = [];
    private TraceDetail? _drawn, _sent;
    private string? _selectedSent;
    private IJSObjectReference? _module;
    private DotNetObjectReference<TraceWaterfall>? _self;

    [Parameter, EditorRequired] public TraceDetail Trace { get; set; } = default!;
    /// <summary>Id of the selected span.</summary>
    [Parameter] public string Selected { get; set; } = "";
    /// <summary>Address with a span selected.</summary>
    [Parameter, EditorRequired] public Func<string, string> Href { get; set; } = default!;
    [Parameter] public EventCallback<string> OnSelect { get; set; }

    private bool IsBig => _drawing.Rows.Count > RowsInPage;

    protected override void OnParametersSet()
    {
        if (ReferenceEquals(_drawn, Trace)) return;
        _drawn = Trace;
        _drawing = WaterfallDrawing.Of(Trace);
        _ticks = _drawing.Ticks();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        try
        {
            if (firstRender)
            {
                _module = await js.InvokeAsync<IJSObjectReference>("import", "/" + Assets["js/waterfall.js"]);
                _self = DotNetObjectReference.Create(this);
            }
            if (_module is null) return;
            if (!ReferenceEquals(_sent, Trace))
            {
                _sent = Trace;
                await _module.InvokeVoidAsync("start", _grid, _self, IsBig ? _drawing.Rows.Select(r => r.ToJson()).ToArray() : null, Selected);
            }
            else if (_selectedSent != Selected) await _module.InvokeVoidAsync("select", _grid, Selected);
            _selectedSent = Selected;
        }
        catch (JSDisconnectedException)
        {
            // The tab was closed while the page was drawn.
        }
    }

    /// <summary>Called by the browser when a row is chosen.</summary>
    [JSInvokable]
    public Task SelectAsync(string spanId) => OnSelect.InvokeAsync(spanId);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_module is not null)
            {
                await _module.InvokeVoidAsync("stop", _grid);
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // Nothing is left to stop.
        }
        _self?.Dispose();
    }

    private static string Share(double share) => share.ToString("0.######", CultureInfo.InvariantCulture);

    private static MarkupString Word(string text) =>
        new(text.Length > 0 && char.IsAsciiLetterLower(text[0]) ? $"<span class=\"quiet\">{System.Net.WebUtility.HtmlEncode(text)}</span>" : System.Net.WebUtility.HtmlEncode(text));
}
