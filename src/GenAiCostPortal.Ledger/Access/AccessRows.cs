namespace GenAiCostPortal.Ledger.Access;

/// <summary>What someone may do. Each role includes the ones before it.</summary>
public enum PortalRole : byte { Viewer = 0, Analyst = 1, Operator = 2, Administrator = 3 }

/// <summary>A person with a local account.</summary>
public sealed class PortalUser
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public required string PasswordHash { get; set; }
    public PortalRole Role { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime? LastSignInAt { get; set; }
    public int FailedSignIns { get; set; }
    public DateTime? LockedUntil { get; set; }
    /// <summary>Changes with the password, so that old sign-ins end.</summary>
    public required string SecurityStamp { get; set; }
}

/// <summary>What a key opens.</summary>
public enum ApiKeyKind : byte { Api = 0, Ingest = 1 }

/// <summary>A key, hashed. Ingest keys may only send, and may say whose traffic it is.</summary>
public sealed class ApiKey
{
    public int Id { get; set; }
    public required string Name { get; set; }
    public ApiKeyKind Kind { get; set; }
    public PortalRole Role { get; set; }
    /// <summary>First characters, to recognise it by.</summary>
    public required string Prefix { get; set; }
    /// <summary>SHA-256 of the whole key, hex; keys are 256 random bits, so no slow hash is needed.</summary>
    public required string Hash { get; set; }
    /// <summary>Owners that traffic under this key belongs to where it does not say itself; null = not bound.</summary>
    public string? Team { get; set; }
    public string? Environment { get; set; }
    public string? AccountId { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime? LastUsedAt { get; set; }
    public DateTime? RevokedAt { get; set; }
}

/// <summary>Who did what, when, with what outcome.</summary>
public sealed class ActionRecord
{
    public long Id { get; set; }
    public DateTime At { get; set; }
    public required string Who { get; set; }
    public required string Action { get; set; }
    public string Target { get; set; } = "";
    public string Outcome { get; set; } = "";
}

/// <summary>Small facts of the store: whether it is a sample, the prompt-hash key, the set-up token's hash.</summary>
public sealed class StoreFact
{
    public required string Name { get; set; }
    public required string Value { get; set; }
}
