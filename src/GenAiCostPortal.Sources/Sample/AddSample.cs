using GenAiCostPortal.Sources.Aws;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>Registers the sample organisation.</summary>
public static class SampleRegistration
{
    /// <summary>
    /// Puts Larkfield's accounts in place of the configured connections and feeds an empty store at start. Call it before
    /// <see cref="SourcesRegistration.AddSources"/>. With a fixed <see cref="SampleOptions.Now"/> the whole portal lives in that time.
    /// </summary>
    public static IServiceCollection AddSample(this IServiceCollection services, SampleOptions options, AwsOptions aws)
    {
        var time = TimeProvider.System;
        if (options.Now is { } now) time = new SampleClock(time, now - time.GetUtcNow().UtcDateTime);
        var stage = new SampleStage(options, time);
        aws.Connections.Clear();
        aws.Connections.AddRange(Larkfield.Accounts.Select(account => Connection(account, stage)));
        services.AddSingleton(time);
        services.AddSingleton(stage);
        services.AddHostedService<SampleFeeding>();
        return services;
    }

    private static AwsConnectionOptions Connection(SampleAccount account, SampleStage stage) => new()
    {
        Name = account.Name,
        AccountId = account.Id,
        Regions = [.. Larkfield.RegionsOf(account)],
        MadeApi = new SampleAws(account.Id, stage),
        CostExplorer = { Enabled = account == Larkfield.Production },
        CloudWatch = { Enabled = true, PeriodSeconds = 3600 },
    };
}
