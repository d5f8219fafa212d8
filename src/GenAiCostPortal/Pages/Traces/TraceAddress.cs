using System.Globalization;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Pages.Traces;

/// <summary>The trace list's part of the address; the words are those of the API.</summary>
internal static class TraceAddress
{
    public const string Text = "text", Sort = "sort", MinCost = "minCostUsd", MinTokens = "minTokens", MinDuration = "minDurationMs";

    /// <summary>Marks to filter by: word of the address and what people read.</summary>
    public static readonly IReadOnlyList<(string Word, string Label)> Marks = [("hasErrors", "Errors"), ("hasRetries", "Retries"), ("hasLoop", "Loops")];

    public static TraceQuery Query(PortalUrl url, DateOnly today)
    {
        var time = Zoom.Of(url, today);
        var (sort, descending) = SortOf(url);
        return new TraceQuery(time.From, time.To, url.Filter)
        {
            Sort = sort,
            Descending = descending,
            MinCostUsd = Number(url, MinCost),
            MinTokens = (long?)Number(url, MinTokens),
            MinDurationMs = (double?)Number(url, MinDuration),
            HasErrors = Mark(url, "hasErrors"),
            HasRetries = Mark(url, "hasRetries"),
            HasLoop = Mark(url, "hasLoop"),
            Text = url[Text],
        };
    }

    /// <summary>A click on a head: descending first, then the other way round.</summary>
    public static PortalUrl SortedBy(PortalUrl url, TraceSort sort)
    {
        var (now, descending) = SortOf(url);
        return url.With(Sort, (now == sort && descending ? "" : "-") + Word(sort));
    }

    public static string? AriaSort(PortalUrl url, TraceSort sort)
    {
        var (now, descending) = SortOf(url);
        return now != sort ? null : descending ? "descending" : "ascending";
    }

    public static PortalUrl Toggled(PortalUrl url, string mark) => url.With(mark, url[mark] == "true" ? null : "true");

    /// <summary>The list without what only it filters by; period and page filters stay.</summary>
    public static PortalUrl Cleared(PortalUrl url) =>
        Marks.Select(m => m.Word).Concat([Text, MinCost, MinTokens, MinDuration]).Aggregate(url, (u, word) => u.With(word));

    public static bool IsNarrowed(PortalUrl url) => Cleared(url).ToString() != url.ToString();

    private static (TraceSort Sort, bool Descending) SortOf(PortalUrl url)
    {
        var word = url[Sort] ?? "-start";
        var sort = Enum.GetValues<TraceSort>().FirstOrDefault(s => Word(s) == word.TrimStart('-'), TraceSort.Start);
        return (sort, word[..1] == "-");
    }

    private static string Word(TraceSort sort) => sort switch
    {
        TraceSort.CostUsd => "costUsd",
        TraceSort.Tokens => "tokens",
        TraceSort.DurationMs => "durationMs",
        _ => "start",
    };

    private static bool? Mark(PortalUrl url, string word) => url[word] switch { "true" => true, "false" => false, _ => null };

    private static decimal? Number(PortalUrl url, string word) =>
        decimal.TryParse(url[word], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1_000_000_000_000 ? number : null;
}
