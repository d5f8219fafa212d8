using System.Data.Common;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Writes metered usage; the same hour again replaces.</summary>
public sealed class MeterWriter(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, WriteGate gate, LedgerChanges changes)
{
    private const int RowsPerTransaction = 2_000;

    private const string Upsert = """
        INSERT INTO metered_usage ("HourUnixSeconds", "AccountId", "RegionId", "ModelId", "Scope", "Metric", "Value")
        VALUES (@hour, @account, @region, @model, @scope, @metric, @value)
        ON CONFLICT ("HourUnixSeconds", "AccountId", "RegionId", "ModelId", "Scope", "Metric") DO UPDATE SET "Value" = excluded."Value"
        """;

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
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.Transaction = transaction.GetDbTransaction();
            command.CommandText = Upsert;
            var parameters = new[] { "@hour", "@account", "@region", "@model", "@scope", "@metric", "@value" }.Select(n => Add(command, n)).ToArray();
            var touched = new HashSet<(DateOnly Day, int Account)>();
            foreach (var (key, (name, value)) in chunk)
            {
                var account = dimensions.GetOrAdd(DimensionKind.Account, key.Account, added);
                parameters[0].Value = key.Hour;
                parameters[1].Value = account;
                parameters[2].Value = dimensions.GetOrAdd(DimensionKind.Region, key.Region, added);
                parameters[3].Value = dimensions.GetOrAdd(DimensionKind.Model, name.Canonical, added, name.Display == name.Canonical ? null : name.Display);
                parameters[4].Value = (int)key.Scope;
                parameters[5].Value = (int)key.Metric;
                parameters[6].Value = value;
                await command.ExecuteNonQueryAsync(cancel);
                touched.Add((UtcTime.DayOfUnixMs(key.Hour * 1000), account));
            }
            await MarkAsync(db, touched, cancel);
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

    private static DbParameter Add(DbCommand command, string name)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        command.Parameters.Add(parameter);
        return parameter;
    }

    private static async Task MarkAsync(LedgerDb db, HashSet<(DateOnly Day, int Account)> touched, CancellationToken cancel)
    {
        var (first, last) = (touched.Min(t => t.Day), touched.Max(t => t.Day));
        foreach (var day in await db.BilledDays.Where(b => b.Day >= first && b.Day <= last && b.ClosedAt == null && !b.NeedsBuild).ToListAsync(cancel))
            if (touched.Contains((day.Day, day.AccountId))) day.NeedsBuild = true;
    }
}
