using System.Globalization;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The bill of an account on a day, as it stood when a build read it.</summary>
internal readonly record struct BillVersion(long AmountNanoUsd, long Lines, long LastId);

/// <summary>Puts the new entries of a day in the place of the old ones, account by account, each in one short transaction.</summary>
public sealed class LedgerSwap(IDbContextFactory<LedgerDb> stores, WriteGate gate, LedgerDays days)
{
    /// <summary>About four megabytes of the log.</summary>
    private const int EntriesPerFold = 20_000;
    private int _sinceFold;

    private static readonly string[] Columns =
    [
        "Day", "AccountId", "RegionId", "BilledServiceId", "UsageTypeId", "ProviderId", "ModelId", "Component", "Kind", "Tier", "Scope", "Category",
        "FeatureId", "TeamId", "ApplicationId", "EnvironmentId", "ReleaseId", "Method", "Reason", "RuleId", "Basis", "Flags", "AmountNanoUsd", "Tokens",
    ];

    /// <param name="account">Only this one; null = all.</param>
    internal static async Task<Dictionary<int, BillVersion>> BillAsync(LedgerDb db, DateOnly day, CancellationToken cancel, int? account = null)
    {
        var bill = new Dictionary<int, BillVersion>();
        var only = account is { } one ? string.Create(CultureInfo.InvariantCulture, $"AND \"AccountId\" = {one}") : "";
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture,
            $"SELECT \"AccountId\", SUM(\"AmountNanoUsd\"), COUNT(*), MAX(\"Id\") FROM billed_line WHERE \"Day\" = {day.DayNumber} {only} GROUP BY 1"),
            r => bill[r.GetInt32(0)] = new BillVersion(r.GetInt64(1), r.GetInt64(2), r.GetInt64(3)), cancel);
        return bill;
    }

    /// <summary>Accounts whose bill changed since it was read keep their old entries and their mark.</summary>
    /// <param name="causeOf">Why an account's closed day is built again; null where it was not closed, or its first result is not stored yet.</param>
    internal async Task ReplaceAsync(
        DateOnly day, Dictionary<int, BillVersion> bill, IReadOnlyList<LedgerEntry> entries, DateTime at, Func<int, AdjustmentCause?> causeOf, CancellationToken cancel)
    {
        LedgerInvariants.Check(day, bill.ToDictionary(b => b.Key, b => b.Value.AmountNanoUsd),
            entries.GroupBy(e => e.AccountId).ToDictionary(g => g.Key, g => g.Sum(e => e.AmountNanoUsd)));
        var ofAccount = entries.ToLookup(e => e.AccountId);
        List<int> accounts;
        await using (var db = await stores.CreateDbContextAsync(cancel))
        {
            accounts = await db.BilledDays.Where(b => b.Day == day).Select(b => b.AccountId)
                .Union(db.LedgerEntries.Where(e => e.Day == day).Select(e => e.AccountId)).ToListAsync(cancel);
        }
        foreach (var account in accounts.Union(bill.Keys).Order()) await ReplaceAsync(day, account, bill, [.. ofAccount[account]], at, causeOf(account), cancel);
    }

    private async Task ReplaceAsync(
        DateOnly day, int account, Dictionary<int, BillVersion> bill, IReadOnlyList<LedgerEntry> entries, DateTime at, AdjustmentCause? cause, CancellationToken cancel)
    {
        // Opened before the turn, and the log is folded after it: neither is what others should wait for.
        await using var db = await stores.CreateDbContextAsync(cancel);
        await LogFolding.HoldAsync(db, cancel);
        try
        {
            using (await gate.EnterAsync(cancel))
                if (!await WriteAsync(db, day, account, bill, entries, at, cause, cancel)) return;
            if ((_sinceFold += entries.Count) < EntriesPerFold) return;
            _sinceFold = 0;
            await LogFolding.FoldAsync(db, cancel);
        }
        finally
        {
            await LogFolding.ReleaseAsync(db);
        }
    }

    /// <returns>False when the bill changed since it was read.</returns>
    private async Task<bool> WriteAsync(
        LedgerDb db, DateOnly day, int account, Dictionary<int, BillVersion> bill, IReadOnlyList<LedgerEntry> entries, DateTime at, AdjustmentCause? cause, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if ((await BillAsync(db, day, cancel, account)).GetValueOrDefault(account) != bill.GetValueOrDefault(account)) return false;
        if (cause is { } why) await LedgerAdjustments.AddAsync(db, day, account, entries, why, at, cancel);
        // Plain text: the first turn of a process should not wait until queries are compiled.
        await StoredRows.ExecuteAsync(db, string.Create(CultureInfo.InvariantCulture, $"DELETE FROM ledger_entry WHERE \"Day\" = {day.DayNumber} AND \"AccountId\" = {account}"), cancel);
        await StoredRows.InsertAsync(db, "ledger_entry", Columns, entries.Select(Values), cancel: cancel);
        await StoredRows.ExecuteAsync(db, string.Create(CultureInfo.InvariantCulture,
            $"UPDATE billed_day SET \"NeedsBuild\" = FALSE, \"BuiltAt\" = {UtcTime.ToUnixMs(at)} WHERE \"Day\" = {day.DayNumber} AND \"AccountId\" = {account}"), cancel);
        await transaction.CommitAsync(cancel);
        days.Forget(day);
        return true;
    }

    private static object[] Values(LedgerEntry e) =>
    [
        e.Day.DayNumber, e.AccountId, e.RegionId, e.BilledServiceId, e.UsageTypeId, e.ProviderId, e.ModelId, (int)e.Component,
        e.Kind is { } kind ? (int)kind : DBNull.Value, (int)e.Tier, (int)e.Scope, (int)e.Category, e.FeatureId, e.TeamId, e.ApplicationId,
        e.EnvironmentId, e.ReleaseId, (int)e.Method, (int)e.Reason, e.RuleId, (int)e.Basis, (int)e.Flags, e.AmountNanoUsd,
        e.Tokens is { } tokens ? tokens : DBNull.Value,
    ];
}
