using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>Where people say what they make of a spike, and from when on one is raised.</summary>
public sealed class SpikeDesk(IDbContextFactory<LedgerDb> stores, WriteGate gate, LedgerChanges changes, Dimensions dimensions, SeriesReader series, TimeProvider clock)
{
    /// <summary>Longest comment kept.</summary>
    public const int CommentLimit = 2_000;

    /// <summary>Sets what was done about it. False when there is no such spike.</summary>
    public Task<bool> SetStatusAsync(long id, SpikeStatus status, string who, CancellationToken cancel = default) =>
        ChangeAsync(id, s => (s.Status, s.StatusBy, s.StatusAt) = (status, who, Now), cancel);

    /// <summary>Sets who looks after it; empty = nobody.</summary>
    public Task<bool> AssignAsync(long id, string owner, CancellationToken cancel = default) =>
        ChangeAsync(id, s => s.Owner = owner.Trim() is { Length: > 200 } o ? o[..200] : owner.Trim(), cancel);

    /// <summary>Adds a comment; null when there is no such spike.</summary>
    /// <exception cref="ArgumentException">Nothing was said.</exception>
    public async Task<SpikeComment?> CommentAsync(long id, string text, string who, CancellationToken cancel = default)
    {
        text = text.Trim();
        if (text.Length == 0) throw new ArgumentException("A comment says something.", nameof(text));
        var comment = new SpikeComment { SpikeId = id, At = Now, Who = who, Text = text.Length > CommentLimit ? text[..CommentLimit] : text };
        var isThere = await ChangeAsync(id, _ => { }, cancel, comment);
        return isThere ? comment : null;
    }

    /// <summary>Thresholds as set; scopes without a row have the built-in ones.</summary>
    public async Task<IReadOnlyList<SpikeThreshold>> ThresholdsAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.SpikeThresholds.AsNoTracking().OrderBy(t => t.Scope).ThenBy(t => t.ScopeId).ToListAsync(cancel);
    }

    /// <summary>Sets the thresholds of a scope, or of one value in it.</summary>
    /// <exception cref="ArgumentException">A floor below zero, or spreads out of 1–20.</exception>
    public async Task SetThresholdAsync(SpikeThreshold threshold, string who, CancellationToken cancel = default)
    {
        Check(threshold);
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var row = await db.SpikeThresholds.FindAsync([threshold.Scope, threshold.ScopeId], cancel);
            if (row is null) db.SpikeThresholds.Add(row = new SpikeThreshold { Scope = threshold.Scope, ScopeId = threshold.ScopeId });
            (row.IsOff, row.FloorNanoUsdPerHour, row.FloorNanoUsdPerDay, row.FloorTokensPerHour, row.Spreads) =
                (threshold.IsOff, threshold.FloorNanoUsdPerHour, threshold.FloorNanoUsdPerDay, threshold.FloorTokensPerHour, threshold.Spreads);
            (row.Who, row.At) = (who, Now);
            await db.SaveChangesAsync(cancel);
        }
        changes.Say(LedgerPart.Spikes);
    }

    /// <summary>Takes back what was set for a scope or for one value in it; false when nothing was.</summary>
    public async Task<bool> DropThresholdAsync(SpikeScope scope, int scopeId, CancellationToken cancel = default)
    {
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            if (await db.SpikeThresholds.FindAsync([scope, scopeId], cancel) is not { } row) return false;
            db.SpikeThresholds.Remove(row);
            await db.SaveChangesAsync(cancel);
        }
        changes.Say(LedgerPart.Spikes);
        return true;
    }

    /// <summary>
    /// What the last days would have raised with other thresholds beside the kept ones: the detector over the same data, each incident once.
    /// </summary>
    public async Task<IReadOnlyList<ReplayedSpike>> ReplayAsync(SpikeThreshold? instead, int days = 30, CancellationToken cancel = default)
    {
        if (instead is not null) Check(instead);
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var kept = (await db.SpikeThresholds.AsNoTracking().ToListAsync(cancel)).Where(t => instead is null || (t.Scope, t.ScopeId) != (instead.Scope, instead.ScopeId));
        var thresholds = new SpikeThresholds([.. kept, .. instead is null ? (SpikeThreshold[])[] : [instead]]);
        var from = Now.AddDays(-days);
        var all = await series.HoursAsync(db, Now, SeriesReader.DaysTaught + days, null, cancel);
        foreach (var (key, of) in await series.DaysAsync(db, Now, SeriesReader.DaysTaught + days, null, cancel)) all.Add(key, of);
        return
        [
            .. SpikeFindings.Of(all, thresholds.SettingsOf, from).Where(f => f.PartOf is null && f.End > from)
                .Select(f => new ReplayedSpike(f.Key.Scope, SpikeScopes.Name(dimensions, f.Key.Scope, f.Key.ScopeId), f.Key.Measure, f.Kind, f.Start, f.End, f.Seen, f.Expected)),
        ];
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private static void Check(SpikeThreshold t)
    {
        if (t.FloorNanoUsdPerHour < 0 || t.FloorNanoUsdPerDay < 0 || t.FloorTokensPerHour < 0) throw new ArgumentException("A floor cannot be below zero.");
        if (t.Spreads is not (>= 1 and <= 20)) throw new ArgumentException("Spreads lie between 1 and 20.");
    }

    private async Task<bool> ChangeAsync(long id, Action<Spike> change, CancellationToken cancel, SpikeComment? comment = null)
    {
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            if (await db.Spikes.FindAsync([id], cancel) is not { } spike) return false;
            change(spike);
            (spike.UpdatedAt, spike.Version) = (Now, spike.Version + 1);
            if (comment is not null) db.SpikeComments.Add(comment);
            await db.SaveChangesAsync(cancel);
        }
        changes.Say(LedgerPart.Spikes);
        return true;
    }
}

/// <summary>A spike that a replay would have raised; <paramref name="Seen"/> and <paramref name="Expected"/> in USD or tokens.</summary>
public sealed record ReplayedSpike(SpikeScope Scope, string ScopeName, SpikeMeasure Measure, SpikeKind Kind, DateTime Start, DateTime End, double Seen, double Expected);
