using System.Globalization;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Tells of the stored lines of a period why they are on the bill, so that the same question can be asked of AWS.</summary>
internal sealed class BilledScopes(IDbContextFactory<LedgerDb> stores, Dimensions dimensions, ScopeBorder border)
{
    private sealed record Usage(string Service, string Account, string UsageType, bool IsTagged, BorderLine Line, decimal AmountUsd);

    /// <summary>Usage that one rule brings in for one reason; accounts with the same usage types are asked for together.</summary>
    private sealed record Claim(string Service, string TagKey, string TagValue, (DateOnly, DateOnly)? OnlyOn);

    /// <param name="to">Exclusive.</param>
    public async Task<IReadOnlyList<BilledScope>> ReadAsync(DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var lines = await LinesAsync(from, to, cancel);
        var scopes = new List<BilledScope>();
        foreach (var service in lines.GroupBy(l => l.Service, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (border.IsListed(service.Key)) scopes.Add(new BilledScope(service.Key, ScopeSide.Listed, Accounts(service)));
            else
            {
                if (service.Where(l => l.IsTagged).ToList() is { Count: > 0 } tagged) scopes.Add(new BilledScope(service.Key, ScopeSide.Tagged, Accounts(tagged)));
                scopes.AddRange(Claimed(service.Key, [.. service.Where(l => !l.IsTagged)], from, to));
            }
        }
        return scopes;
    }

    private IEnumerable<BilledScope> Claimed(string service, List<Usage> lines, DateOnly from, DateOnly to)
    {
        var asked = lines.Select(l => (Line: l, Rule: border.Of(l.Line))).ToLookup(c => c.Rule is { Gap: "" });
        var claims = asked[true].Select(c => (c.Line, Claim: new Claim(service, c.Rule!.TagKey, c.Rule.TagKey.Length == 0 ? "" : TagSet.Find(TagSet.Read(c.Line.Line.Tags), c.Rule.TagKey) ?? "",
            c.Rule.From > from || c.Rule.To < to ? (c.Rule.From > from ? c.Rule.From.Value : from, c.Rule.To < to ? c.Rule.To.Value : to) : null)));
        foreach (var claim in claims.GroupBy(c => c.Claim, c => c.Line).OrderBy(c => c.Key.TagKey, StringComparer.Ordinal).ThenBy(c => c.Key.TagValue, StringComparer.Ordinal))
        {
            var byAccount = claim.GroupBy(l => l.Account, StringComparer.Ordinal)
                .Select(a => (Account: a.Key, Types: (List<string>)[.. a.Select(l => l.UsageType).Distinct().Order(StringComparer.Ordinal)]));
            foreach (var same in byAccount.GroupBy(a => string.Join('\n', a.Types)).OrderBy(g => g.Key, StringComparer.Ordinal))
                yield return new BilledScope(service, ScopeSide.Rule, [.. same.Select(a => a.Account).Order(StringComparer.Ordinal)])
                {
                    UsageTypes = same.First().Types, TagKey = claim.Key.TagKey, TagValues = claim.Key.TagKey.Length == 0 ? [] : [claim.Key.TagValue], OnlyOn = claim.Key.OnlyOn,
                };
        }
        if (asked[false].Select(c => c.Line).ToList() is { Count: > 0 } others)
            yield return new BilledScope(service, ScopeSide.NotAskable, Accounts(others)) { AmountUsd = others.Sum(l => l.AmountUsd) };
    }

    private async Task<List<Usage>> LinesAsync(DateOnly from, DateOnly to, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var lines = new List<Usage>();
        // Of listed services the account is all that matters: theirs are nearly all lines.
        var services = new List<int>();
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture,
            $"SELECT DISTINCT \"BilledServiceId\", \"AccountId\" FROM billed_line WHERE \"Day\" >= {from.DayNumber} AND \"Day\" < {to.DayNumber}"), row =>
        {
            var (service, account) = (dimensions.Name(row.GetInt32(0)), dimensions.Name(row.GetInt32(1)));
            if (border.IsListed(service)) lines.Add(new Usage(service, account, "", false, default, 0));
            else services.Add(row.GetInt32(0));
        }, cancel);
        if (services.Count == 0) return lines;
        await StoredRows.ReadAsync(db, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT "BilledServiceId", "AccountId", "UsageTypeId", CASE WHEN "TagFeatureId" <> 0 THEN 1 ELSE 0 END, "TagSetId", "ResourceId", "PrincipalId", "RegionId", MIN("Day"), SUM("AmountNanoUsd")
            FROM billed_line WHERE "Day" >= {from.DayNumber} AND "Day" < {to.DayNumber} AND "BilledServiceId" IN ({string.Join(", ", services.Distinct())})
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
            """), row =>
        {
            var (service, account, type) = (dimensions.Name(row.GetInt32(0)), dimensions.Name(row.GetInt32(1)), dimensions.Name(row.GetInt32(2)));
            lines.Add(new Usage(service, account, type, row.GetInt32(3) == 1, new BorderLine(DateOnly.FromDayNumber(row.GetInt32(8)), account, dimensions.Name(row.GetInt32(7)), service, type,
                dimensions.Name(row.GetInt32(4)), dimensions.Name(row.GetInt32(5)), dimensions.Name(row.GetInt32(6))), Money.ToUsd(row.GetInt64(9))));
        }, cancel);
        return lines;
    }

    private static List<string> Accounts(IEnumerable<Usage> lines) => [.. lines.Select(l => l.Account).Distinct().Order(StringComparer.Ordinal)];
}
