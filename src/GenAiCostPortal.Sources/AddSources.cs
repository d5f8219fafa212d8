using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Otlp;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GenAiCostPortal.Sources;

/// <summary>Registers every way in.</summary>
public static class SourcesRegistration
{
    /// <summary>Adds receivers, feeds and the schedule.</summary>
    public static IServiceCollection AddSources(this IServiceCollection services, OtlpOptions otlp, AwsOptions aws, ScheduleOptions? schedule = null)
    {
        services.AddSingleton(otlp);
        services.AddSingleton(aws);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(PromptHashKey.Random());
        services.AddOtlp();
        services.AddFeedsAndJobs(schedule ?? new ScheduleOptions());
        return services;
    }
}
