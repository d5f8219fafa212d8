using System.Globalization;

namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>The first words about a spike: of drops the feeds, of tokens their number, then the explanation.</summary>
internal static class SpikeText
{
    private static readonly CultureInfo C = CultureInfo.InvariantCulture;

    public static string Of(Spike spike, string explanation)
    {
        var first = spike.Kind switch
        {
            SpikeKind.Drop => spike.FeedHealth.Length > 0 ? spike.FeedHealth + " " : "Far below the usual; no feed reports trouble. ",
            SpikeKind.Ramp => "Growing day after day. ",
            SpikeKind.LevelShift => "Higher for 72 hours, now the usual level. ",
            _ => "",
        };
        if (spike.Measure == SpikeMeasure.Tokens) first += string.Create(C, $"{spike.Seen:#,0} tokens instead of {spike.Expected:#,0}. ");
        return first + explanation;
    }

    public static string OfPart(Spike spike) => spike.Measure == SpikeMeasure.Tokens
        ? string.Create(C, $"{spike.Seen:#,0} tokens instead of {spike.Expected:#,0}.")
        : string.Create(C, $"${spike.Seen:#,0.00} instead of ${spike.Expected:#,0.00}.");
}
