using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Accounts;
using GenAiCostPortal.Sources.Athena;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.BedrockMetrics;
using GenAiCostPortal.Sources.CostExplorer;
using GenAiCostPortal.Sources.DataExports;
using GenAiCostPortal.Sources.Inventory;
using GenAiCostPortal.Sources.InvocationLogs;
using GenAiCostPortal.Sources.ModelProfiles;
using GenAiCostPortal.Sources.Notifications;
using GenAiCostPortal.Sources.PriceList;
using GenAiCostPortal.Sources.XRay;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>Registers the feeds on AWS, the jobs and their clock.</summary>
internal static class AddSchedule
{
    public static void AddFeedsAndJobs(this IServiceCollection services, ScheduleOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<AwsConnections>();
        services.AddSingleton<AwsCostMeter>();
        services.AddSingleton<PermissionCheck>();
        services.AddSingleton<CostExplorerReader>();
        services.AddSingleton<BorderCosts>();
        services.AddSingleton<BedrockMetricsReader>();
        services.AddSingleton<ResourceMetricsReader>();
        services.AddSingleton<ResourceMetrics>();
        services.AddSingleton<IScheduledJob, CostExplorerJob>();
        services.AddSingleton<IScheduledJob, CloudWatchJob>();
        services.AddInvocationLogs();
        services.AddDataExports();
        services.AddSingleton<InventoryReader>();
        services.AddXRay();
        services.AddSingleton<IScheduledJob, AccountsJob>();
        services.AddSingleton<IScheduledJob, InventoryJob>();
        services.AddSingleton<ProfileResolver>();
        services.AddSingleton<ProfileMeters>();
        services.AddSingleton<IScheduledJob, InferenceProfilesJob>();
        services.AddSingleton<OfferFiles>();
        services.AddSingleton<IScheduledJob, PriceListJob>();
        services.AddSingleton<IScheduledJob, LedgerJob>();
        services.AddSingleton<IScheduledJob, SpikesJob>();
        services.AddSingleton<IScheduledJob, RetentionJob>();
        services.AddSingleton<IScheduledJob, AttributionJob>();
        services.AddSingleton<IScheduledJob, RepricingJob>();
        services.AddAlertChannels();
        services.TryAddSingleton(new RetentionOptions());
        services.AddSingleton<JobRunner>();
        services.AddSingleton<JobSchedule>();
        services.AddSingleton<IJobSchedule>(s => s.GetRequiredService<JobSchedule>());
        // Order matters: what a crash left is closed before anything runs.
        services.AddHostedService(s => s.GetRequiredService<JobSchedule>());
        services.AddQuartzClock(options);
        services.AddHostedService<MissedRuns>();
        services.AddHostedService<RulesWatch>();
    }

    private static void AddDataExports(this IServiceCollection services)
    {
        services.AddSingleton<ExportPeriodReader>();
        services.AddSingleton<ExportBill>();
        services.AddSingleton<IScheduledJob, DataExportsJob>();
        services.AddSingleton<AthenaBudget>();
        services.AddSingleton<IScheduledJob, AthenaJob>();
    }

    private static void AddInvocationLogs(this IServiceCollection services)
    {
        services.AddSingleton<LogIntakes>();
        services.AddSingleton<BucketLogs>();
        services.AddSingleton<LogGroupLogs>();
        services.AddSingleton<LoggingState>();
        services.AddSingleton<IScheduledJob, InvocationLogsJob>();
        services.AddSingleton<IScheduledJob, AthenaLogsJob>();
    }
}
