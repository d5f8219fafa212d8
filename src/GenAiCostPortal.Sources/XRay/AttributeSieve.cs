using System.Collections.Frozen;
using System.Text.Json;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>The owner attributes where a door may write them without their dots.</summary>
internal sealed class OwnerSpelling(OwnerKeys keys)
{
    private readonly FrozenDictionary<string, string> _byFold = keys.FeatureAttributes.Concat(keys.TeamAttributes).Concat(keys.ApplicationAttributes)
        .Concat(keys.EnvironmentAttributes).GroupBy(FoldedNames.Fold).ToFrozenDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

    /// <summary>The attribute that is meant by a name in either spelling; null when none is known.</summary>
    public string? Known(string name) =>
        _byFold.TryGetValue(FoldedNames.Fold(name), out var owner) ? _byFold.Values.Contains(name) ? name : owner : FoldedNames.Known(name);
}

/// <summary>
/// Decides what of a document's attributes is kept, and under which name. What instrumentation wrote is kept as if it came by
/// OTLP; of what custom code wrote into metadata under names of its own only numbers and flags are, because its texts may be prompts.
/// </summary>
internal sealed class AttributeSieve(SpanSheet sheet, OwnerSpelling spelling)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Begins the attributes of the next span or resource.</summary>
    public void Begin()
    {
        sheet.BeginAttributes();
        _taken.Clear();
    }

    public bool Has(string name) => _taken.Contains(name);

    /// <summary>Adds what is no text of anybody's; the first to name an attribute wins.</summary>
    public void Set(string name, object? value)
    {
        if (value is not (null or "") && _taken.Add(name)) sheet.Add(name, value);
    }

    /// <summary>An attribute of instrumentation, in either spelling.</summary>
    public void Add(string key, JsonElement value)
    {
        var name = WireValue.Cut(spelling.Known(key) ?? key, SpanLimits.NameBytes);
        if (SpanSheet.IsReserved(name)) return;
        if (!FoldedNames.IsContent(key))
        {
            if (!_taken.Contains(name)) Set(name, PlainValue.Of(value));
            return;
        }
        var isPrompt = FoldedNames.IsPrompt(key);
        if ((!isPrompt && !sheet.CaptureContent) || !_taken.Add(name) || PlainValue.Of(value, int.MaxValue) is not { } content) return;
        if (isPrompt) sheet.HashPrompt(content);
        if (sheet.CaptureContent) sheet.Add(name, content);
    }

    /// <summary>A namespace of metadata: dotted keys, underscored ones, and objects within objects.</summary>
    public void AddMetadata(string space, JsonElement entries)
    {
        if (entries.ValueKind != JsonValueKind.Object) return;
        foreach (var entry in entries.EnumerateObject())
            if (!SegmentResource.IsResource(entry.Name)) AddEntry(space, entry.Name, entry.Value, space == "default" && entry.Name.Contains('.', StringComparison.Ordinal));
    }

    private void AddEntry(string space, string path, JsonElement value, bool isInstrumentation)
    {
        var name = Meant(path) ?? Meant($"{space}.{path}");
        if (name is not null || (isInstrumentation && value.ValueKind != JsonValueKind.Object)) Add(name ?? path, value);
        else if (value.ValueKind == JsonValueKind.Object)
            foreach (var entry in value.EnumerateObject()) AddEntry(space, $"{path}.{entry.Name}", entry.Value, isInstrumentation);
        else if (sheet.CaptureContent || value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) Add(path, value);
    }

    private string? Meant(string path) => spelling.Known(path) ?? (FoldedNames.IsContent(path) ? path : null);
}
