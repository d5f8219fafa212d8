using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GenAiCostPortal.App;
using GenAiCostPortal.Ledger.Spikes;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Pages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Api;

/// <summary>Spikes over HTTP: the words of the contract, who may change what, and what is refused.</summary>
public sealed class SpikesApiTests
{
    private static async Task<(PortalApp App, long Id)> OneSpikeAsync()
    {
        var app = new PortalApp();
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContextAsync();
        var spike = new Spike
        {
            Scope = SpikeScope.Total, Grain = SpikeGrain.Day, Start = new(2026, 11, 20, 8, 0, 0, DateTimeKind.Utc), End = new(2026, 11, 20, 11, 0, 0, DateTimeKind.Utc), ImpactNanoUsd = 5_250_000_000,
            BaselineNanoUsd = 1_000_000_000, ActualNanoUsd = 6_250_000_000, Sentence = "+$5.25.", DetectedAt = new(2026, 11, 20, 9, 0, 0, DateTimeKind.Utc), UpdatedAt = new(2026, 11, 20, 9, 0, 0, DateTimeKind.Utc), Version = 1,
        };
        db.Spikes.Add(spike);
        await db.SaveChangesAsync();
        return (app, spike.Id);
    }

    [Fact]
    public async Task A_spike_is_listed_opened_marked_assigned_and_commented()
    {
        var (app, id) = await OneSpikeAsync();
        using (app)
        using (var client = app.Admin())
        {
            var item = (await client.GetFromJsonAsync<JsonElement>("/api/v1/spikes")).EnumerateArray().Single();
            Assert.Equal((id, "Total", 5.25m, "Open"), (item.GetProperty("id").GetInt64(), item.GetProperty("scope").GetProperty("kind").GetString(), item.GetProperty("impactUsd").GetDecimal(), item.GetProperty("status").GetString()));
            Assert.Equal("2026-11-20T08:00:00Z", item.GetProperty("start").GetString());
            Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsJsonAsync($"/api/v1/spikes/{id}/status", new { status = "acknowledged", owner = "Team Billing" })).StatusCode);
            Assert.Equal(HttpStatusCode.Created, (await client.PostAsJsonAsync($"/api/v1/spikes/{id}/comments", new { text = "Rolled back." })).StatusCode);
            var opened = await client.GetFromJsonAsync<JsonElement>($"/api/v1/spikes/{id}");
            Assert.Equal(("Acknowledged", "Team Billing"), (opened.GetProperty("status").GetString(), opened.GetProperty("owner").GetString()));
            Assert.Equal("Rolled back.", opened.GetProperty("comments")[0].GetProperty("text").GetString());
            foreach (var word in (string[])["sentence", "effects", "cells", "firstSeenRelease", "exemplars", "confirmation"]) Assert.True(opened.TryGetProperty(word, out _), word);
            Assert.Empty((await client.GetFromJsonAsync<JsonElement>("/api/v1/spikes?status=resolved")).EnumerateArray());
        }
    }

    [Theory]
    [InlineData("/status", "{\"status\":\"gone\"}", HttpStatusCode.BadRequest)]
    [InlineData("/status", "{\"status\":\"1\"}", HttpStatusCode.BadRequest)]
    [InlineData("/status", "{}", HttpStatusCode.BadRequest)]
    [InlineData("/comments", "{\"text\":\" \"}", HttpStatusCode.BadRequest)]
    public async Task What_makes_no_sense_is_refused(string path, string body, HttpStatusCode status)
    {
        var (app, id) = await OneSpikeAsync();
        using (app)
        using (var client = app.Admin())
            Assert.Equal(status, (await client.PostAsync($"/api/v1/spikes/{id}{path}", new StringContent(body, null, "application/json"))).StatusCode);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_a_lame_window_is_named()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/v1/spikes/4711")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsJsonAsync("/api/v1/spikes/4711/status", new { status = "Resolved" })).StatusCode);
        var half = await client.GetAsync("/api/v1/explain?from=2026-11-20&to=2026-11-21&baselineFrom=2026-11-13");
        Assert.Equal(HttpStatusCode.BadRequest, half.StatusCode);
        Assert.Contains("baselineTo", await half.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_two_windows_are_explained_and_add_up()
    {
        using var app = new PortalApp();
        await app.Services.GetRequiredService<TraceWriter>().WriteAsync([.. MadeSpans.Agent(new TraceId(1, 1), 4)]);
        using var client = app.Admin();
        var answer = await client.GetFromJsonAsync<JsonElement>("/api/v1/explain?from=2026-11-21&to=2026-11-22&baselineFrom=2026-11-20&baselineTo=2026-11-21");
        // Four calls of 0.315 USD where there was nothing.
        Assert.Equal((0m, 1.26m, 1.26m), (answer.GetProperty("baselineUsd").GetDecimal(), answer.GetProperty("actualUsd").GetDecimal(), answer.GetProperty("impactUsd").GetDecimal()));
        var effect = answer.GetProperty("effects").EnumerateArray().Single();
        Assert.Equal(("new", "contract-summary", 1.26m), (effect.GetProperty("factor").GetString(), effect.GetProperty("feature").GetString(), effect.GetProperty("usd").GetDecimal()));
        Assert.StartsWith("+$1.26 (nothing before).", answer.GetProperty("sentence").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thresholds_are_kept_and_replayed()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        var rows = await client.GetFromJsonAsync<JsonElement>("/api/v1/spikes/thresholds");
        Assert.Equal(["Total", "Feature", "Account", "Model"], rows.EnumerateArray().Select(r => r.GetProperty("scope").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await client.PutAsJsonAsync("/api/v1/spikes/thresholds", new { scope = "feature", floorUsdPerHour = 2.5, spreads = 5 })).StatusCode);
        var kept = (await client.GetFromJsonAsync<JsonElement>("/api/v1/spikes/thresholds")).EnumerateArray().Single(r => r.GetProperty("scope").GetString() == "Feature");
        Assert.Equal((2.5m, 10m, 5.0), (kept.GetProperty("floorUsdPerHour").GetDecimal(), kept.GetProperty("floorUsdPerDay").GetDecimal(), kept.GetProperty("spreads").GetDouble()));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PutAsJsonAsync("/api/v1/spikes/thresholds", new { scope = "feature", spreads = 99 })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsJsonAsync("/api/v1/spikes/replay", new { scope = "feature", floorUsdPerHour = 9 })).StatusCode);
    }
}
