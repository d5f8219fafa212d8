using System.Text.Json;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>Bodies that were too large for their record and lie in S3 on their own. Only their counts are taken.</summary>
internal sealed class LogBodies(AwsConnection connection, string region, AwsRequestTally tally, TimeProvider time)
{
    private const int MostBytes = 64 * 1024 * 1024, MostTries = 4;
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    /// <summary>Bodies that could not be read: gone, too large, or not JSON.</summary>
    public int Missing { get; private set; }
    /// <summary>AWS's refusal, after which no further body is asked for.</summary>
    public AwsRefusedException? Denied { get; private set; }

    /// <summary>What a body tells; null when it cannot be read.</summary>
    /// <param name="path"><c>s3://bucket/key</c>.</param>
    /// <exception cref="AwsRefusedException">AWS could not be reached; to be tried again.</exception>
    public async Task<BodyFacts?> ReadAsync(string path, CancellationToken cancel)
    {
        if (Denied is not null) return null;
        var place = path["s3://".Length..].Split('/', 2);
        if (place.Length < 2 || place[0].Length == 0 || place[1].Length == 0) return Miss();
        var bucket = new S3Bucket(connection, region, place[0], tally);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadAsync(bucket, place[1], cancel) is { } json ? Facts(json) : Miss();
            }
            catch (AwsRefusedException refusal) when (refusal.Code == AwsErrors.ConnectionFailed && attempt < MostTries)
            {
                await Task.Delay(SignedAwsApi.WaitOf(attempt, refusal), time, cancel);
            }
            catch (AwsRefusedException refusal) when (refusal.IsAccessDenied)
            {
                Denied = refusal;
                return Miss();
            }
            catch (AwsRefusedException refusal) when (refusal.Status == 404)
            {
                return Miss();
            }
            catch (InvalidDataException)
            {
                return Miss();
            }
        }
    }

    private static async Task<byte[]?> ReadAsync(S3Bucket bucket, string key, CancellationToken cancel)
    {
        await using var plain = await LogLines.UnpackAsync(await bucket.OpenAsync(key, cancel), cancel);
        var whole = new MemoryStream();
        var part = new byte[81_920];
        for (int read; (read = await plain.ReadAsync(part, cancel)) > 0;)
        {
            if (whole.Length + read > MostBytes) return null;
            whole.Write(part, 0, read);
        }
        return whole.ToArray();
    }

    private BodyFacts? Facts(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Deep);
            return BodyFacts.Of(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Miss();
        }
    }

    private BodyFacts? Miss()
    {
        Missing++;
        return null;
    }
}
