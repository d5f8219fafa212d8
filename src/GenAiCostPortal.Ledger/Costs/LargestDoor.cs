using System.Numerics;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Each door sees a part of the same calls; what could be told to be one call is one already. Of the rest a feature has used what
/// the door says that saw most of it (algorithms §4, t_f): the sum of all doors would count calls twice.
/// </summary>
internal static class LargestDoor
{
    public static void Keep(IReadOnlyList<KindClaim> claims)
    {
        foreach (var feature in claims.GroupBy(c => c.Claim.FeatureId))
        {
            var all = feature.ToList();
            if (all.TrueForAll(c => c.Claim.Doors == all[0].Claim.Doors)) continue;
            var counted = 0m;
            // Summed logs were weighed against the calls of all doors there when they were booked: these add up.
            foreach (var place in all.Where(c => c.Claim.IsPlaced).GroupBy(c => (c.Claim.AccountId, c.Claim.RegionId)).Where(p => !p.Any(IsSummed)))
            {
                var best = Best([.. place]);
                foreach (var claim in place)
                    if (Saw(claim, best)) counted += claim.Left;
                    else claim.Left = 0;
            }
            if (!all.Exists(IsSummed)) KeepUnplaced(all, counted);
        }
    }

    /// <summary>Of the calls of one feature in one place, those that the door saw which saw most of them; all of them where summed logs were weighed against them.</summary>
    public static IReadOnlyList<T> Seen<T>(IReadOnlyList<T> ofFeature, Func<T, Doors> doors, Func<T, decimal> amount)
    {
        if (ofFeature.All(c => doors(c) == doors(ofFeature[0])) || ofFeature.Any(c => (doors(c) & Doors.Summed) != 0)) return ofFeature;
        var best = Enum.GetValues<Doors>().Where(d => BitOperations.IsPow2((int)d)).OrderBy(d => d)
            .MaxBy(d => ofFeature.Where(c => (doors(c) & d) != 0).Select(c => amount(c) + 1).Sum());
        return [.. ofFeature.Where(c => (doors(c) & best) != 0)];
    }

    // Calls that do not say their place may be those that another door placed: only what goes beyond those is new.
    private static void KeepUnplaced(List<KindClaim> all, decimal counted)
    {
        var unplaced = all.FindAll(c => !c.Claim.IsPlaced);
        if (unplaced.Count == 0) return;
        var best = Best(all);
        var seen = unplaced.Where(c => Saw(c, best)).Sum(c => c.Left);
        var beyond = Math.Max(0, all.Where(c => Saw(c, best)).Sum(c => c.All) - counted);
        var keep = seen > 0 ? Math.Min(1, beyond / seen) : 0;
        foreach (var claim in unplaced) claim.Left = Saw(claim, best) ? claim.Left * keep : 0;
    }

    private static Doors Best(IReadOnlyList<KindClaim> claims)
    {
        var (best, most) = (Doors.None, -1m);
        for (var bit = 1; bit <= BitOperations.RoundUpToPowerOf2((uint)claims.Max(c => (int)c.Claim.Doors)); bit <<= 1)
        {
            var sum = claims.Where(c => Saw(c, (Doors)bit)).Sum(c => c.All);
            if (sum > most) (best, most) = ((Doors)bit, sum);
        }
        return best;
    }

    private static bool IsSummed(KindClaim claim) => Saw(claim, Doors.Summed);

    private static bool Saw(KindClaim claim, Doors door) => (claim.Claim.Doors & door) != 0;
}
