using System.Text.Json;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Inventory;

/// <summary>A resource as listed.</summary>
/// <param name="Kind">One of <see cref="ResourceKinds"/>.</param>
/// <param name="Tags">Null when they could not be read: what is known stays.</param>
public sealed record ResourceRead(string Arn, string Kind, string Name, string AccountId, string Region, string State, IReadOnlyDictionary<string, string>? Tags)
{
    /// <summary>Model units of provisioned throughput; null when not said: what is known stays.</summary>
    public int? ModelUnits { get; init; }
    /// <summary>ARN of the foundation model behind provisioned throughput; empty when not said: what is known stays.</summary>
    public string ModelArn { get; init; } = "";
}

/// <summary>What the writing of a listing changed.</summary>
public sealed record InventoryChange(int Added, int Gone)
{
    public static InventoryChange operator +(InventoryChange a, InventoryChange b) => new(a.Added + b.Added, a.Gone + b.Gone);
}

/// <summary>Keeps what was listed: resources by ARN and the cost allocation tags of a payer.</summary>
public sealed class InventoryWriter(IDbContextFactory<LedgerDb> stores, WriteGate gate, LedgerChanges changes, TimeProvider time)
{
    private const int RowsPerTransaction = 300;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Tags as they are stored: a JSON object, keys in order.</summary>
    public static string TagText(IReadOnlyDictionary<string, string> tags) =>
        JsonSerializer.Serialize(tags.OrderBy(t => t.Key, StringComparer.Ordinal).ToDictionary(), Plain);

    /// <summary>
    /// Writes the resources of a region. Those of <paramref name="wholeKinds"/> that are no longer among them are gone; of other
    /// kinds nothing is said, because they were not listed to the end.
    /// </summary>
    /// <param name="account">Account whose resources were listed.</param>
    public async Task<InventoryChange> WriteAsync(
        string account, string region, IReadOnlyCollection<ResourceRead> resources, IReadOnlyCollection<string> wholeKinds, CancellationToken cancel = default)
    {
        // The store keeps milliseconds: a finer time would make what was just seen look older than now.
        var now = UtcTime.FromUnixMs(UtcTime.ToUnixMs(time.GetUtcNow().UtcDateTime));
        var added = 0;
        foreach (var chunk in resources.DistinctBy(r => r.Arn).Chunk(RowsPerTransaction)) added += await WriteChunkAsync(chunk, now, cancel);
        var gone = 0;
        if (wholeKinds.Count > 0)
        {
            using var turn = await gate.EnterAsync(cancel);
            await using var db = await stores.CreateDbContextAsync(cancel);
            var kinds = wholeKinds.ToList();
            gone = await db.Resources.Where(r => kinds.Contains(r.Kind) && r.AccountId == account && r.Region == region && r.GoneAt == null && r.LastSeen < now)
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.GoneAt, now), cancel);
        }
        if (resources.Count > 0 || gone > 0) changes.Say(LedgerPart.Inventory);
        return new InventoryChange(added, gone);
    }

    /// <summary>Replaces the cost allocation tags of a payer's connection; the list must be whole.</summary>
    public async Task WriteTagsAsync(string connection, IReadOnlyCollection<CostAllocationTag> tags, CancellationToken cancel = default)
    {
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var known = await db.CostAllocationTags.Where(t => t.Connection == connection).ToDictionaryAsync(t => t.TagKey, cancel);
            foreach (var tag in tags.DistinctBy(t => t.TagKey))
            {
                if (!known.Remove(tag.TagKey, out var row)) db.CostAllocationTags.Add(tag);
                else (row.IsActive, row.Type, row.ReadAt) = (tag.IsActive, tag.Type, tag.ReadAt);
            }
            db.CostAllocationTags.RemoveRange(known.Values);
            await db.SaveChangesAsync(cancel);
        }
        changes.Say(LedgerPart.Inventory);
    }

    private async Task<int> WriteChunkAsync(ResourceRead[] chunk, DateTime now, CancellationToken cancel)
    {
        using var turn = await gate.EnterAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var arns = chunk.Select(r => r.Arn).ToList();
        var known = await db.Resources.Where(r => arns.Contains(r.Arn)).ToDictionaryAsync(r => r.Arn, cancel);
        foreach (var read in chunk)
        {
            if (!known.TryGetValue(read.Arn, out var row)) db.Resources.Add(row = new ResourceSeen { Arn = read.Arn, Kind = read.Kind, FirstSeen = now });
            (row.Kind, row.Name, row.AccountId, row.Region, row.State) = (read.Kind, read.Name, read.AccountId, read.Region, read.State);
            (row.LastSeen, row.GoneAt) = (now, null);
            if (read.Tags is { } tags) row.Tags = TagText(tags);
            if (read.ModelUnits is { } units) row.ModelUnits = units;
            if (read.ModelArn.Length > 0) row.ModelArn = read.ModelArn;
        }
        await db.SaveChangesAsync(cancel);
        return chunk.Length - known.Count;
    }
}
