using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Ledger.Assessment;

/// <summary>Measures what the ledger can already measure (V1, O1) over the last 30 days; says of the rest why it cannot.</summary>
public sealed class EvidenceReport(SpendReport spend, UsageShares usage, TimeProvider clock)
{
    /// <summary>Days looked at, today included.</summary>
    public const int WindowDays = 30;

    private const decimal AttributedShare = 0.90m, TokensShare = 0.90m;

    /// <summary>Evidence of all sixteen questions for the whole organisation (empty scope) or one team.</summary>
    public async Task<EvidenceAnswer> ReadAsync(string scope, CancellationToken cancel = default)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var to = DateOnly.FromDateTime(now).AddDays(1);
        var from = to.AddDays(-WindowDays);
        if (scope.Length > 0)
            return new(now, from, to, [.. Questionnaire.Questions.Select(q => Evidence.None(q.Id, "measured for the whole organisation, not for one team"))], "");

        var answer = await spend.ReadAsync(new SpendQuery(UtcTime.Start(from), UtcTime.Start(to), [SpendDimension.Feature], Granularity.None, SpendView.Billed, SpendFilter.None), cancel);
        var measured = new Dictionary<string, Evidence> { ["V1"] = Attribution(answer, from), ["O1"] = Tokens(await usage.TokensWithFeatureAsync(from, to, cancel), from, to.AddDays(-1)) };
        return new(now, from, to, [.. Questionnaire.Questions.Select(q => measured.GetValueOrDefault(q.Id) ?? Evidence.None(q.Id, Why(q.Id)))], Hint(answer));
    }

    internal static Evidence Attribution(SpendAnswer answer, DateOnly from)
    {
        if (answer.MeasuredShare is not { } share) return Evidence.None("V1", "nothing billed in the last 30 days");
        var through = answer.BilledThrough ?? from;
        var open = answer.BilledUsd * (1 - share);
        return Evidence.Share("V1", share, AttributedShare, $"{Percent(share)} of billed dollars have a measured owner",
            string.Create(CultureInfo.InvariantCulture, $"{Days(from, through)}, ${open:#,0.00} without; 90\u00a0% is enough"), open);
    }

    internal static Evidence Tokens(decimal? withFeature, DateOnly from, DateOnly through) => withFeature is not { } share
        ? Evidence.None("O1", "no recorded call with tokens in the last 30 days")
        : Evidence.Share("O1", share, TokensShare, $"{Percent(share)} of tokens have a feature", $"{Days(from, through)}, recorded calls; 90\u00a0% is enough");

    /// <summary>One line of cost means that visibility is insufficient, whatever the other answers say.</summary>
    internal static string Hint(SpendAnswer answer)
    {
        var lines = answer.Rows.Where(r => r.BilledUsd != 0).ToList();
        return lines is [{ Keys: [SpendQuery.Unattributed] }]
            ? "All GenAI cost is one line without an owner. Visibility is insufficient: begin with question 1."
            : "";
    }

    private static string Why(string id) => id switch
    {
        "V2" => "needs a recorded reason per model",
        "V3" => "needs account rules, which the portal does not check yet",
        "V4" => "how much of the bill carries the required tags is not summed yet",
        "A1" or "A2" => "idle endpoints are not summed yet; Usage shows how full provisioned throughput is",
        "A3" => "needs right-size findings",
        "A4" => "needs retry and loop cost over all calls, which is not summed yet; single traces show theirs",
        "O2" => "needs error data per sender, which is not summed yet",
        "O3" => "needs the share of calls below a root, which is not summed yet",
        "O4" => "how many spikes the bill confirmed is not summed yet; each spike says it",
        "G1" => "needs budgets",
        "G2" => "how long alerts come before the bill is not summed yet",
        _ => "needs declared limits per feature",
    };

    private static string Percent(decimal share) => (Math.Floor(share * 1000) / 10).ToString("0.0", CultureInfo.InvariantCulture) + "\u00a0%";

    private static string Days(DateOnly from, DateOnly through) => from.Month == through.Month
        ? string.Create(CultureInfo.InvariantCulture, $"{from:%d}–{through:d MMM}")
        : string.Create(CultureInfo.InvariantCulture, $"{from:d MMM}–{through:d MMM}");
}
