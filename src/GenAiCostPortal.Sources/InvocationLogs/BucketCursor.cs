using System.Globalization;
using System.Text.Json;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>
/// How far a bucket's logs are read. Keys are below the place's root, so they begin with the hour: <c>2026/08/07/02/…</c>.
/// </summary>
internal sealed record BucketCursor
{
    /// <summary>Objects arrive late: the hours before the last pass are listed again this far back.</summary>
    public static readonly TimeSpan ListAgain = TimeSpan.FromHours(2);

    /// <summary>From here on everything was read; UTC.</summary>
    public DateTime Since { get; init; }
    /// <summary>Begin of the last pass that came to its end; null before the first.</summary>
    public DateTime? ListedAt { get; init; }
    /// <summary>Begin of a pass that was broken off; null when none was.</summary>
    public DateTime? Began { get; init; }
    /// <summary>Last key that such a pass had read.</summary>
    public string After { get; init; } = "";
    /// <summary>Keys read in the hours that are listed again.</summary>
    public IReadOnlyList<string> Seen { get; init; } = [];

    /// <summary>Keys up to this one need not be listed.</summary>
    public string Start => Began is not null && After.Length > 0 ? After : HourOf(ListedAt is { } listed ? listed - ListAgain : Since);

    public string Write() => JsonSerializer.Serialize(this);

    /// <summary>What was kept; null when it cannot be read, and everything is read again.</summary>
    public static BucketCursor? Read(string? kept)
    {
        if (kept is null) return null;
        try
        {
            return JsonSerializer.Deserialize<BucketCursor>(kept);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Folder of an hour: sorts before every key in it.</summary>
    public static string HourOf(DateTime at) => at.ToString("yyyy'/'MM'/'dd'/'HH", CultureInfo.InvariantCulture);
}
