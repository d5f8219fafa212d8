namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>What can make a cost move (algorithms §7). Names in camelCase are the API's words.</summary>
public enum ChangeFactor : byte
{
    Requests = 0,
    CallsPerRequest = 1,
    /// <summary>Requests × calls per request, where requests are not known.</summary>
    Calls = 2,
    /// <summary>Which models, tiers and routing scopes the calls went to.</summary>
    Mix = 3,
    Retries = 4,
    PromptLength = 5,
    OutputLength = 6,
    CachedShare = 7,
    UnitPrice = 8,
    /// <summary>A feature that cost nothing before.</summary>
    New = 9,
    /// <summary>A feature that costs nothing any more.</summary>
    Ended = 10,
    /// <summary>Money that no recorded call stands behind.</summary>
    UnrecordedUsage = 11,
    /// <summary>A cost component that is not paid by the token.</summary>
    Component = 12,
    /// <summary>Credits, discounts, refunds, taxes and fees.</summary>
    Credits = 13,
    OffBill = 14,
    /// <summary>Of usage that only the bill tells of: how much was used.</summary>
    BilledQuantity = 15,
    /// <summary>Likewise: which usage types.</summary>
    BilledMix = 16,
    /// <summary>Likewise: what a unit cost.</summary>
    BilledRate = 17,
    /// <summary>Likewise, where the bill gives no quantity.</summary>
    BilledAmount = 18,
}

/// <summary>The unit of the figures that an effect goes from and to.</summary>
public enum ChangeUnit : byte { Usd, Requests, CallsPerRequest, Calls, TokensPerCall, ShareOfPrompt, ShareOfCalls, ShareOfAttempts, UsdPerMillion, Tokens }
