using GenAiCostPortal.Access;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Api;

/// <summary>The price book, what is missing in it, and own prices. Prices are USD per million tokens.</summary>
internal static class PricesApi
{
    public sealed record KindsAnswer(decimal? Input, decimal? CacheRead, decimal? CacheWrite5m, decimal? CacheWrite30m, decimal? CacheWrite1h, decimal? Output)
    {
        public static KindsAnswer? Of(Price? p) => p is null ? null : new(
            Usd(p, TokenKind.Input), Usd(p, TokenKind.CacheRead), Usd(p, TokenKind.CacheWrite5m), Usd(p, TokenKind.CacheWrite30m), Usd(p, TokenKind.CacheWrite1h), Usd(p, TokenKind.Output));

        public static KindsAnswer Of(Func<TokenKind, decimal?> value) => new(
            value(TokenKind.Input), value(TokenKind.CacheRead), value(TokenKind.CacheWrite5m), value(TokenKind.CacheWrite30m), value(TokenKind.CacheWrite1h), value(TokenKind.Output));

        private static decimal? Usd(Price price, TokenKind kind) => price[kind] is { } nano ? Money.ToUsd(nano) : null;
    }

    /// <summary>Scope Unknown = any routing; region empty = any; effectiveFrom null = the start is not known.</summary>
    public sealed record PriceAnswer(
        int Id, string Model, string Name, string Provider, ServiceTier Tier, RoutingScope Scope, string Region, ContextBand Band, DateOnly? EffectiveFrom, PriceSource Source,
        string Provenance, DateOnly? ReadOn, bool IsOverride, bool IsPast, KindsAnswer UsdPerMillion, KindsAnswer? ListUsdPerMillion, IReadOnlyList<LearntAnswer> Learnt);

    /// <summary>What the bill of an account showed: cost ÷ quantity. Differences are shares of the price beside it; null where either is missing.</summary>
    public sealed record LearntAnswer(string Account, string AccountName, string Region, DateOnly Day, KindsAnswer UsdPerMillion, KindsAnswer DifferenceShare, bool Differs)
    {
        public static LearntAnswer Of(LearntSeen seen, Price price)
        {
            decimal? Usd(TokenKind kind) => seen.NanoUsd.TryGetValue(kind, out var nano) ? Money.ToUsd(nano) : null;
            decimal? Share(TokenKind kind) => seen.DifferenceShare(price, kind) is { } share ? Math.Round(share, 6) : null;
            return new LearntAnswer(seen.Account, seen.AccountLabel, seen.Region, seen.Day, KindsAnswer.Of(Usd), KindsAnswer.Of(Share), seen.Differs(price));
        }
    }

    public sealed record UnpricedAnswer(
        string Model, string Name, ServiceTier Tier, RoutingScope Scope, string Region, long Calls, long Tokens, DateOnly FirstDay, DateOnly LastDay, string Problem);

    public sealed record Answer(
        IReadOnlyList<PriceAnswer> Prices, IReadOnlyList<UnpricedAnswer> ModelsWithoutPrice, IReadOnlyList<UnpricedAnswer> ModelsNeverMatched, IReadOnlyList<UnknownProfile> UnresolvedProfiles);

    public sealed record PriceRequest(
        string? Model, string? Tier, string? Scope, string? Region, string? Band, string? EffectiveFrom, decimal? Input, decimal? CacheRead, decimal? CacheWrite5m, decimal? CacheWrite30m,
        decimal? CacheWrite1h, decimal? Output, string? Note);

    public static void MapPrices(this IEndpointRouteBuilder api)
    {
        api.MapGet("/prices", Prices).WithTags("Prices").Produces<Answer>();
        api.MapPost("/prices", Add).RequireAuthorization(Policies.Administrator).WithTags("Prices").Produces<PriceAnswer>(StatusCodes.Status201Created);
        api.MapGet("/export/prices.csv", Export).WithTags("Prices");
    }

    private static async Task<IResult> Prices(PriceBookReport report, string? model, CancellationToken cancel)
    {
        var book = await report.ReadAsync(cancel);
        return Results.Ok(new Answer(
            [.. book.Rows.Where(r => Matches(r.Price.Model, r.Display, model)).Select(Of)],
            [.. book.Unpriced.Where(u => u.IsMatched && Matches(u.Model, u.Display, model)).Select(Of)],
            [.. book.Unpriced.Where(u => !u.IsMatched && Matches(u.Model, u.Display, model)).Select(Of)], book.Profiles));
    }

    /// <summary>A model by any of its names, or by a part of its id or name.</summary>
    public static bool Matches(string model, string display, string? asked) =>
        string.IsNullOrWhiteSpace(asked) || ModelNameReader.Read(asked.Trim()).Canonical == model
        || model.Contains(asked.Trim(), StringComparison.OrdinalIgnoreCase) || display.Contains(asked.Trim(), StringComparison.OrdinalIgnoreCase);

    private static async Task<IResult> Add(HttpContext context, OwnPrices own, PriceBookReport report, ActionLog log, PriceRequest request)
    {
        var mistakes = new QueryMistakes();
        var kinds = new (TokenKind Kind, decimal? Usd)[]
        {
            (TokenKind.Input, request.Input), (TokenKind.CacheRead, request.CacheRead), (TokenKind.CacheWrite5m, request.CacheWrite5m), (TokenKind.CacheWrite30m, request.CacheWrite30m),
            (TokenKind.CacheWrite1h, request.CacheWrite1h), (TokenKind.Output, request.Output),
        };
        var asked = new OwnPrice(
            request.Model ?? "", OneOf<ServiceTier>("tier", request.Tier, mistakes), OneOf<RoutingScope>("scope", request.Scope, mistakes), request.Region?.Trim() ?? "",
            OneOf<ContextBand>("band", request.Band, mistakes), DayOf(request.EffectiveFrom, mistakes),
            kinds.Where(k => k.Usd is not null).ToDictionary(k => k.Kind, k => k.Usd!.Value), request.Note ?? "");
        foreach (var (field, wrong) in own.Mistakes(asked)) mistakes.ByParameter.TryAdd(field, [wrong]);
        if (mistakes.Any) return mistakes.ToResult();
        var who = context.User.Identity?.Name ?? "";
        var price = await own.AddAsync(asked, who, context.RequestAborted);
        await log.WriteAsync(who, "Add an own price", price.Model, "done", context.RequestAborted);
        var row = (await report.ReadAsync(context.RequestAborted)).Rows.First(r => r.Price.Id == price.Id);
        return Results.Created($"/api/v1/prices?model={Uri.EscapeDataString(price.Model)}", Of(row));
    }

    private static async Task<IResult> Export(PriceBookReport report, TimeProvider time, string? model, CancellationToken cancel)
    {
        var book = await report.ReadAsync(cancel);
        string[] heads = ["model", "name", "tier", "scope", "region", "band", "effectiveFrom", "inputUsd", "cacheReadUsd", "cacheWrite5mUsd", "cacheWrite30mUsd", "cacheWrite1hUsd", "outputUsd", "unit", "source", "provenance", "isPast"];
        var rows = book.Rows.Where(r => Matches(r.Price.Model, r.Display, model)).Select(Of).Select(p => (IReadOnlyList<object?>)
        [
            p.Model, p.Name, p.Tier, p.Scope, p.Region, p.Band, p.EffectiveFrom, p.UsdPerMillion.Input, p.UsdPerMillion.CacheRead, p.UsdPerMillion.CacheWrite5m, p.UsdPerMillion.CacheWrite30m,
            p.UsdPerMillion.CacheWrite1h, p.UsdPerMillion.Output, "USD per 1M tokens", p.Source, p.Provenance, p.IsPast,
        ]);
        var today = time.GetUtcNow().UtcDateTime.Date;
        return CsvTable.Download("prices", today, today, heads, rows, cancel);
    }

    private static PriceAnswer Of(PriceRow r) => new(
        r.Price.Id, r.Price.Model, r.Display, r.Price.Provider, r.Price.Tier, r.Price.Scope, r.Price.Region, r.Price.Band, r.Price.EffectiveFrom, r.Price.Source, r.Price.Provenance, r.Price.ReadOn,
        r.IsOwn, r.IsPast, KindsAnswer.Of(r.Price)!, KindsAnswer.Of(r.List),
        [.. r.Learnt.Select(l => LearntAnswer.Of(l, r.Price))]);

    private static UnpricedAnswer Of(UnpricedModel u) => new(u.Model, u.Display, u.Tier, u.Scope, u.Region, u.Calls, u.Tokens, u.FirstDay, u.LastDay, u.Problem);

    private static T OneOf<T>(string field, string? text, QueryMistakes mistakes) where T : struct, Enum
    {
        if (string.IsNullOrEmpty(text)) return default;
        if (!char.IsAsciiDigit(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)) return value;
        mistakes.Add(field, $"'{text}' is not one of {string.Join(", ", Enum.GetNames<T>())}.");
        return default;
    }

    private static DateOnly DayOf(string? text, QueryMistakes mistakes)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", out var day)) return day;
        mistakes.Add("effectiveFrom", "Give the first day as YYYY-MM-DD.");
        return default;
    }
}
