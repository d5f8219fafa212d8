namespace GenAiCostPortal.Ledger.Spikes;

/// <summary>A finding with its times.</summary>
public sealed record FoundSpike(SeriesKey Key, SpikeKind Kind, DateTime Start, DateTime End, bool IsRunning, double Seen, double Expected, double PeakSpreads)
{
    /// <summary>The narrower finding that explains most of this one.</summary>
    public FoundSpike? PartOf { get; set; }
    public double Excess => Math.Abs(Seen - Expected);
    public bool Overlaps(FoundSpike other) => Start < other.End && other.Start < End;
}

/// <summary>Runs the detector over many series and keeps each incident once: by its narrowest scope, and as cost before tokens.</summary>
internal static class SpikeFindings
{
    // A feature says most about who, a model about what; an account and the total only where these say nothing.
    private static readonly SpikeScope[] NarrowFirst = [SpikeScope.Feature, SpikeScope.Model, SpikeScope.Account, SpikeScope.Total];
    private const double Explains = 0.6, Many = 10;

    public static List<FoundSpike> Of(IReadOnlyDictionary<SeriesKey, SpikeSeries> series, Func<SeriesKey, SpikeSettings?> settings, DateTime testedFrom, DateTime? daysTestedFrom = null)
    {
        var all = new List<FoundSpike>();
        var gate = new Lock();
        Parallel.ForEach(series, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount) }, one =>
        {
            if (settings(one.Key) is not { } limits) return;
            var of = one.Value;
            var from = Math.Max(0, (int)Math.Floor(((one.Key.Grain == SpikeGrain.Day ? daysTestedFrom ?? testedFrom : testedFrom) - of.Start) / of.Steps.Length));
            var found = Detector.Read(of, limits, from).Findings.Where(f => f.End > from)
                .Select(f => new FoundSpike(one.Key, f.Kind, of.TimeOf(f.Start), of.TimeOf(f.End), f.IsRunning, f.Seen, f.Expected, f.PeakSpreads)).ToList();
            lock (gate) all.AddRange(found);
        });
        all.RemoveAll(f => f.Key.Measure == SpikeMeasure.Tokens && !Matters(f, series, settings(f.Key)!));
        return Once([.. all.OrderBy(f => f.Start).ThenBy(f => f.Key.Scope).ThenBy(f => f.Key.ScopeId)]);
    }

    /// <summary>Tokens are news of their own where they have no price, or by the million an hour for two hours or more; else money says it better.</summary>
    private static bool Matters(FoundSpike found, IReadOnlyDictionary<SeriesKey, SpikeSeries> series, SpikeSettings limits)
    {
        var hours = (found.End - found.Start).TotalHours;
        if (hours >= 2 && found.Excess >= Many * limits.Floor * hours) return true;
        if (!series.TryGetValue(found.Key with { Measure = SpikeMeasure.Cost }, out var cost)) return true;
        var (from, to) = ((int)((found.Start - cost.Start) / cost.Steps.Length), (int)((found.End - cost.Start) / cost.Steps.Length));
        return cost.Values.AsSpan(from, to - from).IndexOfAnyExcept(0) < 0;
    }

    private static List<FoundSpike> Once(List<FoundSpike> all)
    {
        var kept = new List<FoundSpike>();
        foreach (var grain in (SpikeGrain[])[SpikeGrain.Hour, SpikeGrain.Day])
            foreach (var measure in (SpikeMeasure[])[SpikeMeasure.Cost, SpikeMeasure.Tokens])
                foreach (var scope in NarrowFirst)
                    foreach (var finding in all.Where(f => f.Key.Grain == grain && f.Key.Measure == measure && f.Key.Scope == scope))
                    {
                        // The same seen in tokens, or later on the bill, is no news.
                        if (kept.Exists(k => k.Key.Scope == scope && k.Key.ScopeId == finding.Key.ScopeId && k.Overlaps(finding) && IsDown(k) == IsDown(finding)
                            && (k.Key.Measure != measure || k.Key.Grain != grain || k.Kind != finding.Kind && finding.Kind == SpikeKind.Ramp))) continue;
                        finding.PartOf = Explaining(kept, finding);
                        kept.Add(finding);
                    }
        return kept;
    }

    private static FoundSpike? Explaining(List<FoundSpike> kept, FoundSpike wide)
    {
        var narrower = kept.Where(k => k.PartOf is null && Array.IndexOf(NarrowFirst, k.Key.Scope) < Array.IndexOf(NarrowFirst, wide.Key.Scope) && k.Overlaps(wide) && IsDown(k) == IsDown(wide)).ToList();
        if (narrower.Count == 0) return null;
        var best = narrower.Where(k => k.Key.Scope == narrower[0].Key.Scope && k.Key.Measure == wide.Key.Measure).ToList();
        if (best.Count == 0) return wide.Key.Measure == SpikeMeasure.Tokens ? narrower.MaxBy(k => k.Excess) : null;
        return wide.Key.Grain != best[0].Key.Grain || best.Sum(k => k.Excess) >= Explains * wide.Excess ? best.MaxBy(k => k.Excess) : null;
    }

    private static bool IsDown(FoundSpike found) => found.Kind == SpikeKind.Drop;
}
