using System.Globalization;
using System.Text.RegularExpressions;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Prices;

/// <summary>A price agreed with the seller, to be put before the list price.</summary>
/// <param name="Model">Any name of the model; also one that no list has, or the ARN of a profile.</param>
/// <param name="Scope">Unknown = whatever the routing.</param>
/// <param name="Region">Empty = any; a trailing <c>*</c> means every region that begins so.</param>
/// <param name="EffectiveFrom">First day, UTC.</param>
/// <param name="UsdPerMillion">USD per million tokens; kinds that are not named keep the list price of that day.</param>
public sealed record OwnPrice(
    string Model, ServiceTier Tier, RoutingScope Scope, string Region, ContextBand Band, DateOnly EffectiveFrom, IReadOnlyDictionary<TokenKind, decimal> UsdPerMillion, string Note);

/// <summary>Adds own prices. Rows are only added: calls keep the price they were given, new calls get the new one.</summary>
public sealed partial class OwnPrices(IDbContextFactory<LedgerDb> stores, WriteGate gate, PriceFinder prices, LedgerChanges changes, TimeProvider clock)
{
    private const int LongestName = 256, LongestNote = 200;
    private const decimal DearestUsd = 1_000_000;
    private static readonly DateOnly Oldest = new(2020, 1, 1);

    /// <summary>What is wrong, by field (<c>model</c>, <c>region</c>, <c>effectiveFrom</c>, <c>prices</c>, <c>note</c>); empty when nothing is.</summary>
    public IReadOnlyDictionary<string, string> Mistakes(OwnPrice own)
    {
        var mistakes = new Dictionary<string, string>();
        if (string.IsNullOrWhiteSpace(own.Model)) mistakes["model"] = "Name the model.";
        else if (own.Model.Trim().Length >= LongestName) mistakes["model"] = $"A model name has less than {LongestName} characters.";
        if (own.Region.Length > 0 && !Regions().IsMatch(own.Region)) mistakes["region"] = "A region is written like us-east-1, or eu-* for all that begin so; empty is any.";
        var latest = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddYears(2);
        if (own.EffectiveFrom < Oldest || own.EffectiveFrom > latest) mistakes["effectiveFrom"] = string.Create(CultureInfo.InvariantCulture, $"The first day lies between {Oldest:yyyy-MM-dd} and {latest:yyyy-MM-dd}.");
        if (own.UsdPerMillion.Count == 0) mistakes["prices"] = "Give the price of at least one token kind, USD per million tokens.";
        else if (own.UsdPerMillion.Values.Any(usd => usd is < 0 or > DearestUsd)) mistakes["prices"] = "A price lies between 0 and 1,000,000 USD per million tokens.";
        if (own.Note.Length > LongestNote) mistakes["note"] = $"A note has at most {LongestNote} characters.";
        return mistakes;
    }

    /// <summary>Adds a price; it holds for calls that arrive from now on and began on or after its first day.</summary>
    /// <exception cref="ArgumentException"><see cref="Mistakes"/> finds something wrong.</exception>
    public async Task<Price> AddAsync(OwnPrice own, string who, CancellationToken cancel = default)
    {
        if (Mistakes(own) is { Count: > 0 } mistakes) throw new ArgumentException(string.Join(" ", mistakes.Values), nameof(own));
        var name = ModelNameReader.Read(own.Model.Trim());
        var scope = own.Scope == RoutingScope.Unknown ? name.Scope : own.Scope;
        var list = prices.FindList(name with { Scope = scope }, own.Tier, own.Band, own.Region.TrimEnd('*').TrimEnd('-'), UtcTime.Start(own.EffectiveFrom));
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        long? Of(TokenKind kind) => own.UsdPerMillion.TryGetValue(kind, out var usd) ? Money.ToNanoUsd(usd) : list?[kind];
        var kept = TokenCounts.Kinds.Where(k => !own.UsdPerMillion.ContainsKey(k) && list?[k] is not null).ToArray();
        var price = new Price
        {
            Model = name.Canonical, Provider = name.Provider, Tier = own.Tier, Scope = scope, Region = own.Region, Band = own.Band, EffectiveFrom = own.EffectiveFrom,
            Source = PriceSource.Override, ReadOn = today,
            Provenance = string.Create(CultureInfo.InvariantCulture, $"Entered by {who} on {today:yyyy-MM-dd}")
                + (kept.Length > 0 ? $"; {string.Join(", ", kept)} as the {PriceText.Source(list!.Source)} said" : "") + (own.Note.Trim().Length > 0 ? "; " + own.Note.Trim() : ""),
            InputNanoUsd = Of(TokenKind.Input), CacheReadNanoUsd = Of(TokenKind.CacheRead), CacheWrite5mNanoUsd = Of(TokenKind.CacheWrite5m),
            CacheWrite30mNanoUsd = Of(TokenKind.CacheWrite30m), CacheWrite1hNanoUsd = Of(TokenKind.CacheWrite1h), OutputNanoUsd = Of(TokenKind.Output),
        };
        await using (var db = await stores.CreateDbContextAsync(cancel))
        {
            db.Prices.Add(price);
            using var turn = await gate.EnterAsync(cancel);
            await db.SaveChangesAsync(cancel);
        }
        await prices.LoadAsync(cancel);
        changes.Say(LedgerPart.Prices);
        return price;
    }

    [GeneratedRegex(@"^[a-z]{2}(-[a-z0-9]+)*(-?\*)?$", RegexOptions.None, 1000)]
    private static partial Regex Regions();
}
