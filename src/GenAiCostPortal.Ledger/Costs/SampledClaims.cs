using System.Data.Common;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The sampled calls behind a claim, as the question for a day's claims reads them beside it.</summary>
internal static class SampledClaims
{
    /// <summary>Columns from <see cref="Join"/>, in the order of <see cref="Read"/>.</summary>
    public const string Columns = """
        , u."Calls", u."Input", u."CacheRead", u."CacheWrite5m", u."CacheWrite30m", u."CacheWrite1h", u."Output", u."UnrecordedInput", u."UnrecordedCacheRead",
            u."UnrecordedCacheWrite5m", u."UnrecordedCacheWrite30m", u."UnrecordedCacheWrite1h", u."UnrecordedOutput"
        """;

    public const string Join = """ LEFT JOIN sampled_usage u ON u."Span" = r."Span" AND u."SlotUnixSeconds" = r."SlotUnixSeconds" AND u."SeriesId" = r."SeriesId" """;

    /// <summary>Null where none of the calls was sampled.</summary>
    public static SampledClaim? Read(DbDataReader row, int at) =>
        row.IsDBNull(at) ? null : new SampledClaim(row.GetInt64(at), Tokens(row, at + 1), Tokens(row, at + 7));

    private static TokenCounts Tokens(DbDataReader row, int at) => new(
        row.GetInt64(at), row.GetInt64(at + 1), row.GetInt64(at + 2), row.GetInt64(at + 3), row.GetInt64(at + 4), row.GetInt64(at + 5));
}
