using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Writes metered usage; the same hour again replaces.</summary>
public sealed class MeterWriter(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, WriteGate gate, LedgerChanges changes)
{
    private const int RowsPerTransaction = 500;

    private static readonly string[] Columns = ["HourUnixSeconds", "AccountId", "RegionId", "ModelId", "Scope", "Metric", "Value"];
    private const string Replace =
        """ON CONFLICT ("HourUnixSeconds", "AccountId", "RegionId", "ModelId", "Scope", "Metric") DO UPDATE SET "Value" = excluded."Value" """;

    private readonly record struct Key(long Hour, string Account, string Region, string Model, RoutingScope Scope, MeteredMetric Metric);

    /// <summary>Upserts values and marks the open days they touch for rebuild. Returns rows written.</summary>
    public async Task<int> WriteAsync(IReadOnlyList<MeteredRead> rows, CancellationToken cancel = default)
    {
        if (rows.Count == 0) return 0;
        await dimensions.LoadAsync(cancel);
        var sums = Sum(rows);
        foreach (var chunk in sums.Chunk(RowsPerTransaction)) await WriteChunkAsync(chunk, cancel);
        changes.Say(LedgerPart.Costs);
        return sums.Count;
    }

    /// <summary>Two ids of one model in one hour (profile and model id) are one model's usage, so they add up.</summary>
    private static Dictionary<Key, (ModelName Name, double Value)> Sum(IReadOnlyList<MeteredRead> rows)
    {
        var names = new Dictionary<string, ModelName>();
        var sums = new Dictionary<Key, (ModelName Name, double Value)>();
        foreach (var row in rows)
        {
            if (!names.TryGetValue(row.ModelId, out var name)) names[row.ModelId] = name = ModelNameReader.Read(row.ModelId, "aws.bedrock");
            var hour = UtcTime.SlotUnixSeconds(UtcTime.ToUnixMs(row.Hour), 3600);
            var key = new Key(hour, row.AccountId, row.Region, name.Canonical, name.Scope, row.Metric);
            sums[key] = (name, sums.GetValueOrDefault(key).Value + row.Value);
        }
        return sums;
    }

    private async Task WriteChunkAsync(KeyValuePair<Key, (ModelName Name, double Value)>[] chunk, CancellationToken cancel)
    {
        using var turn = await gate.EnterAsync(cancel);
        var added = new List<DimensionValue>();
        try
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var touched = new HashSet<(DateOnly Day, int Account)>();
            // Tokens through provisioned throughput share out its billed line: such a day is built again, closed or not.
            var sharing = new HashSet<(DateOnly Day, int Account)>();
            await StoredRows.InsertAsync(db, "metered_usage", Columns, chunk.Select(row =>
            {
                var (key, (name, value)) = row;
                var account = dimensions.GetOrAdd(DimensionKind.Account, key.Account, added);
                touched.Add((UtcTime.DayOfUnixMs(key.Hour * 1000), account));
                if (ThroughputHours.IsArn(name.Canonical)) sharing.Add((UtcTime.DayOfUnixMs(key.Hour * 1000), account));
                return (object[])
                [
                    key.Hour, account, dimensions.GetOrAdd(DimensionKind.Region, key.Region, added),
                    dimensions.GetOrAdd(DimensionKind.Model, name.Canonical, added, name.Display == name.Canonical ? null : name.Display),
                    (int)key.Scope, (int)key.Metric, value,
                ];
            }), Replace, cancel);
            await MarkAsync(db, touched, sharing, cancel);
            db.Dimensions.AddRange(added);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        catch
        {
            dimensions.Forget(added);
            throw;
        }
    }

    private static async Task MarkAsync(LedgerDb db, HashSet<(DateOnly Day, int Account)> touched, HashSet<(DateOnly Day, int Account)> sharing, CancellationToken cancel)
    {
        var (first, last) = (touched.Min(t => t.Day), touched.Max(t => t.Day));
        foreach (var day in await db.BilledDays.Where(b => b.Day >= first && b.Day <= last && !b.NeedsBuild).ToListAsync(cancel))
            if ((day.ClosedAt is null ? touched : sharing).Contains((day.Day, day.AccountId))) day.NeedsBuild = true;
    }
}
