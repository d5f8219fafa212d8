using System.Data.Common;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace GenAiCostPortal.Ledger.Inventory;

/// <summary>A metric of a resource as read.</summary>
/// <param name="Hour">UTC, full hour.</param>
/// <param name="Resource">As <see cref="ResourceKinds.Metered(string, string)"/> names it.</param>
/// <param name="Metric">As AWS spells it.</param>
/// <param name="Value">Sum over the hour; times in milliseconds.</param>
public sealed record MeteredResourceRead(DateTime Hour, string AccountId, string Region, string Resource, string Metric, double Value);

/// <summary>Writes what resources metered; the same hour again replaces.</summary>
public sealed class ResourceMeterWriter(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, WriteGate gate, LedgerChanges changes)
{
    private const int RowsPerTransaction = 2_000;

    private const string Upsert = """
        INSERT INTO metered_resource ("HourUnixSeconds", "AccountId", "RegionId", "ResourceId", "MetricId", "Value")
        VALUES (@hour, @account, @region, @resource, @metric, @value)
        ON CONFLICT ("HourUnixSeconds", "AccountId", "RegionId", "ResourceId", "MetricId") DO UPDATE SET "Value" = excluded."Value"
            WHERE metered_resource."Value" <> excluded."Value"
        """;

    // Hours of use, text units and own metrics share out billed lines: a day that they change is built again, closed or not.
    private static readonly HashSet<string> SharingOut = ["Invocations", "TextUnitCount", "TokensPerRequest", "CostPerFeature"];

    /// <summary>Upserts values. Returns rows written.</summary>
    public async Task<int> WriteAsync(IReadOnlyList<MeteredResourceRead> rows, CancellationToken cancel = default)
    {
        if (rows.Count == 0) return 0;
        await dimensions.LoadAsync(cancel);
        foreach (var chunk in rows.Chunk(RowsPerTransaction)) await WriteChunkAsync(chunk, cancel);
        changes.Say(LedgerPart.Usage);
        return rows.Count;
    }

    private async Task WriteChunkAsync(MeteredResourceRead[] chunk, CancellationToken cancel)
    {
        using var turn = await gate.EnterAsync(cancel);
        var added = new List<DimensionValue>();
        var touched = new HashSet<(DateOnly Day, int Account)>();
        try
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.Transaction = transaction.GetDbTransaction();
            command.CommandText = Upsert;
            var parameters = new[] { "@hour", "@account", "@region", "@resource", "@metric", "@value" }.Select(n => Add(command, n)).ToArray();
            foreach (var row in chunk)
            {
                parameters[0].Value = UtcTime.SlotUnixSeconds(UtcTime.ToUnixMs(row.Hour), 3600);
                parameters[1].Value = dimensions.GetOrAdd(DimensionKind.Account, row.AccountId, added);
                parameters[2].Value = dimensions.GetOrAdd(DimensionKind.Region, row.Region, added);
                parameters[3].Value = dimensions.GetOrAdd(DimensionKind.Resource, row.Resource, added);
                parameters[4].Value = dimensions.GetOrAdd(DimensionKind.Metric, row.Metric, added);
                parameters[5].Value = row.Value;
                if (await command.ExecuteNonQueryAsync(cancel) > 0 && SharingOut.Contains(row.Metric))
                    touched.Add((DateOnly.FromDateTime(row.Hour), (int)parameters[1].Value!));
            }
            foreach (var (day, account) in touched)
                await db.BilledDays.Where(b => b.Day == day && b.AccountId == account && !b.NeedsBuild).ExecuteUpdateAsync(set => set.SetProperty(b => b.NeedsBuild, true), cancel);
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
}
