using GenAiCostPortal.Actions;

namespace GenAiCostPortal.Figures;

/// <summary>Registers what pages need besides the reports.</summary>
internal static class PageFigures
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddSingleton<Colours>();
        services.AddSingleton<AnswerShelf>();
        services.AddScoped<UserAction>();
        return services;
    }
}
