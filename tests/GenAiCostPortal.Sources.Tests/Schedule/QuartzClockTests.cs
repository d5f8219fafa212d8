using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace GenAiCostPortal.Sources.Schedule;

public sealed class QuartzClockTests
{
    [Fact]
    public async Task Quartz_fires_a_job_at_its_time_through_the_runner()
    {
        var fired = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var portal = await TestPortal.OpenAsync(new AwsOptions(), TimeProvider.System, services =>
        {
            services.RemoveAll<IScheduledJob>();
            services.AddSingleton<IScheduledJob>(new Bell(fired));
            services.AddQuartzClock(new ScheduleOptions { Jobs = { ["Ledger"] = "* * * * * ?", ["CostExplorer"] = "Off", ["CloudWatch"] = "Off", ["Retention"] = "Off" } });
        });
        var hosted = portal.Get<IEnumerable<IHostedService>>().Where(h => h.GetType().Namespace == "Quartz").ToList();
        foreach (var service in hosted) await service.StartAsync(CancellationToken.None);
        Assert.Equal("Schedule", await fired.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        foreach (var service in hosted) await service.StopAsync(CancellationToken.None);
        Assert.Contains(await portal.Get<FeedReport>().RunsAsync("Ledger"), r => r.Outcome == FeedOutcome.Succeeded);
    }

    private sealed class Bell(TaskCompletionSource<string> fired) : IScheduledJob
    {
        public string Name => "Ledger";
        public IReadOnlyList<string> Connections => [""];
        public TimeSpan? Reach => null;

        public Task RunAsync(JobRun run, CancellationToken cancel)
        {
            fired.TrySetResult(run.Request.Trigger);
            return Task.CompletedTask;
        }
    }
}
