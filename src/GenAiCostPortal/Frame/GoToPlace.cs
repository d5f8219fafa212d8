using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Frame;

/// <summary>What one can go to; in this order where two match equally well.</summary>
public enum GoToKind { Page, Feature, Team, Application, Model, Account, Release, Spike, Trace }

/// <summary>Somewhere to go.</summary>
/// <param name="Name">What people read.</param>
/// <param name="Key">What the address holds.</param>
/// <param name="Also">A second name it is found by: an account's number, a spike's feature. Empty: none.</param>
public sealed record GoToPlace(GoToKind Kind, string Name, string Key, string Also = "")
{
    private static readonly string[] Filtered = ["/spend", "/usage", "/unit-costs", "/traces"];

    /// <summary>
    /// The address of the place, seen from where the reader is. The period stays. A name becomes the only filter: of the page
    /// that is open where that page can be filtered, else of Spend.
    /// </summary>
    public string Href(PortalUrl here) => Kind switch
    {
        GoToKind.Page => here.To(Key).ToString(),
        GoToKind.Spike => here.To("/spikes/" + Key).ToString(),
        GoToKind.Trace => here.To("/traces/" + Key).ToString(),
        _ when PageOf(here) is var page and not "/spend" => here.To(page).WithoutFilters().Only(Dimension, Key).ToString(),
        _ => DrillDown.Href(here.To("/spend").WithoutFilters(), [SpendDimension.Team, SpendDimension.Feature], Dimension, Key)!,
    };

    /// <summary>What it is and where it leads: <c>Feature in Spend</c>.</summary>
    public string What(PortalUrl here) => Kind switch
    {
        GoToKind.Page or GoToKind.Spike or GoToKind.Trace => Kind.ToString(),
        _ => $"{Kind} in {PortalPages.All.First(p => p.Path == PageOf(here)).Name}",
    };

    private SpendDimension Dimension => Kind switch
    {
        GoToKind.Team => SpendDimension.Team,
        GoToKind.Application => SpendDimension.Application,
        GoToKind.Model => SpendDimension.Model,
        GoToKind.Account => SpendDimension.Account,
        GoToKind.Release => SpendDimension.Release,
        _ => SpendDimension.Feature,
    };

    private static string PageOf(PortalUrl here) => Array.IndexOf(Filtered, here.Path) >= 0 ? here.Path : "/spend";
}
