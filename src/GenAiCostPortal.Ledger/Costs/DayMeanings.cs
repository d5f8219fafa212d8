using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What a usage type of a service stands for in a region on a day, in numbers.</summary>
/// <param name="ListNanoUsd">Nano-USD per million tokens that its scale is read from; null without a price.</param>
internal sealed record DayMeaning(UsageTypeMeaning Meaning, int RegionId, int ProviderId, int ModelId, long? ListNanoUsd);

/// <summary>Looks up each kind of line of a day once: a large bill says the same few on tens of thousands of lines.</summary>
internal sealed class DayMeanings(LedgerDayReader reader, Dimensions dimensions, PriceFinder prices, DateOnly day)
{
    private readonly Dictionary<(int Service, int UsageType, int Region), DayMeaning> _known = [];

    public DayMeaning Of(BilledLine line)
    {
        var key = (line.BilledServiceId, line.UsageTypeId, line.RegionId);
        return _known.TryGetValue(key, out var known) ? known : _known[key] = Read(line);
    }

    private DayMeaning Read(BilledLine line)
    {
        var meaning = reader.Meaning(line.BilledServiceId, line.UsageTypeId);
        var region = line.RegionId != 0 ? line.RegionId : dimensions.Find(DimensionKind.Region, meaning.Region);
        return new DayMeaning(meaning, region, dimensions.Find(DimensionKind.Provider, meaning.Model?.Provider), dimensions.Find(DimensionKind.Model, meaning.Model?.Canonical),
            meaning is { Kind: { } kind, Model: { } model } ? PriceOf(model with { Scope = meaning.Scope }, meaning, kind, dimensions.Name(region)) : null);
    }

    // The scale rests on what the lists say; rates learnt from it must not decide it in turn.
    private long? PriceOf(ModelName model, UsageTypeMeaning meaning, TokenKind kind, string region) =>
        prices.FindList(model, meaning.Tier, meaning.Band, region, UtcTime.Start(day))?[kind] ?? prices.Find(model, meaning.Tier, meaning.Band, region, UtcTime.Start(day))?[kind];
}
