using System.Text.Json;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>The owner keys as people set them in the portal. What is set there goes before the configuration, from the next span on.</summary>
public sealed class OwnerSettings(IDbContextFactory<LedgerDb> stores, WriteGate gate, OwnerKeys keys, LedgerChanges changes)
{
    /// <summary>Keys kept per list; more would slow every span.</summary>
    public const int KeysAtMost = 20;
    /// <summary>Characters kept per key.</summary>
    public const int KeyLength = 200;

    /// <summary>Services that the GenAI list may name.</summary>
    public const int ServicesAtMost = 50;

    private const string Fact = "owners.keys";
    private readonly OwnerKeys _configured = keys.Copy();

    /// <summary>What configuration says.</summary>
    public OwnerKeys Configured => _configured.Copy();

    /// <summary>What holds now.</summary>
    public OwnerKeys Current => keys.Copy();

    /// <summary>Whether the portal's own setting holds, not the configuration.</summary>
    public bool IsSet { get; private set; }

    /// <summary>Puts what was set in the portal into force; at start.</summary>
    public async Task LoadAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var fact = await db.Facts.AsNoTracking().FirstOrDefaultAsync(f => f.Name == Fact, cancel);
        if (fact is null || JsonSerializer.Deserialize<OwnerKeys>(fact.Value) is not { } set) return;
        keys.Take(set);
        IsSet = true;
    }

    /// <summary>Why these keys cannot be kept, in words; empty when they can.</summary>
    public static string Mistake(OwnerKeys proposed)
    {
        var lists = new[] { proposed.FeatureAttributes, proposed.TeamAttributes, proposed.ApplicationAttributes, proposed.EnvironmentAttributes };
        if (lists.Any(l => l.Count > KeysAtMost)) return $"At most {KeysAtMost} attributes can be named for one owner.";
        if (lists.Any(l => l.Any(k => k.Length > KeyLength))) return $"An attribute name has at most {KeyLength} characters.";
        if (proposed.FeatureAttributes.Count == 0) return "Name at least one attribute for the feature: without it no call has one.";
        var tags = proposed.TagKeys;
        if (new[] { tags.Feature, tags.Team, tags.Application, tags.Environment, tags.Model }.Any(t => t.Length is 0 or > 128)) return "A tag key has 1 to 128 characters.";
        if (proposed.GenAiServices.Count is 0 or > ServicesAtMost) return $"The GenAI list names 1 to {ServicesAtMost} AWS services.";
        if (proposed.GenAiServices.Any(s => s.Length > KeyLength || s.All(c => c is '*' or ' '))) return $"A service on the GenAI list has a name, at most {KeyLength} characters; * alone would be the whole bill.";
        return "";
    }

    /// <summary>Keeps new keys and puts them into force.</summary>
    /// <exception cref="ArgumentException">They have a <see cref="Mistake"/>.</exception>
    public Task SaveAsync(OwnerKeys proposed, CancellationToken cancel = default) =>
        Mistake(proposed) is { Length: > 0 } mistake ? throw new ArgumentException(mistake, nameof(proposed)) : StoreAsync(proposed.Copy(), cancel);

    /// <summary>Goes back to the configuration.</summary>
    public Task ResetAsync(CancellationToken cancel = default) => StoreAsync(null, cancel);

    private async Task StoreAsync(OwnerKeys? set, CancellationToken cancel)
    {
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var fact = await db.Facts.FirstOrDefaultAsync(f => f.Name == Fact, cancel);
            if (set is null)
            {
                if (fact is not null) db.Facts.Remove(fact);
            }
            else if (fact is null) db.Facts.Add(new StoreFact { Name = Fact, Value = JsonSerializer.Serialize(set) });
            else fact.Value = JsonSerializer.Serialize(set);
            await db.SaveChangesAsync(cancel);
        }
        keys.Take(set ?? _configured);
        IsSet = set is not null;
        changes.Say(LedgerPart.Settings);
    }
}
