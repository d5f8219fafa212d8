using System.Globalization;
using System.Text.Json;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>Parts of a JSON value, absent when they are missing or of another type.</summary>
internal static class LogJson
{
    public static JsonElement? Part(this JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            ? value : null;

    public static JsonElement? Part(this JsonElement? owner, string name) => owner?.Part(name);

    /// <summary>Text that is not empty.</summary>
    /// <exception cref="InvalidOperationException">Half of a surrogate pair.</exception>
    public static string? Text(this JsonElement? owner, string name) =>
        owner.Part(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A whole number, also when written with a fraction of zero or as text.</summary>
    public static long? Count(this JsonElement? owner, string name) => owner.Part(name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var whole) => whole,
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var real) && Math.Floor(real) == real && Math.Abs(real) < 1e15 => (long)real,
        { ValueKind: JsonValueKind.String } text when long.TryParse(text.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        _ => null,
    };

    public static double? Number(this JsonElement? owner, string name) =>
        owner.Part(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <summary>The larger of two counts; either may be missing.</summary>
    public static long? Larger(long? a, long? b) => a is null ? b : b is null ? a : Math.Max(a.Value, b.Value);
}
