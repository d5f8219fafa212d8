namespace GenAiCostPortal.Ledger.Costs;

/// <summary>
/// Shares of provisioned throughput whose capacity is known. An hour is used as far as its fuller side is (input or output), at most
/// whole; the used part goes to the calls by what they took of both sides, what CloudWatch metered beyond them to the resource's
/// owner, and the rest of the hour is idle.
/// </summary>
internal static class ThroughputShares
{
    /// <summary>Owners with their part of the day's hours; the parts add up to 24 but for rounding in the last digits.</summary>
    /// <param name="owned">The resource's owner, for what no recorded call used.</param>
    public static IReadOnlyList<(PartOwner Owner, decimal Weight)> Of(ThroughputDay day, PartOwner owned)
    {
        var byOwner = new Dictionary<PartOwner, decimal>();
        var (unrecorded, idle) = (0m, 0m);
        var hours = day.Calls.ToLookup(c => c.Hour);
        for (var hour = 0; hour < ThroughputDay.Hours; hour++)
        {
            var calls = hours[hour].Select(c => c.Claim).GroupBy(c => c.FeatureId).OrderBy(g => g.Key)
                .SelectMany(g => LargestDoor.Seen([.. g], c => c.Doors, c => c.Tokens.Total))
                .GroupBy(c => ResourceShares.OwnerOf(c)).OrderBy(g => ResourceShares.Order(g.Key))
                .Select(g => (Owner: g.Key, Input: g.Sum(ThroughputDay.InputOf), Output: g.Sum(c => (decimal)c.Tokens.Output))).ToList();
            var input = Math.Max(day.MeteredInput[hour], calls.Sum(c => c.Input));
            var output = Math.Max(day.MeteredOutput[hour], calls.Sum(c => c.Output));
            var used = Math.Min(1, day.Fullness(input, output));
            var load = day.Load(input, output);
            idle += 1 - used;
            if (used == 0) continue;
            var left = used;
            foreach (var call in calls)
            {
                var part = Math.Min(left, used * day.Load(call.Input, call.Output) / load);
                left -= part;
                byOwner[call.Owner] = byOwner.GetValueOrDefault(call.Owner) + part;
            }
            // Of recorded calls alone, what is left is a rounded digit.
            if (input > calls.Sum(c => c.Input) || output > calls.Sum(c => c.Output)) unrecorded += left;
        }
        var parts = byOwner.Where(o => o.Value > 0).OrderBy(o => ResourceShares.Order(o.Key)).Select(o => (o.Key, o.Value)).ToList();
        if (unrecorded > 0) parts.Add((owned.IsSomebody ? owned : PartOwner.Nobody(UnattributedReason.NoCallRecorded), unrecorded));
        if (idle > 0) parts.Add((owned with { Flags = LedgerFlags.Idle }, idle));
        return parts;
    }
}
