using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>Where a region's records lie in S3.</summary>
/// <param name="Prefix">As configured; empty for none.</param>
internal sealed record BucketPlace(string Bucket, string Prefix, string AccountId, string Region)
{
    /// <summary>Everything before the hour.</summary>
    public string Root { get; } = (Prefix.Trim('/') is { Length: > 0 } p ? p + "/" : "") + $"AWSLogs/{AccountId}/BedrockModelInvocationLogs/{Region}/";

    public override string ToString() => $"s3://{Bucket}/{Root}";
}

/// <summary>What a pass over a bucket brought.</summary>
/// <param name="Since">UTC; from here to the pass's begin all was read.</param>
/// <param name="Broken">Objects that could not be unpacked, or were gone.</param>
internal sealed record BucketPass(DateTime Since, int Objects, int Broken);

/// <summary>
/// Reads the objects of a place by their keys. The cursor moves only after the records of a key are on disk: a stop in between reads
/// them again, which changes no number.
/// </summary>
internal sealed partial class BucketLogs(FeedCursors cursors, TimeProvider time, ILogger<BucketLogs> log)
{
    private const int ObjectsPerSave = 100, MostTries = 4;
    private const string Bodies = "/data/";

    /// <summary>Reads what is new. The first pass goes back to <paramref name="firstFrom"/>.</summary>
    /// <exception cref="AwsRefusedException">AWS refused; what was read until then is kept.</exception>
    public async Task<BucketPass> ReadNewAsync(S3Bucket bucket, BucketPlace place, string connection, DateTime firstFrom, LogIntake intake, CancellationToken cancel)
    {
        var key = place.ToString();
        var cursor = BucketCursor.Read(await cursors.FindAsync(InvocationLogsJob.Feed, connection, key, cancel)) ?? new BucketCursor { Since = firstFrom };
        var began = cursor.Began ?? time.GetUtcNow().UtcDateTime;
        var keepFrom = BucketCursor.HourOf(began - BucketCursor.ListAgain);
        var seen = cursor.Seen.ToHashSet(StringComparer.Ordinal);
        int objects = 0, broken = 0, unsaved = 0;

        await foreach (var found in LogsAsync(bucket, place.Root, cursor.Start, "", cancel))
        {
            if (!seen.Add(found)) continue;
            if (!await ReadAsync(bucket, place.Root + found, intake, cancel)) broken++;
            objects++;
            cursor = cursor with { Began = began, After = found };
            if (++unsaved < ObjectsPerSave) continue;
            await SaveAsync(cursor with { Seen = [.. seen] });
            unsaved = 0;
        }
        await SaveAsync(new BucketCursor { Since = cursor.Since, ListedAt = began, Seen = [.. seen.Where(k => string.CompareOrdinal(k, keepFrom) >= 0)] });
        return new BucketPass(cursor.Since, objects, broken);

        async Task SaveAsync(BucketCursor now)
        {
            await intake.FlushAsync(cancel);
            await cursors.SetAsync(InvocationLogsJob.Feed, connection, key, now.Write(), cancel);
        }
    }

    /// <summary>Reads a range again, whatever was read; the cursor stays. Two hours more are listed, because objects come late.</summary>
    public async Task<BucketPass> ReadRangeAsync(S3Bucket bucket, BucketPlace place, DateTime from, DateTime to, LogIntake intake, CancellationToken cancel)
    {
        int objects = 0, broken = 0;
        await foreach (var found in LogsAsync(bucket, place.Root, BucketCursor.HourOf(from), BucketCursor.HourOf(to + BucketCursor.ListAgain), cancel))
        {
            if (!await ReadAsync(bucket, place.Root + found, intake, cancel)) broken++;
            objects++;
        }
        await intake.FlushAsync(cancel);
        return new BucketPass(from, objects, broken);
    }

    /// <summary>Keys of log objects below a root, in order, without the bodies that lie among them.</summary>
    private static async IAsyncEnumerable<string> LogsAsync(
        S3Bucket bucket, string root, string after, string before, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            var (objects, isCut) = await bucket.PageAsync(root, root + after, cancel);
            foreach (var found in objects)
            {
                after = found.Key[root.Length..];
                if (before.Length > 0 && string.CompareOrdinal(after, before) >= 0) yield break;
                if (IsLog(after)) yield return after;
            }
            if (!isCut || objects.Count == 0) yield break;
            // Each large call leaves two bodies: instead of page after page of them, go on behind their folder.
            if (after.IndexOf(Bodies, StringComparison.Ordinal) is var folder and >= 0) after = after[..folder] + "/data0";
        }
    }

    private static bool IsLog(string key) =>
        key.Length > 14 && key[^1] != '/' && !key.Contains(Bodies, StringComparison.Ordinal)
        && !key.Contains("amazon-bedrock-logs-permission-check", StringComparison.Ordinal)
        && DateTime.TryParseExact(key.AsSpan(0, 13), "yyyy'/'MM'/'dd'/'HH", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private async Task<bool> ReadAsync(S3Bucket bucket, string key, LogIntake intake, CancellationToken cancel)
    {
        var mark = intake.Mark;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await foreach (var line in LogLines.ReadAsync(await bucket.OpenAsync(key, cancel), cancel)) await intake.TakeAsync(line, cancel);
                return true;
            }
            catch (AwsRefusedException refusal) when (refusal.Code == AwsErrors.ConnectionFailed && attempt < MostTries)
            {
                intake.Back(mark);
                await Task.Delay(SignedAwsApi.WaitOf(attempt, refusal), time, cancel);
            }
            catch (AwsRefusedException refusal) when (refusal.Code == "NoSuchKey")
            {
                return false;
            }
            // What arrived whole and is no gzip stays so: the records before the break count.
            catch (InvalidDataException)
            {
                SayBroken(bucket.Name, key);
                return false;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log object {Key} of bucket {Bucket} cannot be unpacked.")]
    private partial void SayBroken(string bucket, string key);
}
