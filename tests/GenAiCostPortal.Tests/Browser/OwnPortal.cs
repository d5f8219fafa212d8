using System.Net;
using System.Text;
using GenAiCostPortal.App;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace GenAiCostPortal.Browser;

/// <summary>An empty portal of one test, and what a service would send it.</summary>
internal sealed class OwnPortal : IAsyncDisposable
{
    private readonly IBrowser _browser;
    private readonly PortalApp _app;
    private readonly HttpClient _client;
    private int _sent;

    private OwnPortal(IBrowser browser, PortalApp app) => (_browser, _app, _client) = (browser, app, app.Anonymous());

    public IServiceProvider Services => _app.Services;
    public string Address => _app.ClientOptions.BaseAddress.ToString().TrimEnd('/');

    /// <param name="isOpen">Whoever sits at the machine is the administrator, and senders need no key.</param>
    public static OwnPortal Start(IBrowser browser, bool isOpen)
    {
        var app = new PortalApp(new() { ["Urls"] = "http://127.0.0.1:0", ["Access:Mode"] = isOpen ? "Open" : "Local", ["Otlp:RequireApiKey"] = isOpen ? "false" : "true" });
        app.UseKestrel(0);
        app.StartServer();
        return new OwnPortal(browser, app);
    }

    public Task<PortalTab> OpenAsync(bool isPhone = false, Theme theme = Theme.Light) => PortalTab.OpenAsync(_browser, Address, isPhone, theme);

    /// <summary>A request with one call of a million input tokens of Claude Sonnet 4.6: three dollars at the public list price.</summary>
    public async Task<HttpStatusCode> SendAsync(string workflow, string? key = null)
    {
        var at = TimeProvider.System.GetUtcNow().AddSeconds(-5).ToUnixTimeMilliseconds() * 1_000_000;
        var id = Interlocked.Increment(ref _sent);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/traces");
        if (key is not null) request.Headers.Authorization = new("Bearer", key);
        request.Content = new StringContent($$$"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"contracts"}},{"key":"genai.feature","value":{"stringValue":"contract-summary"}}]},
            "scopeSpans":[{"scope":{"name":"contracts"},"spans":[
            {"traceId":"5b8aa5a2d2c872e8321cf37308d6{{{id:x4}}}","spanId":"051581bf3cb5{{{id:x4}}}","name":"{{{workflow}}}","kind":2,"startTimeUnixNano":"{{{at}}}","endTimeUnixNano":"{{{at + 900_000_000}}}"},
            {"traceId":"5b8aa5a2d2c872e8321cf37308d6{{{id:x4}}}","spanId":"051581bf3cb6{{{id:x4}}}","parentSpanId":"051581bf3cb5{{{id:x4}}}","name":"chat","kind":3,"startTimeUnixNano":"{{{at}}}","endTimeUnixNano":"{{{at + 800_000_000}}}",
            "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.provider.name","value":{"stringValue":"aws.bedrock"}},
            {"key":"gen_ai.request.model","value":{"stringValue":"global.anthropic.claude-sonnet-4-6"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"1000000"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":"0"}}]}]}]}]}
            """, Encoding.UTF8, "application/json");
        using var answer = await _client.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>Takes a table away from the running portal; disposing brings it back.</summary>
    public async Task<IAsyncDisposable> BreakAsync(string table)
    {
        await RunAsync($"ALTER TABLE \"{table}\" RENAME TO \"{table}_away\"");
        return new Mending(() => RunAsync($"ALTER TABLE \"{table}_away\" RENAME TO \"{table}\""));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    private async Task RunAsync(string sql)
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContextAsync();
        using var turn = await Services.GetRequiredService<WriteGate>().EnterAsync();
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    private sealed class Mending(Func<Task> mend) : IAsyncDisposable
    {
        private bool _isMended;

        public async ValueTask DisposeAsync()
        {
            if (_isMended) return;
            _isMended = true;
            await mend();
        }
    }
}
