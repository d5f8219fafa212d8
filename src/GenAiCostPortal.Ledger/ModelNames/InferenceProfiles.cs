using System.Collections.Concurrent;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>A profile whose model is not known: its calls and metrics stand under its ARN, without a price.</summary>
/// <param name="Problem">Why Bedrock did not tell, in our words; empty while it was not asked.</param>
/// <param name="AskedAt">UTC; null while it was not asked.</param>
public sealed record UnresolvedProfile(string Arn, string Problem, DateTime? AskedAt);

/// <summary>
/// Keeps the application inference profiles, makes their models known to <see cref="ProfileModels"/>, and tells which of those that
/// were seen have none.
/// </summary>
public sealed class InferenceProfiles(IDbContextFactory<LedgerDb> stores, WriteGate gate, Dimensions dimensions, LedgerChanges changes)
{
    private const int RowsPerTransaction = 300, LongestArn = 256, MostNoted = 10_000;

    private readonly ConcurrentDictionary<string, UnresolvedProfile> _unresolved = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile bool _isLoaded;

    /// <summary>Makes every stored profile's model known; later calls return at once.</summary>
    public async Task LoadAsync(CancellationToken cancel = default)
    {
        if (_isLoaded) return;
        await _loading.WaitAsync(cancel);
        try
        {
            if (_isLoaded) return;
            await dimensions.LoadAsync(cancel);
            await using var db = await stores.CreateDbContextAsync(cancel);
            foreach (var profile in await db.InferenceProfiles.AsNoTracking().ToListAsync(cancel)) Take(profile);
            _isLoaded = true;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Profiles without a model, by ARN: of calls and metrics (as models of the store), of log records, of listings.</summary>
    public IReadOnlyList<UnresolvedProfile> Unresolved =>
    [
        .. Models.Concat(_unresolved.Keys).Distinct().Where(arn => ProfileModels.Find(arn) is null).Order(StringComparer.Ordinal)
            .Select(arn => _unresolved.GetValueOrDefault(arn) ?? new UnresolvedProfile(arn, "", null)),
    ];

    /// <summary>Profiles that calls are stored under and whose model is known by now.</summary>
    internal IReadOnlyList<string> ResolvedModels => [.. Models.Where(arn => ProfileModels.Find(arn) is not null)];

    private IEnumerable<string> Models => dimensions.All(DimensionKind.Model).Select(m => m.Name).Where(ProfileModels.IsProfile);

    /// <summary>Notes a profile that something named, and, where it could not be asked about, why. The store keeps nothing of it.</summary>
    public void Note(string arn, string problem = "")
    {
        if (!ProfileModels.IsProfile(arn) || arn.Length >= LongestArn || _unresolved.Count >= MostNoted || ProfileModels.Find(arn) is not null) return;
        if (problem.Length > 0) _unresolved[arn] = new UnresolvedProfile(arn, problem, null);
        else _unresolved.TryAdd(arn, new UnresolvedProfile(arn, "", null));
    }

    /// <summary>
    /// Keeps profiles as read now. A profile never changes its model: the model that is known stays. Empty tags were not read, and
    /// those that are known stay too. Returns how many were new.
    /// </summary>
    public async Task<int> WriteAsync(IReadOnlyCollection<InferenceProfile> profiles, CancellationToken cancel = default)
    {
        var added = 0;
        foreach (var chunk in profiles.DistinctBy(p => p.Arn).Chunk(RowsPerTransaction))
        {
            using var turn = await gate.EnterAsync(cancel);
            await using var db = await stores.CreateDbContextAsync(cancel);
            var arns = chunk.Select(p => p.Arn).ToList();
            var known = await db.InferenceProfiles.Where(p => arns.Contains(p.Arn)).ToDictionaryAsync(p => p.Arn, cancel);
            foreach (var profile in chunk)
            {
                if (!known.TryGetValue(profile.Arn, out var row))
                {
                    if (profile.Tags == "") profile.Tags = "{}";
                    db.InferenceProfiles.Add(profile);
                    added++;
                    continue;
                }
                (row.Name, row.ReadAt) = (profile.Name == "" ? row.Name : profile.Name, profile.ReadAt);
                if (profile.Tags != "") row.Tags = profile.Tags;
                if (row.ModelId == "") (row.ModelId, row.Problem) = (profile.ModelId, profile.Problem);
            }
            await db.SaveChangesAsync(cancel);
        }
        foreach (var profile in profiles) Take(profile);
        changes.Say(LedgerPart.Prices);
        return added;
    }

    private void Take(InferenceProfile profile)
    {
        if (ProfileModels.Find(profile.Arn) is null) ProfileModels.Learn(profile.Arn, profile.ModelId);
        if (ProfileModels.Find(profile.Arn) is not null) _unresolved.TryRemove(profile.Arn, out _);
        else _unresolved[profile.Arn] = new UnresolvedProfile(profile.Arn, profile.Problem, profile.ReadAt);
    }
}
