using System.Globalization;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Prices;

namespace GenAiCostPortal.Pages.Prices;

/// <summary>Which part of the Prices page is open.</summary>
public enum PricesTab { Book, Repricing, Accuracy }

/// <summary>Reads what the Prices page shows.</summary>
public sealed class PricesFigures(PriceBookReport book, LearntRateReport learnt, Repricings repricings, AccuracyReport accuracy)
{
    /// <summary>The book always, the rest as its tab asks.</summary>
    public async Task<PricePicture> ReadAsync(PortalUrl url, bool mayEdit, CancellationToken cancel)
    {
        var picture = PricePicture.Of(url, await book.ReadAsync(cancel), mayEdit);
        return picture with
        {
            Rates = int.TryParse(url[PricePicture.RatesOf], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? await learnt.HistoryAsync(id, cancel) : null,
            Repricings = picture.Tab == PricesTab.Repricing ? await repricings.HistoryAsync(cancel) : [],
            Accuracy = picture.Tab == PricesTab.Accuracy ? await accuracy.ReadAsync(DateOnly.MinValue, DateOnly.MaxValue, cancel) : null,
        };
    }
}
