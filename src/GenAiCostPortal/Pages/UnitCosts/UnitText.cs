using System.Globalization;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Pages.UnitCosts;

/// <summary>Small amounts as people read them: never $0.00 for something that costs.</summary>
public static class UnitText
{
    /// <summary><c>$137.70</c>, <c>$0.1377</c>, <c>$0.000052</c>; at least two digits that say something. Null is <c>unknown</c>.</summary>
    public static string Usd(decimal? usd)
    {
        if (usd is not { } value || value == 0 || Math.Abs(value) >= 1) return UsdText.Exact(usd);
        var decimals = 4;
        while (decimals < 9 && Math.Abs(value) * Pow(decimals) < 9.5m) decimals++;
        return (value < 0 ? "\u2212" : "") + "$" + Math.Abs(value).ToString("0." + new string('0', decimals), CultureInfo.InvariantCulture);
    }

    /// <summary>Of a unit cost: with ≥ where some calls have no known cost.</summary>
    public static string AtLeast(decimal? usd, UnitCost of) => (usd is not null && of.IsLowerBound ? "\u2265\u00a0" : "") + Usd(usd);

    /// <summary>The same in a cell: empty where it does not apply.</summary>
    public static string Cell(decimal? usd, UnitCost of, bool applies) => applies ? AtLeast(usd, of) : "";

    /// <summary>Cost of a user: with ≥ where some requests have no known cost, empty where users cannot be told apart.</summary>
    public static string PerUser(UserCost? of) =>
        of is null ? "unknown" : of.Requests == 0 ? "no user known" : (of is { PerUserUsd: not null, RequestsWithoutCost: > 0 } ? "\u2265\u00a0" : "") + Usd(of.PerUserUsd);

    /// <summary>What the cost of a user rests on, in words.</summary>
    public static string Users(UserCost? of, long requests) =>
        of is null ? "users cannot be told apart by this filter" : of.Requests == 0 ? "no user on these requests: senders name one with user.id"
            : $"{NumberText.Count(of.Users)} {(of.Users == 1 ? "user" : "users")}, {NumberText.Count(of.Requests)} of {NumberText.Count(Math.Max(requests, of.Requests))} requests";

    /// <summary>Requests, those of sampled traces as often as they stand for.</summary>
    public static string Requests(UnitCost of) => NumberText.Count((long)Math.Round(of.CountedRequests));

    /// <summary>How sampled traces count, in words.</summary>
    public static string SampledNote(UnitCost of) =>
        $"{NumberText.Count(of.Requests)} requests were recorded; those of sampled traces count 1 ÷ their sampling probability, as do their {UsdText.Exact(of.UnrecordedCostUsd)} of calls that were not recorded. "
        + "Traces of senders that sample without saying so cannot be recognised: they count once.";

    /// <summary>On an axis of powers of ten.</summary>
    public static string Axis(double usd) => usd >= 1 ? "$" + usd.ToString("#,##0", CultureInfo.InvariantCulture) : "$" + usd.ToString("0.#########", CultureInfo.InvariantCulture);

    /// <summary>What distributions rest on, in words.</summary>
    public static string Covers(Coverage of, string what) =>
        of.Read == 0 ? $"No {what} of this time is kept or can be told apart." : of.IsWhole ? $"All {NumberText.Count(of.Read)} {what} since {DayText.Moment(of.From)}."
            : $"{NumberText.Count(of.Read)} {what}, an even sample of the time since {DayText.Moment(of.From)}.";

    private static decimal Pow(int decimals) => (decimal)Math.Pow(10, decimals);
}
