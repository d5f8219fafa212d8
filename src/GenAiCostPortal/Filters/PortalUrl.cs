using System.Globalization;
using System.Text;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Filters;

/// <summary>
/// An address of the portal, and the one place that knows how page state is written in it. Pages take everything from here;
/// a click is a link to another address. Words that a page does not know stay in place.
/// </summary>
public sealed class PortalUrl
{
    private static readonly SpendDimension[] FilterWords =
    [
        SpendDimension.Team, SpendDimension.Application, SpendDimension.Feature, SpendDimension.Environment, SpendDimension.Account,
        SpendDimension.Region, SpendDimension.Model, SpendDimension.Provider, SpendDimension.Component, SpendDimension.Release, SpendDimension.Workflow,
    ];

    private static readonly HashSet<string> Shared = [.. FilterWords.Select(Word), "period", "from", "to", "compare"];

    private readonly (string Key, string Value)[] _words;

    private PortalUrl(string path, (string, string)[] words) => (Path, _words) = (path, words);

    /// <summary>Path with a leading slash, without query.</summary>
    public string Path { get; }

    /// <summary>First value of a word of the query; null when absent.</summary>
    public string? this[string key] => _words.FirstOrDefault(w => w.Key == key).Value;

    /// <summary>All values of a word of the query.</summary>
    public IReadOnlyList<string> All(string key) => [.. _words.Where(w => w.Key == key).Select(w => w.Value)];

    /// <summary>Reads an absolute or root-relative address.</summary>
    public static PortalUrl Read(string address)
    {
        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme.StartsWith("http", StringComparison.Ordinal)) address = uri.PathAndQuery;
        address = address.Split('#')[0];
        var query = address.IndexOf('?');
        var path = query < 0 ? address : address[..query];
        if (query < 0) return new PortalUrl(path, []);
        var words = from part in address[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries)
                    let sign = part.IndexOf('=')
                    where sign > 0
                    select (Decode(part[..sign]), Decode(part[(sign + 1)..]));
        return new PortalUrl(path, [.. words]);
    }

    /// <summary>The same address with other values of one word; none or null removes it.</summary>
    public PortalUrl With(string key, params string?[] values) =>
        new(Path, [.. _words.Where(w => w.Key != key), .. values.Where(v => !string.IsNullOrEmpty(v)).Select(v => (key, v!))]);

    /// <summary>Another page with the same period, comparison and filters; what only this page knows is left behind.</summary>
    public PortalUrl To(string path) => new(path, [.. _words.Where(w => Shared.Contains(w.Key))]);

    /// <summary>The period; month to date when the address names none or one that makes no sense.</summary>
    public Period Period(DateOnly today) =>
        Day("from") is { } from && Day("to") is { } to && from < to ? Filters.Period.Custom(from, to)
        : Filters.Period.Of(Filters.Period.Read(this["period"]), today);

    /// <summary>The same address with another period.</summary>
    public PortalUrl WithPeriod(PeriodName name) =>
        With(Zoom.Word).With(BrushedRange.Word).With("from").With("to").With("period", name == PeriodName.MonthToDate ? null : Filters.Period.Word(name));

    /// <summary>The same address with days chosen by hand; <paramref name="to"/> exclusive.</summary>
    public PortalUrl WithDays(DateOnly from, DateOnly to) => With(Zoom.Word).With(BrushedRange.Word).With("period").With("from", DayText(from)).With("to", DayText(to));

    /// <summary>What the period is compared with.</summary>
    public Compare Compare(DateOnly today) => this["compare"] switch
    {
        "none" => Filters.Compare.None,
        "month" => Filters.Compare.SameDaysOfLastMonth,
        "previous" => Filters.Compare.PreviousPeriod,
        _ => Period(today).Name is PeriodName.MonthToDate or PeriodName.LastMonth ? Filters.Compare.SameDaysOfLastMonth : Filters.Compare.PreviousPeriod,
    };

    public PortalUrl WithCompare(Compare compare) =>
        With("compare", compare switch { Filters.Compare.None => "none", Filters.Compare.SameDaysOfLastMonth => "month", _ => "previous" });

    /// <summary>Every filter of the address.</summary>
    public SpendFilter Filter
    {
        get
        {
            var values = FilterWords.Select(d => (Dimension: d, Values: All(Word(d)))).Where(f => f.Values.Count > 0).ToDictionary(f => f.Dimension, f => f.Values);
            return values.Count == 0 ? SpendFilter.None : new SpendFilter(values);
        }
    }

    /// <summary>The same address with one more filter value; the value again takes it away.</summary>
    public PortalUrl Toggle(SpendDimension dimension, string value)
    {
        var values = All(Word(dimension));
        return With(Word(dimension), values.Contains(value) ? [.. values.Where(v => v != value)] : [.. values, value]);
    }

    /// <summary>The same address with exactly this value as filter of the dimension.</summary>
    public PortalUrl Only(SpendDimension dimension, string value) => With(Word(dimension), value);

    public PortalUrl WithoutFilters() => FilterWords.Aggregate(this, (url, d) => url.With(Word(d)));

    /// <summary>One or two groupings; unknown words are passed over.</summary>
    public IReadOnlyList<SpendDimension> GroupBy(params SpendDimension[] otherwise)
    {
        var words = (this["groupBy"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(w => Enum.TryParse<SpendDimension>(w, ignoreCase: true, out var d) && Enum.IsDefined(d) ? d : (SpendDimension?)null)
            .OfType<SpendDimension>().Distinct().Take(2).ToArray();
        return words.Length == 0 ? otherwise : words;
    }

    public PortalUrl WithGroupBy(params SpendDimension[] dimensions) => With("groupBy", string.Join(',', dimensions.Distinct().Select(Word)));

    /// <summary>The time step of the address, else a fitting one: hours for up to two days, months beyond 200 days.</summary>
    public Granularity Granularity(Period period) => this["granularity"] switch
    {
        "hour" => period.Days <= 14 ? Ledger.Costs.Granularity.Hour : Ledger.Costs.Granularity.Day,
        "day" => Ledger.Costs.Granularity.Day,
        "week" => Ledger.Costs.Granularity.Week,
        "month" => Ledger.Costs.Granularity.Month,
        _ => period.Days <= 2 ? Ledger.Costs.Granularity.Hour : period.Days > 200 ? Ledger.Costs.Granularity.Month : Ledger.Costs.Granularity.Day,
    };

    /// <summary>Contract word of a dimension: <c>tokenKind</c>, <c>feature</c> …</summary>
    public static string Word(SpendDimension dimension)
    {
        var name = dimension.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>The address, root-relative.</summary>
    public override string ToString()
    {
        if (_words.Length == 0) return Path;
        var text = new StringBuilder(Path);
        for (var i = 0; i < _words.Length; i++)
            text.Append(i == 0 ? '?' : '&').Append(_words[i].Key).Append('=').Append(Uri.EscapeDataString(_words[i].Value).Replace("%2C", ",", StringComparison.Ordinal));
        return text.ToString();
    }

    private DateOnly? Day(string key) =>
        DateOnly.TryParseExact(this[key], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static string DayText(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
