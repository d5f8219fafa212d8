using System.Text.Json;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Alerts;

/// <summary>A channel as people set it. USD.</summary>
/// <param name="QuietFrom">Both null = no quiet hours.</param>
public sealed record ChannelDraft(
    string Name, ChannelKind Kind, bool IsOn, decimal LeastImpactUsd, IReadOnlyList<string> Features, TimeOnly? QuietFrom, TimeOnly? QuietTo, string QuietZone, decimal? LoudFromUsd);

/// <summary>The channels that alerts go to.</summary>
public sealed class AlertChannels(IDbContextFactory<LedgerDb> stores, WriteGate gate, LedgerChanges changes, TimeProvider clock)
{
    /// <summary>Channels kept.</summary>
    public const int Most = 50;

    /// <summary>All, by name.</summary>
    public async Task<IReadOnlyList<AlertChannel>> ReadAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.AlertChannels.AsNoTracking().OrderBy(c => c.Name).ThenBy(c => c.Id).ToListAsync(cancel);
    }

    /// <summary>Why this cannot be kept, in words; empty when it can.</summary>
    public static string Mistake(ChannelDraft draft)
    {
        if (draft.Name.Trim().Length is 0 or > 100) return "Give the channel a name of at most 100 characters.";
        if (draft.LeastImpactUsd < 0 || draft.LoudFromUsd < 0) return "An amount cannot be below zero.";
        if (draft.LeastImpactUsd > 1_000_000_000 || draft.LoudFromUsd > 1_000_000_000) return "An amount is at most $1,000,000,000.";
        if (draft.QuietFrom is null != draft.QuietTo is null) return "Quiet hours need a beginning and an end.";
        if (draft.QuietFrom is not null && draft.QuietFrom == draft.QuietTo) return "Quiet hours that begin and end at the same minute would never end; switch the channel off instead.";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(draft.QuietZone, out _)) return $"'{draft.QuietZone}' is no time zone; write one such as Europe/Berlin or UTC.";
        return draft.Features.Any(f => f.Length > 200) || draft.Features.Count > 100 ? "Name at most 100 features." : "";
    }

    /// <summary>Adds a channel, or changes it when <paramref name="id"/> is given.</summary>
    /// <param name="secret">Its address, encrypted; null keeps the one it has.</param>
    /// <returns>Its number; null when there is none of that number.</returns>
    /// <exception cref="ArgumentException">The draft has a <see cref="Mistake"/>, or a new channel no address.</exception>
    public async Task<int?> SaveAsync(ChannelDraft draft, int? id, (string Secret, string Hint)? secret, CancellationToken cancel = default)
    {
        if (Mistake(draft) is { Length: > 0 } mistake) throw new ArgumentException(mistake, nameof(draft));
        if (id is null && secret is null) throw new ArgumentException("A channel needs an address.", nameof(secret));
        AlertChannel? row;
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            if (id is null && await db.AlertChannels.CountAsync(cancel) >= Most) throw new ArgumentException("No more than 50 channels are kept.", nameof(draft));
            row = id is { } known ? await db.AlertChannels.FindAsync([known], cancel) : new AlertChannel { Name = draft.Name, CreatedAt = clock.GetUtcNow().UtcDateTime };
            if (row is null) return null;
            Fill(row, draft, secret);
            if (id is null) db.AlertChannels.Add(row);
            await db.SaveChangesAsync(cancel);
        }
        changes.Say(LedgerPart.Alerts);
        return row.Id;
    }

    /// <summary>Removes a channel; what it was told stays in the log. False when there is none.</summary>
    public async Task<bool> RemoveAsync(int id, CancellationToken cancel = default)
    {
        int gone;
        using (await gate.EnterAsync(cancel))
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            gone = await db.AlertChannels.Where(c => c.Id == id).ExecuteDeleteAsync(cancel);
        }
        if (gone > 0) changes.Say(LedgerPart.Alerts);
        return gone > 0;
    }

    /// <summary>A stored channel as people set it.</summary>
    public static ChannelDraft DraftOf(AlertChannel c) => new(c.Name, c.Kind, c.IsOn, Money.ToUsd(c.LeastImpactNanoUsd), JsonSerializer.Deserialize<string[]>(c.Features) ?? [],
        c.QuietFromMinute is { } from ? TimeOnly.MinValue.AddMinutes(from) : null, c.QuietToMinute is { } to ? TimeOnly.MinValue.AddMinutes(to) : null, c.QuietZone,
        c.LoudFromNanoUsd is { } loud ? Money.ToUsd(loud) : null);

    private static void Fill(AlertChannel row, ChannelDraft draft, (string Secret, string Hint)? secret)
    {
        (row.Name, row.Kind, row.IsOn) = (draft.Name.Trim(), draft.Kind, draft.IsOn);
        row.LeastImpactNanoUsd = Money.ToNanoUsd(draft.LeastImpactUsd);
        row.LoudFromNanoUsd = draft.LoudFromUsd is { } loud ? Money.ToNanoUsd(loud) : null;
        row.Features = JsonSerializer.Serialize(draft.Features.Select(f => f.Trim()).Where(f => f.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase));
        (row.QuietFromMinute, row.QuietToMinute, row.QuietZone) = (MinuteOf(draft.QuietFrom), MinuteOf(draft.QuietTo), draft.QuietZone);
        if (secret is { } given) (row.Secret, row.Hint) = given;
    }

    private static int? MinuteOf(TimeOnly? time) => time is { } t ? t.Hour * 60 + t.Minute : null;
}
