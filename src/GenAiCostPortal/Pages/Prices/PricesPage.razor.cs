using GenAiCostPortal.Access;
using GenAiCostPortal.Actions;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Prices;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Pages.Prices;

/// <summary>The price book: list and own prices with their sources, and the models that have none.</summary>
public sealed partial class PricesPage
{
    private string? _text;
    private Price? _added;

    protected override async Task<PricePicture> ReadAsync(PortalUrl url, CancellationToken cancel) =>
        await Figures.ReadAsync(url, await Action.MayAsync(Policies.Administrator), cancel);

    protected override bool Concerns(LedgerPart part) => part is LedgerPart.Prices || part is LedgerPart.Costs && Reading.Answer?.Tab == PricesTab.Accuracy;

    private void Search()
    {
        Links.NavigateTo(Url.With(PricePicture.Text, (_text ?? Url[PricePicture.Text])?.Trim()).ToString());
        _text = null;
    }

    private async Task<IReadOnlyCollection<string>> AddAsync(OwnPrice own)
    {
        if (Own.Mistakes(own) is { Count: > 0 } mistakes) return [.. mistakes.Values];
        var isDone = await Action.RunAsync(Policies.Administrator, "Add an own price", own.Model, async who =>
        {
            var price = await Own.AddAsync(own, who);
            _added = price.EffectiveFrom <= Today ? price : null;
            return new ActionOutcome($"{PriceText.Of(price)}. It holds for calls that arrive from now on.");
        });
        return isDone ? [] : ["The price was not added."];
    }

    private string CsvHref() => PortalUrl.Read("/api/v1/export/prices.csv").With("model", Url[PricePicture.Text]).ToString();

    private static string Lead(PricePicture picture)
    {
        var calls = picture.Book.Unpriced.Sum(u => u.Calls);
        var inUse = picture.Book.Rows.Where(r => r.CallsLately > 0).Select(r => r.Price.Model).Distinct().Count();
        var words = calls == 0 ? inUse == 0 ? "No call has been recorded yet; the list prices are ready for the first." : $"Every recorded call has a price: {inUse} models in use."
            : $"{NumberText.Count(calls)} billable {(calls == 1 ? "call has" : "calls have")} no price, by {Many(picture.Book.Unpriced.Select(u => u.Model).Distinct().Count(), "model")}. Their cost is unknown and in no estimate.";
        if (picture.Book.PartlyPriced.Count > 0)
            words += $" {NumberText.Tokens(picture.Book.PartlyPriced.Sum(p => p.Tokens))} tokens of {string.Join(", ", picture.Book.PartlyPriced.Take(3).Select(p => p.Display))} are of kinds without a price.";
        return words;
    }

    private static string Many(int count, string what) => count == 1 ? $"one {what}" : $"{count} {what}s";

    private static string Nothing(PricePicture picture) => picture.Shown switch
    {
        PricesShown.Own => "No own price has been entered for this.",
        PricesShown.InUse => "No model of the last 30 days matches.",
        _ => "No list has such a model. Calls of it are counted without a cost.",
    };
}
