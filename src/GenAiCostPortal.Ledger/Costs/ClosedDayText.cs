using System.Globalization;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The close of a day in one sentence.</summary>
public static class ClosedDayText
{
    private static readonly CultureInfo C = CultureInfo.InvariantCulture;

    /// <summary>"19 Nov closed: $1,085.20 billed, $1,061.90 estimated, −2.1 %." Both amounts are of AWS-billed tokens.</summary>
    /// <param name="wholeBillUsd">The whole bill of the day; named where it is more than tokens.</param>
    /// <param name="estimatedUsd">Frozen before the first bill; null when there was none.</param>
    public static string Of(DateOnly day, decimal wholeBillUsd, decimal billedTokensUsd, decimal? estimatedUsd)
    {
        var name = day.ToString("d MMM", C);
        if (estimatedUsd is not { } estimated) return $"{name} closed: {Usd(wholeBillUsd)} billed; no estimate was made before its first bill.";
        if (billedTokensUsd == 0) return $"{name} closed: {Usd(wholeBillUsd)} billed, nothing of it for tokens; {Usd(estimated)} estimated.";
        var rest = Math.Round(wholeBillUsd, 2) == Math.Round(billedTokensUsd, 2) ? "" : $" for tokens (the whole bill is {Usd(wholeBillUsd)})";
        return $"{name} closed: {Usd(billedTokensUsd)} billed{rest}, {Usd(estimated)} estimated, {Percent((estimated - billedTokensUsd) / billedTokensUsd)}.";
    }

    /// <summary>What a share looks like with its sign: "−2.1 %".</summary>
    internal static string Percent(decimal share)
    {
        var percent = Math.Round(share * 100, 1, MidpointRounding.AwayFromZero);
        return (percent < 0 ? "−" : percent > 0 ? "+" : "") + Math.Abs(percent).ToString("0.0", C) + " %";
    }

    private static string Usd(decimal usd) => (usd < 0 ? "−$" : "$") + Math.Abs(usd).ToString("#,0.00", C);
}
