using GenAiCostPortal.Actions;
using GenAiCostPortal.Pages.Overview;
using GenAiCostPortal.Pages.Prices;
using GenAiCostPortal.Pages.Reconciliation;
using GenAiCostPortal.Pages.Spend;
using GenAiCostPortal.Pages.UnitCosts;
using GenAiCostPortal.Pages.Usage;
using GenAiCostPortal.Sources.CostExplorer;

namespace GenAiCostPortal.Figures;

/// <summary>Registers what pages need besides the reports.</summary>
internal static class PageFigures
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddSingleton<Colours>();
        services.AddSingleton<AnswerShelf>();
        services.AddScoped<UserAction>();
        services.AddSingleton<SpendFigures>();
        services.AddSingleton<UsageFigures>();
        services.AddSingleton<PricesFigures>();
        services.AddSingleton<UsageDrawing>();
        services.AddSingleton<UnitCostFigures>();
        services.AddSingleton<UnitCostDrawing>();
        services.AddSingleton<SpendSteps>();
        services.AddSingleton<SpendFlow>();
        services.AddSingleton<SpendMap>();
        services.AddSingleton<PivotTable>();
        services.AddSingleton<Frame.GoToFinder>();
        services.AddSingleton<DearestDayFinder>();
        services.AddSingleton<OverviewFigures>();
        services.AddSingleton<Pages.Spikes.ThresholdChoices>();
        services.AddSingleton<ChangeCauses>();
        services.AddSingleton<CostExplorerQuestions>();
        services.AddSingleton<ReconciliationFigures>();
        services.AddSingleton<FigureStories>();
        return services;
    }
}
