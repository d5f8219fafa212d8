using System.Text.Json;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Inventory;

/// <summary>What one model unit of provisioned throughput can carry, as people entered it: AWS does not publish it.</summary>
/// <param name="Target">ARN of one provisioned throughput, or a canonical model: then of all that serve it and have no entry of their own.</param>
/// <param name="InputTokensPerMinute">Per model unit; null = not entered, that side is left out.</param>
/// <param name="OutputTokensPerMinute">The same for output.</param>
/// <param name="ModelUnits">Of one provisioned throughput, in place of what AWS lists; null = as listed.</param>
public sealed record ThroughputCapacity(string Target, long? InputTokensPerMinute, long? OutputTokensPerMinute, int? ModelUnits = null)
{
    /// <summary>Entered for one provisioned throughput, not for a model.</summary>
    public bool IsOfResource => IsArn(Target);

    /// <summary>Whether a text names one provisioned throughput.</summary>
    public static bool IsArn(string text) => text.StartsWith("arn:", StringComparison.OrdinalIgnoreCase) && text.Contains(":provisioned-model/", StringComparison.OrdinalIgnoreCase);
}

/// <summary>All entered capacities.</summary>
public sealed class CapacityBook
{
    internal const string Fact = "throughput.capacities";
    /// <summary>Nothing entered.</summary>
    public static readonly CapacityBook Empty = new([]);

    private readonly Dictionary<string, ThroughputCapacity> _byTarget;

    internal CapacityBook(IEnumerable<ThroughputCapacity> entered) =>
        _byTarget = entered.ToDictionary(c => c.Target, StringComparer.OrdinalIgnoreCase);

    /// <summary>All entries, by target.</summary>
    public IReadOnlyList<ThroughputCapacity> All => [.. _byTarget.Values.OrderBy(c => c.Target, StringComparer.OrdinalIgnoreCase)];

    /// <summary>The entry of a target itself; null without.</summary>
    public ThroughputCapacity? Find(string target) => _byTarget.GetValueOrDefault(target);

    /// <summary>What holds for provisioned throughput: its own entry, else its model's; null without either. Model units of its own entry hold beside the model's capacity.</summary>
    public ThroughputCapacity? Of(string arn, string model)
    {
        var (own, ofModel) = (Find(arn), model.Length == 0 ? null : Find(model));
        if (own is { InputTokensPerMinute: null, OutputTokensPerMinute: null }) return ofModel is null ? null : ofModel with { ModelUnits = own.ModelUnits };
        return own ?? ofModel;
    }

    /// <summary>Differs when any entry does.</summary>
    internal string Fingerprint => string.Join(';', All.Select(c => FormattableString.Invariant($"{c.Target}/{c.InputTokensPerMinute}/{c.OutputTokensPerMinute}/{c.ModelUnits}")));

    internal static async Task<CapacityBook> ReadAsync(LedgerDb db, CancellationToken cancel)
    {
        var fact = await db.Facts.AsNoTracking().FirstOrDefaultAsync(f => f.Name == Fact, cancel);
        return fact is null || JsonSerializer.Deserialize<ThroughputCapacity[]>(fact.Value) is not { } entered ? Empty : new CapacityBook(entered);
    }

    /// <summary>Canonical model behind provisioned throughput as the inventory lists it; empty where that is not known.</summary>
    public static string ModelOf(ResourceSeen resource) =>
        resource.ModelArn.Length == 0 || ModelNameReader.Read(resource.ModelArn, "aws.bedrock") is not { IsResolved: true } model ? "" : model.Canonical;
}

/// <summary>Everything that is known of resources beside what they metered.</summary>
/// <param name="Resources">Every resource that was ever listed.</param>
internal sealed record ResourceBook(IReadOnlyList<ResourceSeen> Resources, CapacityBook Capacities)
{
    public static readonly ResourceBook Empty = new([], CapacityBook.Empty);

    public static async Task<ResourceBook> ReadAsync(LedgerDb db, CancellationToken cancel) =>
        new(await db.Resources.AsNoTracking().ToListAsync(cancel), await CapacityBook.ReadAsync(db, cancel));

    /// <summary>Differs when what provisioned throughput can carry does.</summary>
    public string Fingerprint => Resources.Any(r => r.Kind == ResourceKinds.ProvisionedThroughput) || Capacities.All.Count > 0
        ? DayPrint.Mark(Capacities.Fingerprint + '\n' + string.Join('\n', Resources.Where(r => r.Kind == ResourceKinds.ProvisionedThroughput).OrderBy(r => r.Arn, StringComparer.Ordinal)
            .Select(r => FormattableString.Invariant($"{r.Arn}/{r.ModelUnits}/{r.ModelArn}")))) : "";
}
