using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.CostExplorer;

namespace GenAiCostPortal.Figures;

/// <summary>The numbers behind a figure, for the period and filters of the page it stands on.</summary>
/// <param name="Inputs">Name and value, in reading order.</param>
/// <param name="Feeds">Feeds that brought them, with what they last did.</param>
public sealed record FigureStory(IReadOnlyList<(string Name, string Value)> Inputs, IReadOnlyList<(string Title, string Words)> Feeds, string Metric, DateTime AsOf);

/// <summary>Tells how figures were made, by the same report that made them.</summary>
public sealed class FigureStories(SpendReport spend, FeedReport feeds, CostExplorerQuestions questions, TimeProvider time)
{
    private static readonly string[] OfTheBill = ["CostExplorer", "DataExports"];
    private static readonly string[] OfCalls = ["Otlp", "InvocationLogs", "AthenaLogs", "XRay", "CloudWatch"];

    /// <summary>The period of an address, as of today.</summary>
    public Period PeriodOf(PortalUrl url) => url.Period(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));

    public async Task<FigureStory> ReadAsync(FigureDefinition figure, PortalUrl url, CancellationToken cancel = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var period = PeriodOf(url);
        var query = new SpendQuery(period.FromUtc, period.ToUtc, [SpendDimension.Method], Granularity.None, SpendView.Ledger, url.Filter);
        var inputs = new List<(string, string)>();
        var answer = await spend.ReadAsync(figure.Inputs == FigureInputs.Calls ? query with { View = SpendView.Estimated, GroupBy = [] } : query, cancel);
        if (figure.Inputs == FigureInputs.Bill) AddBill(inputs, answer);
        if (figure.Inputs == FigureInputs.Calls) AddCalls(inputs, answer);
        var names = figure.Inputs == FigureInputs.Bill ? [.. OfTheBill, .. OfCalls] : OfCalls;
        var states = (await feeds.ReadAsync(cancel)).Where(f => names.Contains(f.Feed) && f.Health != FeedHealth.Off && f.Health != FeedHealth.NeverRan)
            .OrderBy(f => Array.IndexOf(names, f.Feed)).ThenBy(f => f.Connection, StringComparer.Ordinal);
        return new FigureStory(inputs, [.. states.Select(f => (Title(f), Words(f, now)))], questions.Metric, answer.AsOf);
    }

    private static void AddBill(List<(string, string)> inputs, SpendAnswer answer)
    {
        // The same cents as on the page: parts are displayed so that they make the displayed total.
        var shown = DisplayedUsd.Parts(answer.TotalUsd, [answer.BilledUsd, answer.EstimatedUsd]);
        inputs.Add(("Billed", UsdText.Exact(shown[0])));
        inputs.Add(("Estimated beside the bill", UsdText.Exact(shown[1])));
        var methods = answer.Rows.Where(r => r.BilledUsd != 0).OrderBy(r => r.Keys[0] == nameof(AllocationMethod.Unattributed)).ThenByDescending(r => r.BilledUsd).ToArray();
        foreach (var (row, usd) in methods.Zip(DisplayedUsd.Parts(shown[0], [.. methods.Select(m => m.BilledUsd)])))
            inputs.Add(($"by {DimensionText.Value(SpendDimension.Method, row.Keys[0]).ToLowerInvariant()}", UsdText.Exact(usd)));
        if (answer.MeasuredShare is { } measured) inputs.Add(("Measured share of usage dollars", NumberText.Share(measured)));
        if (answer.DeclaredShare is { } declared) inputs.Add(("Declared share", NumberText.Share(declared)));
        inputs.Add(("Billed through", answer.BilledThrough is { } day ? DayText.Day(day) : "no day yet"));
        if (answer.NotKnownUsd != 0) inputs.Add(("Not told apart by these filters", UsdText.Exact(answer.NotKnownUsd)));
    }

    private static void AddCalls(List<(string, string)> inputs, SpendAnswer answer)
    {
        var tokens = answer.Rows.Aggregate(default(TokenCounts), (sum, row) => sum + row.Tokens);
        inputs.Add(("Recorded calls", NumberText.Count(answer.Rows.Sum(r => r.Calls))));
        inputs.Add(("Requests", NumberText.Count(answer.Rows.Sum(r => r.Requests))));
        inputs.Add(("Prompt tokens", NumberText.Count(tokens.Prompt)));
        inputs.Add(("Output tokens", NumberText.Count(tokens.Output)));
        inputs.Add(("Estimated cost of the calls", UsdText.Exact(answer.TotalUsd)));
        inputs.Add(("Calls without a known cost", NumberText.Count(answer.Rows.Sum(r => r.CallsWithoutCost))));
    }

    private static string Title(FeedState feed) => feed.Connection.Length > 0 ? $"{feed.Title}, {feed.Connection}" : feed.Title;

    private static string Words(FeedState feed, DateTime now) =>
        feed.Words.Split(": ")[0] + (feed.LastRun is { } run ? $", last run {DayText.Moment(run.Start, now)}" : feed.CoveredTo is { } to ? $", last item {DayText.Moment(to, now)}" : "");
}
