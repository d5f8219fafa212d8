using System.Text.Json;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Inventory;

/// <summary>Keeps what people enter of the capacity of provisioned throughput. The ledger of the days in reach follows.</summary>
public sealed class CapacityDesk(IDbContextFactory<LedgerDb> stores, WriteGate gate, LedgerChanges changes)
{
    /// <summary>Entries kept.</summary>
    public const int Most = 500;
    private const long MostTokens = 1_000_000_000;
    private const int MostUnits = 10_000;

    /// <summary>All entries.</summary>
    public async Task<CapacityBook> ReadAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await CapacityBook.ReadAsync(db, cancel);
    }

    /// <summary>An entry with its target as it is kept: an ARN as given, a model by its canonical name.</summary>
    public static ThroughputCapacity Named(ThroughputCapacity entry)
    {
        var target = entry.Target.Trim();
        return entry with { Target = target.StartsWith("arn:", StringComparison.OrdinalIgnoreCase) ? target : ModelNameReader.Read(target, "aws.bedrock").Canonical };
    }

    /// <summary>Why this cannot be kept, in words, by the field it is about; empty when it can.</summary>
    public static IReadOnlyDictionary<string, string> Mistakes(ThroughputCapacity entry)
    {
        var mistakes = new Dictionary<string, string>();
        if (entry.Target.Trim().Length is 0 or > 300) mistakes["target"] = "Name a provisioned throughput by its ARN, or a model.";
        else if (entry.Target.Trim().StartsWith("arn:", StringComparison.OrdinalIgnoreCase) && !ThroughputCapacity.IsArn(entry.Target.Trim()))
            mistakes["target"] = "This ARN is not of provisioned throughput: arn:aws:bedrock:region:account:provisioned-model/id.";
        if (entry.InputTokensPerMinute is not (null or (> 0 and <= MostTokens))) mistakes["inputTokensPerMinute"] = "Tokens per minute are from 1 to 1,000,000,000.";
        if (entry.OutputTokensPerMinute is not (null or (> 0 and <= MostTokens))) mistakes["outputTokensPerMinute"] = "Tokens per minute are from 1 to 1,000,000,000.";
        if (entry.ModelUnits is not (null or (> 0 and <= MostUnits))) mistakes["modelUnits"] = "Model units are from 1 to 10,000.";
        else if (entry.ModelUnits is not null && !ThroughputCapacity.IsArn(entry.Target.Trim())) mistakes["modelUnits"] = "Model units belong to one provisioned throughput, not to a model.";
        if (mistakes.Count == 0 && entry is { InputTokensPerMinute: null, OutputTokensPerMinute: null, ModelUnits: null })
            mistakes["inputTokensPerMinute"] = "Enter the tokens per minute of one model unit, input, output or both.";
        return mistakes;
    }

    /// <summary>Keeps an entry in place of the one with the same target.</summary>
    /// <exception cref="ArgumentException">It has <see cref="Mistakes"/>, or there are too many.</exception>
    public async Task<ThroughputCapacity> SaveAsync(ThroughputCapacity entry, CancellationToken cancel = default)
    {
        if (Mistakes(entry) is { Count: > 0 } mistakes) throw new ArgumentException(mistakes.Values.First(), nameof(entry));
        var named = Named(entry);
        await ChangeAsync(all =>
        {
            all.RemoveAll(c => IsOf(c, named.Target));
            all.Add(named);
            return all.Count <= Most ? true : throw new ArgumentException($"No more than {Most} capacities are kept.", nameof(entry));
        }, cancel);
        return named;
    }

    /// <summary>Removes the entry of a target; false when there is none.</summary>
    public Task<bool> RemoveAsync(string target, CancellationToken cancel = default)
    {
        var named = Named(new ThroughputCapacity(target, null, null)).Target;
        return ChangeAsync(all => all.RemoveAll(c => IsOf(c, named)) > 0, cancel);
    }

    private static bool IsOf(ThroughputCapacity entry, string target) => entry.Target.Equals(target, StringComparison.OrdinalIgnoreCase);

    private async Task<bool> ChangeAsync(Func<List<ThroughputCapacity>, bool> change, CancellationToken cancel)
    {
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var all = (await CapacityBook.ReadAsync(db, cancel)).All.ToList();
            if (!change(all)) return false;
            var text = JsonSerializer.Serialize(new CapacityBook(all).All);
            if (await db.Facts.FindAsync([CapacityBook.Fact], cancel) is { } fact) fact.Value = text;
            else db.Facts.Add(new StoreFact { Name = CapacityBook.Fact, Value = text });
            await db.SaveChangesAsync(cancel);
        }
        // As after a change of the rules: the ledger is built at once.
        changes.Say(LedgerPart.Rules);
        return true;
    }
}
