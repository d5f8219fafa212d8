using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>The newest delivery of a billing period, as its manifest stands in the bucket.</summary>
/// <param name="Root">What comes before <c>metadata/</c> and <c>data/</c>: prefix and name of the export.</param>
/// <param name="First">First day of the billing period.</param>
/// <param name="WrittenAt">When the manifest was written: AWS writes it after all its files; UTC.</param>
internal sealed record ExportDelivery(string Root, DateOnly First, string ManifestKey, DateTime WrittenAt)
{
    /// <summary>First day after the period.</summary>
    public DateOnly End => First.AddMonths(1);
    public string Period => First.ToString("yyyy-MM", CultureInfo.InvariantCulture);
    /// <summary>Changes when the period was delivered anew.</summary>
    public string Version => string.Create(CultureInfo.InvariantCulture, $"{ManifestKey}@{WrittenAt:yyyy-MM-ddTHH:mm:ss.fff}");
}

/// <summary>Finds deliveries and reads what they consist of. Both ways of delivery are understood: overwriting, and a folder per execution.</summary>
internal static partial class ExportManifests
{
    private const string Data = "/data/BILLING_PERIOD=";

    /// <summary>The newest delivery of each billing period below a prefix, the newest period first.</summary>
    /// <exception cref="AwsRefusedException">AWS refused.</exception>
    public static async Task<IReadOnlyList<ExportDelivery>> FindAsync(S3Bucket bucket, string prefix, CancellationToken cancel)
    {
        prefix = prefix.Trim('/') is { Length: > 0 } folder ? folder + "/" : "";
        var newest = new Dictionary<(string Root, DateOnly First), ExportDelivery>();
        var after = "";
        while (true)
        {
            var (objects, isCut) = await bucket.PageAsync(prefix, after, cancel);
            foreach (var found in objects)
            {
                after = found.Key;
                if (Manifest().Match(found.Key) is not { Success: true } match) continue;
                var delivery = new ExportDelivery(match.Groups["root"].Value,
                    DateOnly.ParseExact(match.Groups["period"].Value + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture), found.Key, found.LastModified);
                var key = (delivery.Root, delivery.First);
                if (!newest.TryGetValue(key, out var other) || (other.WrittenAt, other.ManifestKey).CompareTo((delivery.WrittenAt, delivery.ManifestKey)) < 0) newest[key] = delivery;
            }
            if (!isCut || objects.Count == 0) break;
            // Data files are named by the manifests: their folder need not be listed.
            var rest = "/" + after[prefix.Length..];
            if (rest.IndexOf(Data, StringComparison.OrdinalIgnoreCase) is var at and >= 0) after = prefix + (rest[..at] + "/data0")[1..];
        }
        return [.. newest.Values.OrderByDescending(d => d.First).ThenBy(d => d.Root, StringComparer.Ordinal)];
    }

    /// <summary>Keys of the files of a delivery.</summary>
    /// <exception cref="AwsRefusedException">AWS refused.</exception>
    /// <exception cref="ExportFaultException">The manifest cannot be read or names another bucket.</exception>
    public static async Task<IReadOnlyList<string>> FilesAsync(S3Bucket bucket, ExportDelivery delivery, CancellationToken cancel)
    {
        await using var stream = await bucket.OpenAsync(delivery.ManifestKey, cancel);
        try
        {
            using var json = await JsonDocument.ParseAsync(stream, cancellationToken: cancel);
            return [.. FilesIn(json.RootElement).Select(f => KeyOf(f, bucket.Name)).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (JsonException)
        {
            throw new ExportFaultException($"The manifest {delivery.ManifestKey} is not JSON.", "Wait for the next delivery of the export.");
        }
    }

    // "dataFiles" holds addresses, as texts or as objects with one among their values.
    private static IEnumerable<string> FilesIn(JsonElement manifest)
    {
        if (manifest.ValueKind != JsonValueKind.Object) yield break;
        var files = manifest.EnumerateObject().FirstOrDefault(p => p.Name.Equals("dataFiles", StringComparison.OrdinalIgnoreCase) || p.Name.Equals("reportKeys", StringComparison.OrdinalIgnoreCase)).Value;
        if (files.ValueKind != JsonValueKind.Array) throw new ExportFaultException("The manifest names no data files.", "Wait for the next delivery of the export.");
        foreach (var file in files.EnumerateArray())
        {
            var text = file.ValueKind == JsonValueKind.String ? file.GetString()
                : file.ValueKind == JsonValueKind.Object ? file.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).Select(p => p.Value.GetString()).FirstOrDefault(t => t!.Contains('/', StringComparison.Ordinal))
                : null;
            if (text is { Length: > 0 }) yield return text;
        }
    }

    private static string KeyOf(string address, string bucket)
    {
        if (!address.StartsWith("s3://", StringComparison.OrdinalIgnoreCase)) return address.TrimStart('/');
        var parts = address[5..].Split('/', 2);
        return parts.Length == 2 && parts[0] == bucket ? parts[1]
            : throw new ExportFaultException($"The manifest names a file in another bucket ({parts[0]}).", "Give the bucket that the export is delivered to as DataExports:Bucket.");
    }

    [GeneratedRegex(@"^(?<root>.*?/?)metadata/BILLING_PERIOD=(?<period>\d{4}-(?:0[1-9]|1[0-2]))/(?:[^/]+/)?[^/]*Manifest\.json$", RegexOptions.IgnoreCase)]
    private static partial Regex Manifest();
}
