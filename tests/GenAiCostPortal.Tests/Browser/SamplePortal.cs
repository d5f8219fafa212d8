using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using GenAiCostPortal.App;
using Microsoft.Playwright;
using Xunit;

namespace GenAiCostPortal.Browser;

/// <summary>
/// The real portal with the sample organisation, read in once for all stories, and a browser. Both live on Saturday 21 November
/// 2026, 14:20, the day of the mock-ups, so every figure is known.
/// </summary>
public sealed class SamplePortal : IAsyncLifetime
{
    public const string Name = "The sample organisation in the browser";
    public static readonly DateTime Now = new(2026, 11, 21, 14, 20, 0, DateTimeKind.Utc);
    public static readonly DateOnly Today = DateOnly.FromDateTime(Now);
    private static readonly TimeSpan LongestRead = TimeSpan.FromMinutes(5);

    private readonly ChromiumHost _chromium = new();
    private readonly PortalApp _app = new(new()
    {
        ["Urls"] = "http://127.0.0.1:0",
        ["Sample:Enabled"] = "true",
        ["Sample:Now"] = Now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        // On, so that they can be run by hand, but never by themselves.
        ["Schedule:CostExplorer"] = "0 0 1 1 *",
        ["Schedule:CloudWatch"] = "0 0 1 1 *",
        ["Schedule:Ledger"] = "0 0 1 1 *",
    });

    public HttpClient Api { get; private set; } = default!;
    public IBrowser Browser => _chromium.Browser;
    public IServiceProvider Services => _app.Services;
    public string Address => _app.ClientOptions.BaseAddress.ToString().TrimEnd('/');

    public async Task InitializeAsync()
    {
        _app.UseKestrel(0);
        _app.StartServer();
        Api = _app.Admin();
        await Task.WhenAll(_chromium.InitializeAsync(), WaitForTheSampleAsync());
    }

    public Task<PortalTab> OpenAsync(bool isPhone = false, Theme theme = Theme.Light) => PortalTab.OpenAsync(Browser, Address, isPhone, theme);

    public Task<JsonElement> AskAsync(string path) => Api.GetFromJsonAsync<JsonElement>(path);

    public async Task DisposeAsync()
    {
        Api?.Dispose();
        await _chromium.DisposeAsync();
        await _app.DisposeAsync();
    }

    private async Task WaitForTheSampleAsync()
    {
        using var limit = new CancellationTokenSource(LongestRead);
        while (true)
        {
            var runs = await Api.GetFromJsonAsync<JsonElement>("/api/v1/feeds/Sample/runs", limit.Token);
            var outcome = runs.EnumerateArray().Select(r => r.GetProperty("outcome").GetString()).FirstOrDefault();
            if (outcome == "Succeeded") break;
            Assert.True(outcome is null or "Running", $"The sample organisation was not read: {runs}");
            await Task.Delay(250, limit.Token);
        }
        // The ledger of the last read is built by a run of its own.
        while ((await Api.GetFromJsonAsync<JsonElement>("/api/v1/reconciliation?from=2026-11-01&to=2026-11-19", limit.Token)).EnumerateArray()
            .Any(d => d.GetProperty("billedUsd").GetDecimal() != d.GetProperty("ledgerUsd").GetDecimal()))
            await Task.Delay(250, limit.Token);
    }
}

/// <summary>Stories that share the sample organisation's portal; they run one after the other.</summary>
[CollectionDefinition(SamplePortal.Name)]
public sealed class SamplePortalStories : ICollectionFixture<SamplePortal>;

/// <summary>Stories with a portal of their own and a browser in common.</summary>
[CollectionDefinition(Name)]
public sealed class OwnPortalStories : ICollectionFixture<ChromiumHost>
{
    public const string Name = "A portal of its own in the browser";
}
