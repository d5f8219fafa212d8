using System.Globalization;
using System.Text.Json;

namespace GenAiCostPortal.Ledger.Traces;

/// <summary>
/// Two versions of one span become one. Every rule is a maximum or a union, so the order and number of deliveries cannot
/// matter: union of attributes, earliest start, latest end, error over ok over unset, a known parent over none.
/// </summary>
internal static class SpanMerge
{
    /// <summary>The merged span; <paramref name="kept"/> itself when the other adds nothing.</summary>
    public static Span Merge(Span kept, Span other)
    {
        var attributes = Union(kept.Attributes, other.Attributes);
        var resource = Union(kept.Resource.Attributes, other.Resource.Attributes);
        // OTLP tells a span's own name and sender; a segment's are what X-Ray made of them.
        var (mine, others) = (kept.Doors.HasFlag(Doors.Otlp), other.Doors.HasFlag(Doors.Otlp));
        var scope = mine != others ? (mine ? kept : other).Scope : Compare(other.Scope, kept.Scope) > 0 ? other.Scope : kept.Scope;
        var merged = kept with
        {
            ParentSpanId = kept.ParentSpanId.Value >= other.ParentSpanId.Value ? kept.ParentSpanId : other.ParentSpanId,
            Name = mine != others ? (mine ? kept : other).Name : Later(kept.Name, other.Name),
            Kind = (SpanKind)Math.Max((byte)kept.Kind, (byte)other.Kind),
            StartUnixNs = Math.Min(kept.StartUnixNs, other.StartUnixNs),
            EndUnixNs = Math.Max(kept.EndUnixNs, other.EndUnixNs),
            Status = (SpanStatus)Math.Max((byte)kept.Status, (byte)other.Status),
            StatusMessage = Later(kept.StatusMessage, other.StatusMessage),
            Attributes = attributes,
            Resource = ReferenceEquals(resource, kept.Resource.Attributes) ? kept.Resource : new SpanResource(resource),
            Scope = scope,
            Doors = kept.Doors | other.Doors,
        };
        var same = merged.ParentSpanId == kept.ParentSpanId && merged.Kind == kept.Kind && merged.Status == kept.Status && merged.Doors == kept.Doors
            && merged.StartUnixNs == kept.StartUnixNs && merged.EndUnixNs == kept.EndUnixNs
            && ReferenceEquals(merged.Name, kept.Name) && ReferenceEquals(merged.StatusMessage, kept.StatusMessage)
            && ReferenceEquals(attributes, kept.Attributes) && ReferenceEquals(merged.Resource, kept.Resource) && ReferenceEquals(scope, kept.Scope);
        return same ? kept : merged;
    }

    /// <summary>Union by key; where both have a key, the greater value. The first itself when nothing is added.</summary>
    public static SpanAttributes Union(SpanAttributes kept, SpanAttributes other)
    {
        if (ReferenceEquals(kept, other)) return kept;
        List<KeyValuePair<string, object>>? items = null;
        foreach (var (key, value) in other.Items)
        {
            var now = kept[key];
            if (now is not null && !IsGreater(value, now)) continue;
            items ??= [.. kept.Items];
            var at = items.FindIndex(i => string.Equals(i.Key, key, StringComparison.Ordinal));
            if (at < 0) items.Add(new(key, value));
            else if (IsGreater(value, items[at].Value)) items[at] = new(key, value);
        }
        return items is null ? kept : new SpanAttributes([.. items]);
    }

    private static string Later(string kept, string other) => string.CompareOrdinal(other, kept) > 0 ? other : kept;

    private static int Compare(SpanScope a, SpanScope b)
    {
        var byName = string.CompareOrdinal(a.Name, b.Name);
        return byName != 0 ? byName : string.CompareOrdinal(a.Version, b.Version);
    }

    // A total order over values as the store gives them back: numbers by size above all else, the rest by text.
    private static bool IsGreater(object a, object b)
    {
        if (Equals(a, b)) return false;
        var (x, y) = (Number(a), Number(b));
        if (x is not null && y is not null && x.Value.CompareTo(y.Value) is not 0 and var bySize) return bySize > 0;
        if (x is null != y is null) return x is not null;
        return string.CompareOrdinal(Text(a), Text(b)) > 0;
    }

    private static double? Number(object value) => value switch
    {
        long n => n,
        double d when double.IsFinite(d) => d,
        _ => null,
    };

    private static string Text(object value) => value switch
    {
        string s => "s" + s,
        bool b => b ? "btrue" : "bfalse",
        double d when !double.IsFinite(d) => "s" + d.ToString(CultureInfo.InvariantCulture),
        object[] list => "[" + JsonSerializer.Serialize(list.Select(Text).ToArray()),
        _ => "n" + Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
