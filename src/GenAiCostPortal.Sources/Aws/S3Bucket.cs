using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml;
using System.Xml.Linq;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>An object as a listing names it.</summary>
/// <param name="LastModified">UTC.</param>
internal sealed record S3Object(string Key, long Bytes, DateTime LastModified);

/// <summary>A bucket: listing and reading (ListObjectsV2, GetObject). A bucket of another region is followed there.</summary>
/// <param name="region">Where the bucket should be.</param>
internal sealed class S3Bucket(AwsConnection connection, string region, string name, AwsRequestTally tally)
{
    /// <summary>Price of a listing, nano-USD ($0.005 per 1,000), and of an object ($0.0004 per 1,000); us-east-1.</summary>
    public const long ListNanoUsd = 5_000, GetNanoUsd = 400;
    private string _region = region;

    public string Name => name;

    /// <summary>Objects by key, page by page.</summary>
    /// <param name="startAfter">Keys up to and with this one are left out; empty for none.</param>
    /// <exception cref="AwsRefusedException">AWS refused a page.</exception>
    public async IAsyncEnumerable<IReadOnlyList<S3Object>> PagesAsync(string prefix, string startAfter = "", [EnumeratorCancellation] CancellationToken cancel = default)
    {
        while (true)
        {
            var (objects, isCut) = await PageAsync(prefix, startAfter, cancel);
            yield return objects;
            if (!isCut || objects.Count == 0) yield break;
            startAfter = objects[^1].Key;
        }
    }

    /// <summary>Up to 1,000 objects by key, and whether there are more. The last key leads to the next page.</summary>
    /// <exception cref="AwsRefusedException">AWS refused, or the page does not go on after <paramref name="startAfter"/>.</exception>
    public async Task<(IReadOnlyList<S3Object> Objects, bool IsCut)> PageAsync(string prefix, string startAfter, CancellationToken cancel = default)
    {
        var query = new List<(string, string)> { ("list-type", "2"), ("prefix", prefix) };
        if (startAfter.Length > 0) query.Add(("start-after", startAfter));
        var answer = await FollowAsync(r => connection.Api.CallAsync(AwsCall.S3(r, name, "", "s3:ListBucket", query), cancel));
        tally.Add(ListNanoUsd);
        var (objects, isCut) = ReadPage(answer);
        var isOdd = objects.Count > 0 && (string.CompareOrdinal(objects[0].Key, startAfter) <= 0 || objects.Exists(o => !o.Key.StartsWith(prefix, StringComparison.Ordinal)));
        return isOdd ? throw new AwsRefusedException(AwsErrors.UnexpectedAnswer, "The listing does not go on where it was asked to.", 200) : (objects, isCut);
    }

    /// <summary>The bytes of an object as they come. A cut connection throws out of the stream: open it anew.</summary>
    /// <exception cref="AwsRefusedException">AWS refused.</exception>
    public async Task<Stream> OpenAsync(string key, CancellationToken cancel = default)
    {
        var stream = await FollowAsync(r => connection.Api.OpenAsync(AwsCall.S3(r, name, key, "s3:GetObject"), cancel));
        tally.Add(GetNanoUsd);
        return stream;
    }

    private async Task<T> FollowAsync<T>(Func<string, Task<T>> ask)
    {
        try
        {
            return await ask(_region);
        }
        catch (AwsRefusedException refusal) when (refusal.BucketRegion is { Length: > 0 } home && home != _region)
        {
            _region = home;
            return await ask(home);
        }
    }

    private static (List<S3Object> Objects, bool IsCut) ReadPage(byte[] answer)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(answer), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            var root = XElement.Load(reader);
            if (root.Name.LocalName != "ListBucketResult") throw new XmlException(root.Name.LocalName);
            var objects = root.Elements().Where(e => e.Name.LocalName == "Contents").Select(Read).ToList();
            return (objects, Text(root, "IsTruncated") == "true");
        }
        catch (Exception e) when (e is XmlException or FormatException or OverflowException)
        {
            throw new AwsRefusedException(AwsErrors.UnexpectedAnswer, e.Message, 200, null, e);
        }
    }

    private static S3Object Read(XElement row) => new(
        Text(row, "Key"), long.Parse(Text(row, "Size"), NumberStyles.None, CultureInfo.InvariantCulture),
        DateTime.Parse(Text(row, "LastModified"), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal));

    private static string Text(XElement owner, string part) => owner.Elements().FirstOrDefault(e => e.Name.LocalName == part)?.Value ?? "";
}
