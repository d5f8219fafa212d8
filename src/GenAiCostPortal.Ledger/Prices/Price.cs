using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>Where a price comes from, in order of trust within a day (algorithms §3).</summary>
/// <remarks>Filled rows complete a price that lacked kinds, for past usage only (<see cref="Repricing"/>); no call is ever looked up at one.</remarks>
public enum PriceSource : byte { AwsPriceList = 0, AwsQuote = 1, PublicList = 2, Derived = 3, Override = 4, Learnt = 5, Filled = 6 }

/// <summary>
/// What one model costs from a date on, under a tier, routing scope, region and context band. USD, nano-USD per million tokens;
/// null = no price for that kind. Rows are never changed: a new price is a new row, so history stays what it was.
/// </summary>
public sealed class Price
{
    public int Id { get; set; }
    /// <summary>Canonical model id.</summary>
    public required string Model { get; set; }
    public required string Provider { get; set; }
    public ServiceTier Tier { get; set; }
    public RoutingScope Scope { get; set; }
    /// <summary>Empty = any region; a trailing <c>*</c> means every region that begins so (<c>eu-*</c>).</summary>
    public string Region { get; set; } = "";
    public ContextBand Band { get; set; }
    /// <summary>Account a learnt price was seen in; empty = every account.</summary>
    public string Account { get; set; } = "";
    /// <summary>First day it holds, UTC; null = the start is not known (open).</summary>
    public DateOnly? EffectiveFrom { get; set; }
    public PriceSource Source { get; set; }
    /// <summary>Which list or quote, and when it was read.</summary>
    public string Provenance { get; set; } = "";
    /// <summary>Day it was read or entered; of a learnt price the last day on which the bill showed it.</summary>
    public DateOnly? ReadOn { get; set; }
    public long? InputNanoUsd { get; set; }
    public long? CacheReadNanoUsd { get; set; }
    public long? CacheWrite5mNanoUsd { get; set; }
    public long? CacheWrite30mNanoUsd { get; set; }
    public long? CacheWrite1hNanoUsd { get; set; }
    public long? OutputNanoUsd { get; set; }

    /// <summary>Nano-USD per million tokens of a kind, or null.</summary>
    public long? this[TokenKind kind] => kind switch
    {
        TokenKind.Input => InputNanoUsd,
        TokenKind.CacheRead => CacheReadNanoUsd,
        TokenKind.CacheWrite5m => CacheWrite5mNanoUsd,
        TokenKind.CacheWrite30m => CacheWrite30mNanoUsd,
        TokenKind.CacheWrite1h => CacheWrite1hNanoUsd,
        TokenKind.Output => OutputNanoUsd,
        _ => null,
    };
}
