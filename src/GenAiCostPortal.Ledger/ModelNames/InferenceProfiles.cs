using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>Keeps the application inference profiles and makes their models known to <see cref="ProfileModels"/>.</summary>
public sealed class InferenceProfiles(IDbContextFactory<LedgerDb> stores, WriteGate gate)
{
    private const int RowsPerTransaction = 300;

    /// <summary>Makes every stored profile's model known; once, at start.</summary>
    public async Task LoadAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        foreach (var profile in await db.InferenceProfiles.AsNoTracking().Where(p => p.ModelId != "").ToListAsync(cancel))
            ProfileModels.Learn(profile.Arn, profile.ModelId);
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
                (row.Name, row.ReadAt) = (profile.Name, profile.ReadAt);
                if (profile.Tags != "") row.Tags = profile.Tags;
                if (row.ModelId == "") (row.ModelId, row.Problem) = (profile.ModelId, profile.Problem);
            }
            await db.SaveChangesAsync(cancel);
        }
        foreach (var profile in profiles.Where(p => ProfileModels.Find(p.Arn) is null)) ProfileModels.Learn(profile.Arn, profile.ModelId);
        return added;
    }
}
