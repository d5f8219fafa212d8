using System.Globalization;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Api;

/// <summary>A query that cannot be answered; becomes a 400 with all reasons by parameter.</summary>
internal sealed class QueryMistakes
{
    public Dictionary<string, string[]> ByParameter { get; } = [];
    public bool Any => ByParameter.Count > 0;
    public void Add(string parameter, string what) => ByParameter[parameter] = [what];
    public IResult ToResult() => Results.ValidationProblem(ByParameter);
}

/// <summary>Reads period, filters, groupings and the like from a query string; the same words as in the contract.</summary>
internal sealed class ReportQuery(IQueryCollection query, TimeProvider time)
{
    private static readonly Dictionary<string, SpendDimension> Words =
        Enum.GetValues<SpendDimension>().ToDictionary(d => char.ToLowerInvariant(d.ToString()[0]) + d.ToString()[1..], d => d, StringComparer.OrdinalIgnoreCase);
    private static readonly SpendDimension[] Filterable =
    [
        SpendDimension.Team, SpendDimension.Application, SpendDimension.Feature, SpendDimension.Environment, SpendDimension.Account, SpendDimension.Region,
        SpendDimension.Model, SpendDimension.Provider, SpendDimension.Component, SpendDimension.Release, SpendDimension.Workflow,
    ];

    public QueryMistakes Mistakes { get; } = new();

    /// <summary>The period; month to date (through today) when not given.</summary>
    public (DateTime From, DateTime To) Period()
    {
        var today = time.GetUtcNow().UtcDateTime.Date;
        var from = Time("from") ?? new DateTime(today.Year, today.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        var to = Time("to") ?? today.AddDays(1);
        if (to <= from) Mistakes.Add("to", "The period ends before it starts; 'to' is exclusive.");
        else if (to - from > TimeSpan.FromDays(800)) Mistakes.Add("to", "The period is longer than 800 days.");
        return (from, to);
    }

    public SpendFilter Filter()
    {
        var values = new Dictionary<SpendDimension, IReadOnlyList<string>>();
        foreach (var dimension in Filterable)
            if (query.TryGetValue(Word(dimension), out var given) && given.Where(g => !string.IsNullOrEmpty(g)).Select(g => g!).ToArray() is { Length: > 0 } list)
                values[dimension] = list;
        return values.Count == 0 ? SpendFilter.None : new SpendFilter(values);
    }

    public IReadOnlyList<SpendDimension> GroupBy()
    {
        var words = query["groupBy"].SelectMany(g => (g ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        if (words.Count > 2) Mistakes.Add("groupBy", "At most two groupings.");
        var unknown = words.Where(w => !Words.ContainsKey(w)).ToList();
        if (unknown.Count > 0) Mistakes.Add("groupBy", $"'{unknown[0]}' is not one of {string.Join(", ", Words.Keys)}.");
        return [.. words.Where(Words.ContainsKey).Select(w => Words[w]).Distinct()];
    }

    public T OneOf<T>(string parameter, T fallback) where T : struct, Enum
    {
        var text = query[parameter].ToString();
        if (text.Length == 0) return fallback;
        if (!char.IsAsciiDigit(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)) return value;
        Mistakes.Add(parameter, $"'{text}' is not one of {string.Join(", ", Enum.GetNames<T>().Select(n => char.ToLowerInvariant(n[0]) + n[1..]))}.");
        return fallback;
    }

    public int Whole(string parameter, int fallback, int least, int most)
    {
        var text = query[parameter].ToString();
        if (text.Length == 0) return fallback;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most) return value;
        Mistakes.Add(parameter, $"'{text}' is not a whole number from {least} to {most}.");
        return fallback;
    }

    public decimal? Amount(string parameter)
    {
        var text = query[parameter].ToString();
        if (text.Length == 0) return null;
        if (decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var value)) return value;
        Mistakes.Add(parameter, $"'{text}' is not a number.");
        return null;
    }

    public bool? Flag(string parameter)
    {
        var text = query[parameter].ToString();
        if (text.Length == 0) return null;
        if (bool.TryParse(text, out var value)) return value;
        Mistakes.Add(parameter, $"'{text}' is neither true nor false.");
        return null;
    }

    public DateOnly? Day(string parameter) => Time(parameter) is { } time ? DateOnly.FromDateTime(time) : null;

    /// <summary>A day or timestamp; null when not given.</summary>
    public DateTime? Moment(string parameter) => Time(parameter);

    public string Text(string parameter) => query[parameter].ToString();

    public static string Word(SpendDimension dimension) => char.ToLowerInvariant(dimension.ToString()[0]) + dimension.ToString()[1..];

    private DateTime? Time(string parameter)
    {
        var text = query[parameter].ToString();
        if (text.Length == 0) return null;
        if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var value)
            && value.Year is > 1999 and < 2200) return value;
        Mistakes.Add(parameter, $"'{text}' is neither a day (YYYY-MM-DD) nor a timestamp.");
        return null;
    }
}
