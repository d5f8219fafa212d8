using System.Globalization;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>The understood attributes of one span, found in one pass over it.</summary>
internal sealed class SpanFacts
{
    private readonly object?[] _values;
    private readonly byte[] _ranks;

    private SpanFacts(object?[] values, byte[] ranks) => (_values, _ranks) = (values, ranks);

    /// <summary>Null when no attribute of the span is of interest.</summary>
    public static SpanFacts? Of(SpanAttributes attributes)
    {
        object?[]? values = null;
        byte[]? ranks = null;
        foreach (var (key, value) in attributes.Span)
        {
            if (!SpanAliases.ByKey.TryGetValue(key, out var alias)) continue;
            values ??= new object?[SpanAliases.Count];
            ranks ??= new byte[SpanAliases.Count];
            var at = (int)alias.Field;
            if (values[at] is not null && ranks[at] <= alias.Rank) continue;
            object? understood = SpanAliases.IsCount(alias.Field) ? AsCount(value) : value is string { Length: 0 } or object[] { Length: 0 } ? null : value;
            if (understood is null) continue;
            values[at] = understood;
            ranks[at] = alias.Rank;
        }
        return values is null ? null : new SpanFacts(values, ranks!);
    }

    public bool Has(SpanField field) => _values[(int)field] is not null;
    public int Rank(SpanField field) => _ranks[(int)field];
    public long? Count(SpanField field) => _values[(int)field] as long?;

    public string? Text(SpanField field) => _values[(int)field] switch
    {
        null => null,
        string s => s,
        bool b => b ? "true" : "false",
        object[] list => Convert.ToString(list[0], CultureInfo.InvariantCulture),
        var v => Convert.ToString(v, CultureInfo.InvariantCulture),
    };

    public double? Number(SpanField field) => _values[(int)field] switch
    {
        long n => n,
        double d when double.IsFinite(d) => d,
        string s when double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && double.IsFinite(d) => d,
        _ => null,
    };

    /// <summary>These facts, and of the other's what these lack: how nested spans of one call add to each other.</summary>
    public SpanFacts FilledFrom(SpanFacts? other)
    {
        if (other is null) return this;
        var values = (object?[])_values.Clone();
        var ranks = (byte[])_ranks.Clone();
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is not null) continue;
            values[i] = other._values[i];
            ranks[i] = other._ranks[i];
        }
        return new SpanFacts(values, ranks);
    }

    private static object? AsCount(object value) => value switch
    {
        long => value,
        // A count too large for 64 bits is still "huge", not "absent".
        double d when double.IsFinite(d) && Math.Floor(d) == d => d >= 9e18 ? long.MaxValue : d <= -9e18 ? long.MinValue : (long)d,
        string s when long.TryParse(s, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) => n,
        _ => null,
    };
}
