using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Settings;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Access;

/// <summary>A key as listed; the key itself is shown once, when it is made.</summary>
public sealed record ApiKeyItem(
    int Id, string Name, ApiKeyKind Kind, PortalRole Role, string Prefix, string? Team, string? Environment, string? AccountId,
    DateTime CreatedAt, DateTime? LastUsedAt, DateTime? RevokedAt);

/// <summary>Makes, checks and revokes keys. The store holds SHA-256 only.</summary>
public sealed class ApiKeys(IDbContextFactory<LedgerDb> stores, WriteGate gate, TimeProvider time, PortalSettings settings)
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UseNotedEvery = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, (ApiKey? Key, DateTime At)> _seen = new();
    private readonly byte[]? _bootstrapHash = settings.Access.BootstrapApiKey is { } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;

    /// <summary>The key that this text is, or null. A revoked key stops working within half a minute on every node.</summary>
    public async ValueTask<ApiKey?> FindAsync(string text, CancellationToken cancel = default)
    {
        if (text.Length is 0 or > 200) return null;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        if (_bootstrapHash is not null && CryptographicOperations.FixedTimeEquals(hash, _bootstrapHash))
            return new ApiKey { Name = "bootstrap key", Kind = ApiKeyKind.Api, Role = PortalRole.Administrator, Prefix = "", Hash = "" };
        var hex = Convert.ToHexStringLower(hash);
        var now = time.GetUtcNow().UtcDateTime;
        if (_seen.TryGetValue(hex, out var seen) && now - seen.At < KeepFor) return seen.Key;
        await using var db = await stores.CreateDbContextAsync(cancel);
        var key = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(k => k.Hash == hex && k.RevokedAt == null, cancel);
        if (_seen.Count > 10_000) _seen.Clear();
        _seen[hex] = (key, now);
        if (key is not null && (key.LastUsedAt is null || now - key.LastUsedAt > UseNotedEvery))
        {
            using var turn = await gate.EnterAsync(cancel);
            await db.ApiKeys.Where(k => k.Id == key.Id).ExecuteUpdateAsync(s => s.SetProperty(k => k.LastUsedAt, now), cancel);
        }
        return key;
    }

    /// <summary>Makes a key and gives its text, which nobody can see again.</summary>
    public async Task<string> CreateAsync(
        string name, ApiKeyKind kind, PortalRole role, string? team, string? environment, string? accountId, CancellationToken cancel = default)
    {
        var text = (kind == ApiKeyKind.Ingest ? "gcpi_" : "gcp_") + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        await using var db = await stores.CreateDbContextAsync(cancel);
        db.ApiKeys.Add(new ApiKey
        {
            Name = name,
            Kind = kind,
            Role = kind == ApiKeyKind.Ingest ? PortalRole.Viewer : role,
            Prefix = text[..9],
            Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
            Team = Given(team),
            Environment = Given(environment),
            AccountId = Given(accountId),
            CreatedAt = time.GetUtcNow().UtcDateTime,
        });
        using var turn = await gate.EnterAsync(cancel);
        await db.SaveChangesAsync(cancel);
        return text;
    }

    /// <summary>Ends a key; its row stays for the action log.</summary>
    public async Task RevokeAsync(int id, CancellationToken cancel = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await stores.CreateDbContextAsync(cancel);
        using (await gate.EnterAsync(cancel))
            await db.ApiKeys.Where(k => k.Id == id && k.RevokedAt == null).ExecuteUpdateAsync(s => s.SetProperty(k => k.RevokedAt, now), cancel);
        _seen.Clear();
    }

    public async Task<IReadOnlyList<ApiKeyItem>> ListAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.ApiKeys.AsNoTracking().OrderBy(k => k.Name).ThenBy(k => k.Id)
            .Select(k => new ApiKeyItem(k.Id, k.Name, k.Kind, k.Role, k.Prefix, k.Team, k.Environment, k.AccountId, k.CreatedAt, k.LastUsedAt, k.RevokedAt))
            .ToListAsync(cancel);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
