using System.Security.Cryptography;
using System.Text;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Store;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Access;

/// <summary>How a sign-in went.</summary>
public sealed record SignInOutcome(PortalUser? User, DateTime? LockedUntil);

/// <summary>Local accounts: the first administrator by a one-time token printed at the first start, then by administrators.</summary>
public sealed class LocalAccounts(IDbContextFactory<LedgerDb> stores, WriteGate gate, TimeProvider time)
{
    public const int ShortestPassword = 12;
    private const string SetUpToken = "set-up-token";
    private const int AttemptsBeforeLock = 5;
    private static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(15);
    private static readonly PasswordHasher<PortalUser> Hasher = new();
    // Checked when the name is unknown, so that the answer takes as long as for a known one.
    private static readonly PortalUser Nobody = new() { Name = "", PasswordHash = Hasher.HashPassword(null!, "nobody's password"), SecurityStamp = "" };

    public async Task<bool> AnyAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.Users.AnyAsync(cancel);
    }

    /// <summary>A fresh set-up token while there is no account, else null. The last one printed is the one that holds.</summary>
    public async Task<string?> IssueSetUpTokenAsync(CancellationToken cancel = default)
    {
        if (await AnyAsync(cancel)) return null;
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await using var db = await stores.CreateDbContextAsync(cancel);
        using var turn = await gate.EnterAsync(cancel);
        await db.Facts.Where(f => f.Name == SetUpToken).ExecuteDeleteAsync(cancel);
        db.Facts.Add(new StoreFact { Name = SetUpToken, Value = Hash(token) });
        await db.SaveChangesAsync(cancel);
        return token;
    }

    /// <summary>Creates the first administrator if the token is right and unused; returns what is wrong, or null.</summary>
    public async Task<string?> SetUpAsync(string token, string name, string password, CancellationToken cancel = default)
    {
        if (Wrong(name, password) is { } wrong) return wrong;
        await using var db = await stores.CreateDbContextAsync(cancel);
        using var turn = await gate.EnterAsync(cancel);
        if (await db.Users.AnyAsync(cancel)) return "The portal has an administrator already. Sign in.";
        var kept = await db.Facts.FirstOrDefaultAsync(f => f.Name == SetUpToken, cancel);
        if (kept is null || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(kept.Value), Encoding.ASCII.GetBytes(Hash(token.Trim()))))
            return "The token is not the one that the portal printed when it started.";
        db.Facts.Remove(kept);
        db.Users.Add(NewUser(name, password, PortalRole.Administrator));
        await db.SaveChangesAsync(cancel);
        return null;
    }

    /// <summary>Adds a person; returns what is wrong, or null.</summary>
    public async Task<string?> AddAsync(string name, string password, PortalRole role, CancellationToken cancel = default)
    {
        if (Wrong(name, password) is { } wrong) return wrong;
        await using var db = await stores.CreateDbContextAsync(cancel);
        using var turn = await gate.EnterAsync(cancel);
        if (await db.Users.AnyAsync(u => u.Name == name.Trim(), cancel)) return "That name is taken.";
        db.Users.Add(NewUser(name, password, role));
        await db.SaveChangesAsync(cancel);
        return null;
    }

    /// <summary>Checks name and password; five wrong ones lock the account for 15 minutes.</summary>
    public async Task<SignInOutcome> SignInAsync(string name, string password, CancellationToken cancel = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await stores.CreateDbContextAsync(cancel);
        var user = await db.Users.FirstOrDefaultAsync(u => u.Name == name.Trim(), cancel);
        if (user?.LockedUntil > now) return new(null, user.LockedUntil);
        var right = Hasher.VerifyHashedPassword(user ?? Nobody, (user ?? Nobody).PasswordHash, password) != PasswordVerificationResult.Failed;
        if (user is null) return new(null, null);
        if (right)
        {
            (user.FailedSignIns, user.LockedUntil, user.LastSignInAt) = (0, null, now);
        }
        else if (++user.FailedSignIns >= AttemptsBeforeLock)
        {
            (user.FailedSignIns, user.LockedUntil) = (0, now + LockedFor);
        }
        using (await gate.EnterAsync(cancel)) await db.SaveChangesAsync(cancel);
        return new(right ? user : null, user.LockedUntil);
    }

    /// <summary>Whether a signed-in person is still who the cookie says.</summary>
    public async Task<bool> StillHoldsAsync(int userId, string stamp, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.Users.AnyAsync(u => u.Id == userId && u.SecurityStamp == stamp, cancel);
    }

    public async Task<IReadOnlyList<(int Id, string Name, PortalRole Role, DateTime? LastSignInAt)>> ListAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var users = await db.Users.AsNoTracking().OrderBy(u => u.Name).ToListAsync(cancel);
        return [.. users.Select(u => (u.Id, u.Name, u.Role, u.LastSignInAt))];
    }

    private PortalUser NewUser(string name, string password, PortalRole role)
    {
        var user = new PortalUser
        {
            Name = name.Trim(),
            PasswordHash = "",
            Role = role,
            CreatedAt = time.GetUtcNow().UtcDateTime,
            SecurityStamp = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
        };
        user.PasswordHash = Hasher.HashPassword(user, password);
        return user;
    }

    private static string? Wrong(string name, string password) =>
        name.Trim().Length is 0 or > 100 ? "Give a name of up to 100 characters."
        : password.Length < ShortestPassword ? $"The password needs at least {ShortestPassword} characters."
        : password.Length > 256 ? "The password is longer than 256 characters."
        : null;

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
