using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>
/// Calls that were stored before the model behind their profile was known: their traces are read anew, a few at a time, and come out
/// with the model and with its price of then. Calls whose spans have left with their retention stay under the profile.
/// </summary>
public sealed class ProfileCalls(IDbContextFactory<LedgerDb> stores, InferenceProfiles profiles, Dimensions dimensions, TraceWriter writer, FeedCursors cursors)
{
    private const string Feed = "InferenceProfiles", Done = "done";
    private const int TracesPerStep = 100;

    /// <summary>Reads anew what is due; what is interrupted goes on at the next call. Returns how many traces were read.</summary>
    public async Task<long> ReadAnewAsync(CancellationToken cancel = default)
    {
        await profiles.LoadAsync(cancel);
        var read = 0L;
        foreach (var arn in profiles.ResolvedModels) read += await ReadAnewAsync(arn, cancel);
        return read;
    }

    private async Task<long> ReadAnewAsync(string arn, CancellationToken cancel)
    {
        var place = await cursors.FindAsync(Feed, "", arn, cancel);
        if (place == Done) return 0;
        var after = long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : 0;
        var model = dimensions.Find(DimensionKind.Model, arn);
        var read = 0L;
        while (true)
        {
            var keys = await NextAsync(model, after, cancel);
            if (keys.Count == 0) break;
            await writer.ReadAnewAsync(keys, cancel);
            (after, read) = (keys[^1], read + keys.Count);
            await cursors.SetAsync(Feed, "", arn, after.ToString(CultureInfo.InvariantCulture), cancel);
        }
        await cursors.SetAsync(Feed, "", arn, Done, cancel);
        return read;
    }

    private async Task<List<long>> NextAsync(int model, long after, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var series = await db.UsageSeries.Where(s => s.ModelId == model).Select(s => s.Id).ToListAsync(cancel);
        return await db.Calls.Where(c => c.TraceKey > after && series.Contains(c.UsageSeriesId)).Select(c => c.TraceKey).Distinct()
            .OrderBy(k => k).Take(TracesPerStep).ToListAsync(cancel);
    }
}
