using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>Whether it can be said how full provisioned throughput was, and what is missing.</summary>
public enum ThroughputState
{
    Known,
    /// <summary>Nobody entered what a model unit can carry.</summary>
    NoCapacity,
    /// <summary>AWS's list does not tell its model units, and nobody entered them.</summary>
    NoModelUnits,
    /// <summary>Calls without token counts ran on it in hours that CloudWatch did not meter.</summary>
    CountsUnknown,
    /// <summary>No whole hour of it lies in the period.</summary>
    NoWholeHour,
}

/// <summary>Provisioned throughput in a period.</summary>
/// <param name="Arn">What calls go through.</param>
/// <param name="Model">Canonical foundation model behind it; empty when not known.</param>
/// <param name="ModelUnits">As entered, else as AWS lists them; null when neither says.</param>
/// <param name="Capacity">What holds for it; null when nothing is entered.</param>
/// <param name="Hours">Whole hours of the period in which it is known to have been there.</param>
/// <param name="InputTokens">Of those hours, without what a cache served: metered or recorded, whichever is more in an hour.</param>
/// <param name="Utilisation">Mean over the hours of how full each was on its fuller side, none above 1; null unless <see cref="ThroughputState.Known"/>.</param>
/// <param name="BusiestHour">How full the busiest hour was; above 1 where more went through than was entered.</param>
public sealed record ThroughputRow(
    string Arn, string Name, string AccountId, string Region, string Model, int? ModelUnits, ThroughputCapacity? Capacity, ThroughputState State, int Hours,
    long InputTokens, long OutputTokens, decimal? Utilisation, decimal? BusiestHour, DateTime? BusiestAt);

/// <summary>Provisioned throughput in a period, fullest first; what is not known last.</summary>
/// <param name="NotApplied">Filters that it cannot be told by (it belongs to no feature); nothing is shown then.</param>
public sealed record ThroughputAnswer(IReadOnlyList<ThroughputRow> Rows, IReadOnlyList<SpendDimension> NotApplied);

/// <summary>Reads how full provisioned throughput was.</summary>
public sealed class ThroughputReport(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, TimeProvider time)
{
    private static readonly HashSet<SpendDimension> Known = [SpendDimension.Account, SpendDimension.Region, SpendDimension.Model];

    private sealed record Place(string Arn, string Name, string AccountId, string Region, string Model, int? ModelUnits, long First, long? Gone);

    /// <summary>Whole hours of a period that are over; account, region and model may be filtered on.</summary>
    public async Task<ThroughputAnswer> ReadAsync(DateTime from, DateTime to, SpendFilter filter, CancellationToken cancel = default)
    {
        var unknown = filter.Values.Where(v => v.Value.Count > 0 && !Known.Contains(v.Key)).Select(v => v.Key).ToArray();
        if (unknown.Length > 0) return new ThroughputAnswer([], unknown);
        await dimensions.LoadAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        var now = time.GetUtcNow().UtcDateTime;
        var (first, last) = (Hour(from), Hour(to < now ? to : now));
        var book = await ResourceBook.ReadAsync(db, cancel);
        var models = ThroughputHours.Models(dimensions);
        var hours = await ThroughputHours.ReadAsync(db, first, last, [.. models.Select(m => m.Id)], cancel);
        bool IsUsed(ResourceSeen resource) => models.Any(m => ThroughputHours.IsThrough(m.Name, ResourceKinds.IdOf(resource.Arn)) && hours.HasAny(m.Id));
        var listed = book.Resources.Where(r => r.Kind == ResourceKinds.ProvisionedThroughput && (r.GoneAt is not { } gone || gone > from) && (r.FirstSeen <= to || IsUsed(r)))
            .Select(r => new Place(r.Arn, r.Name, r.AccountId, r.Region, CapacityBook.ModelOf(r), r.ModelUnits, Hour(r.FirstSeen), r.GoneAt is { } gone ? Hour(gone) : null)).ToList();
        var unlisted = models.Where(m => !book.Resources.Any(r => r.Arn.Equals(m.Name, StringComparison.OrdinalIgnoreCase)) && hours.HasAny(m.Id))
            .Select(m => new Place(m.Name, ResourceKinds.IdOf(m.Name), m.Name.Split(':') is { Length: > 4 } a ? a[4] : "", m.Name.Split(':') is { Length: > 4 } r ? r[3] : "", "", null, long.MaxValue, null));
        var rows = listed.Concat(unlisted).Where(p => Passes(filter, p))
            .Select(p => Row(p, [.. models.Where(m => ThroughputHours.IsThrough(m.Name, ResourceKinds.IdOf(p.Arn))).Select(m => m.Id)], hours, book.Capacities, first, last));
        return new ThroughputAnswer([.. rows.OrderByDescending(r => r.Utilisation ?? -1).ThenBy(r => r.Name, StringComparer.OrdinalIgnoreCase).ThenBy(r => r.Arn, StringComparer.Ordinal)], []);
    }

    private static ThroughputRow Row(Place place, int[] models, ThroughputHours hours, CapacityBook capacities, long first, long last)
    {
        var capacity = capacities.Of(place.Arn, place.Model);
        var units = capacity?.ModelUnits ?? capacities.Find(place.Arn)?.ModelUnits ?? place.ModelUnits;
        var recorded = hours.Recorded(models).ToLookup(r => r.HourUnixSeconds);
        // It may have been there before it was first listed: its use shows that.
        var used = hours.MeteredHours(models).Concat(recorded.Select(r => r.Key)).DefaultIfEmpty(long.MaxValue).Min();
        var day = new ThroughputDay(units * capacity?.InputTokensPerMinute * 60m, units * capacity?.OutputTokensPerMinute * 60m, [], [], []);
        var (count, isTold, input, output, full) = (0, true, 0m, 0m, 0m);
        (decimal Share, long At)? busiest = null;
        for (var at = Math.Max(first, Math.Min(used, place.First)); at < Math.Min(last, place.Gone ?? last); at += 3_600)
        {
            count++;
            if (ThroughputHours.Tokens(hours.Metered(models, at), recorded[at]) is not { } tokens)
            {
                isTold = false;
                continue;
            }
            (input, output) = (input + tokens.Input, output + tokens.Output);
            var share = day.Fullness(tokens.Input, tokens.Output);
            full += Math.Min(1, share);
            if (busiest is not { } most || share > most.Share) busiest = (share, at);
        }
        var state = capacity is null or { InputTokensPerMinute: null, OutputTokensPerMinute: null } ? ThroughputState.NoCapacity
            : units is not > 0 ? ThroughputState.NoModelUnits : count == 0 ? ThroughputState.NoWholeHour : isTold ? ThroughputState.Known : ThroughputState.CountsUnknown;
        var isKnown = state == ThroughputState.Known;
        return new ThroughputRow(place.Arn, place.Name, place.AccountId, place.Region, place.Model, units, capacity, state, count, (long)input, (long)output,
            isKnown ? full / count : null, isKnown ? busiest?.Share : null, isKnown && busiest is { } b ? UtcTime.FromUnixMs(b.At * 1000) : null);
    }

    private static bool Passes(SpendFilter filter, Place place) =>
        Has(filter[SpendDimension.Account], place.AccountId) && Has(filter[SpendDimension.Region], place.Region)
        && (Has(filter[SpendDimension.Model], place.Model) || Has(filter[SpendDimension.Model], place.Arn));

    private static bool Has(IReadOnlyList<string> wanted, string value) => wanted.Count == 0 || wanted.Contains(value, StringComparer.OrdinalIgnoreCase);

    private static long Hour(DateTime time) => UtcTime.SlotUnixSeconds(UtcTime.ToUnixMs(time), 3_600);
}
