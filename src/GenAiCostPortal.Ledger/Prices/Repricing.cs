using GenAiCostPortal.Ledger.ModelNames;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>The two ways of pricing the past anew (algorithms §3); neither ever uses today's price for the past.</summary>
public enum RepricingOperation : byte
{
    /// <summary>Usage without a price, or without one for some kinds, gets the price that held then.</summary>
    FillGaps = 0,
    /// <summary>Usage that carried a wrong price gets the right one.</summary>
    Correct = 1,
}

/// <summary>How far a re-pricing has come.</summary>
public enum RepricingState : byte { Waiting = 0, Running = 1, Done = 2, Undoing = 3, Undone = 4 }

/// <summary>A re-pricing of past usage: what was asked, by whom, what it moved. Kept for ever.</summary>
public sealed class Repricing
{
    public int Id { get; set; }
    public RepricingOperation Operation { get; set; }
    /// <summary>First day, UTC.</summary>
    public DateOnly FirstDay { get; set; }
    /// <summary>Last day, UTC, inclusive.</summary>
    public DateOnly LastDay { get; set; }
    /// <summary>Correct: only usage that carried this price; 0 = every usage for which <see cref="PriceId"/> is the price.</summary>
    public int FromPriceId { get; set; }
    /// <summary>Correct: the right price. Fill gaps: 0.</summary>
    public int PriceId { get; set; }
    public RepricingState State { get; set; }
    /// <summary>The next day to work on; an interrupted run goes on there.</summary>
    public DateOnly NextDay { get; set; }
    public DateTime AskedAt { get; set; }
    public string Who { get; set; } = "";
    public DateTime? EndedAt { get; set; }
    public DateTime? UndoneAt { get; set; }
    public string UndoneBy { get; set; } = "";
    /// <summary>Days with usage that it touched.</summary>
    public int Days { get; set; }
    public long Calls { get; set; }
    public long Tokens { get; set; }
    public long BeforeNanoUsd { get; set; }
    public long AfterNanoUsd { get; set; }
}

/// <summary>
/// Which price stands in the place of another: for the usage of one day and price key, whoever owns it. Calls that come late or
/// change their owner are thereby priced like the others.
/// </summary>
public sealed class RepricedUsage
{
    public long Id { get; set; }
    public int RepricingId { get; set; }
    public DateOnly Day { get; set; }
    public int AccountId { get; set; }
    public int RegionId { get; set; }
    public int ModelId { get; set; }
    public ServiceTier Tier { get; set; }
    public RoutingScope Scope { get; set; }
    public ContextBand Band { get; set; }
    /// <summary>The price it carried; 0 = none.</summary>
    public int FromPriceId { get; set; }
    public int ToPriceId { get; set; }
    public long Calls { get; set; }
    public long Tokens { get; set; }
    public long BeforeNanoUsd { get; set; }
    public long AfterNanoUsd { get; set; }
}
