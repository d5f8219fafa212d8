using System.Globalization;
using System.Text;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Api;

/// <summary><c>GET /metrics</c>: Prometheus text of the portal itself.</summary>
internal static class MetricsApi
{
    public static void MapPortalMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", async (OtlpCounters otlp, FeedReport feeds, WriteGate gate, TimeProvider time, CancellationToken cancel) =>
        {
            var text = new StringBuilder();
            var totals = otlp.Totals;
            Family(text, "genai_otlp_items_received_total", "counter", "OTLP items received since the start; stored, refused or ignored.", totals.Select(t => ($"signal=\"{t.Signal}\"", (decimal)t.Received)));
            Family(text, "genai_otlp_items_stored_total", "counter", "OTLP items stored since the start.", totals.Select(t => ($"signal=\"{t.Signal}\"", (decimal)t.Stored)));
            Family(text, "genai_otlp_items_rejected_total", "counter", "OTLP items refused since the start.", totals.Select(t => ($"signal=\"{t.Signal}\"", (decimal)t.Rejected)));
            Family(text, "genai_otlp_items_ignored_total", "counter", "OTLP items accepted since the start and not kept: no GenAI usage.", totals.Select(t => ($"signal=\"{t.Signal}\"", (decimal)t.Ignored)));
            var states = await feeds.ReadAsync(cancel);
            var now = time.GetUtcNow().UtcDateTime;
            Family(text, "genai_feed_healthy", "gauge", "1 while a feed is up to date or receiving, else 0.", states.Select(s => (Labels(s), s.Health is FeedHealth.UpToDate or FeedHealth.Receiving or FeedHealth.Running ? 1m : 0m)));
            Family(text, "genai_feed_lag_seconds", "gauge", "Age of the newest covered time of a feed.", states.Where(s => s.CoveredTo is not null).Select(s => (Labels(s), decimal.Round((decimal)(now - s.CoveredTo!.Value).TotalSeconds, 0))));
            Family(text, "genai_feed_requests_usd", "gauge", "What a feed's AWS requests cost this month, USD.", states.Select(s => (Labels(s), s.SpentThisMonthUsd)));
            Family(text, "genai_store_longest_write_seconds", "gauge", "The longest turn of a writer since the start.", [($"writer=\"{gate.Longest.Writer}\"", (decimal)gate.Longest.Length.TotalSeconds)]);
            return Results.Text(text.ToString(), "text/plain; version=0.0.4; charset=utf-8");
        }).WithTags("Health");

    private static string Labels(FeedState state) => $"feed=\"{Escape(state.Feed)}\",connection=\"{Escape(state.Connection)}\"";

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static void Family(StringBuilder text, string name, string type, string help, IEnumerable<(string Labels, decimal Value)> samples)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        foreach (var (labels, value) in samples) text.Append(CultureInfo.InvariantCulture, $"{name}{{{labels}}} {value}\n");
    }
}
