using System.Collections.Concurrent;
using System.Globalization;
using System.Xml.Linq;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>An object of a bucket.</summary>
internal sealed record TestObject(byte[] Bytes, DateTime LastModified);

/// <summary>
/// S3 as far as it is read: ListObjectsV2 and GetObject, path style. There is no API model of S3 among the test data; parameters and
/// answers follow the public API reference (ListBucketResult, Error), and anything else is a breach.
/// </summary>
internal sealed class TestBuckets
{
    private static readonly XNamespace Xml = "http://s3.amazonaws.com/doc/2006-03-01/";
    private static readonly string[] Known = ["list-type", "prefix", "start-after", "continuation-token", "max-keys", "delimiter"];

    /// <summary>Bucket → key → object.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<string, TestObject>> All { get; } = new();
    /// <summary>Region of a bucket when it is not the one asked.</summary>
    public Dictionary<string, string> Elsewhere { get; } = [];
    public int KeysPerPage { get; set; } = 1000;

    public void Put(string bucket, string key, byte[] bytes, DateTime lastModified) =>
        All.GetOrAdd(bucket, _ => new()).TryAdd(key, new TestObject(bytes, lastModified));

    /// <summary>Names of parameters that ListObjectsV2 does not have, or values it would refuse.</summary>
    public static IEnumerable<string> Mistakes(IReadOnlyDictionary<string, string> query, string key)
    {
        if (key.Length > 0)
        {
            foreach (var name in query.Keys) yield return $"GetObject: parameter {name}";
            yield break;
        }
        if (query.GetValueOrDefault("list-type") != "2") yield return "ListObjectsV2: list-type is not 2";
        foreach (var name in query.Keys.Except(Known)) yield return $"ListObjectsV2: parameter {name}";
        if (query.TryGetValue("max-keys", out var most) && (!int.TryParse(most, out var n) || n is < 1 or > 1000)) yield return $"ListObjectsV2: max-keys {most}";
    }

    public byte[] List(string bucket, IReadOnlyDictionary<string, string> query)
    {
        var prefix = query.GetValueOrDefault("prefix", "");
        var delimiter = query.GetValueOrDefault("delimiter", "");
        // A continuation token stands for the last key of the page before; start-after counts only without one.
        var after = query.TryGetValue("continuation-token", out var token) ? Uri.UnescapeDataString(token["next:".Length..]) : query.GetValueOrDefault("start-after", "");
        var rows = All[bucket].Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(o => (Name: Common(o.Key, prefix, delimiter) ?? o.Key, o.Key, o.Value, IsCommon: Common(o.Key, prefix, delimiter) is not null))
            .Where(r => string.CompareOrdinal(r.Name, after) > 0).OrderBy(r => r.Name, StringComparer.Ordinal).DistinctBy(r => r.Name).ToList();
        var page = rows.Take(Math.Min(KeysPerPage, int.Parse(query.GetValueOrDefault("max-keys", "1000"), CultureInfo.InvariantCulture))).ToList();
        var answer = new XElement(Xml + "ListBucketResult",
            new XElement(Xml + "Name", bucket), new XElement(Xml + "Prefix", prefix), new XElement(Xml + "KeyCount", page.Count),
            new XElement(Xml + "MaxKeys", 1000), new XElement(Xml + "IsTruncated", page.Count < rows.Count ? "true" : "false"),
            page.Count < rows.Count ? new XElement(Xml + "NextContinuationToken", "next:" + Uri.EscapeDataString(page[^1].Name)) : null,
            page.Where(r => !r.IsCommon).Select(r => new XElement(Xml + "Contents",
                new XElement(Xml + "Key", r.Key), new XElement(Xml + "LastModified", r.Value.LastModified.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
                new XElement(Xml + "ETag", "\"d41d8cd98f00b204e9800998ecf8427e\""), new XElement(Xml + "Size", r.Value.Bytes.Length), new XElement(Xml + "StorageClass", "STANDARD"))),
            page.Where(r => r.IsCommon).Select(r => new XElement(Xml + "CommonPrefixes", new XElement(Xml + "Prefix", r.Name))));
        return System.Text.Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + answer.ToString(SaveOptions.DisableFormatting));
    }

    private static string? Common(string key, string prefix, string delimiter)
    {
        var at = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : key[..(at + delimiter.Length)];
    }

    public static byte[] Error(string code, string message) => System.Text.Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + new XElement("Error", new XElement("Code", code), new XElement("Message", message), new XElement("RequestId", "4442587FB7D0A2F9")).ToString(SaveOptions.DisableFormatting));
}
