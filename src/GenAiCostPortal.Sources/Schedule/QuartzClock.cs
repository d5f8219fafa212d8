using GenAiCostPortal.Sources.Aws;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>Quartz as the clock: it fires each job of <see cref="JobTable"/> at its time.</summary>
internal static class QuartzClock
{
    public static void AddQuartzClock(this IServiceCollection services, ScheduleOptions options)
    {
        var triggers = JobTable.Read(options).Values.Where(t => t.Cron is not null).ToList();
        services.AddQuartz($"portal-{Guid.NewGuid():N}", quartz =>
        {
            quartz.UseInMemoryStore();
            // Reading feeds is waiting; more threads would only stand idle.
            quartz.UseDefaultThreadPool(4);
            foreach (var trigger in triggers)
                quartz.ScheduleJob<TimedJob>(
                    t => t.WithIdentity(trigger.Job).WithDescription(trigger.InWords)
                        .WithSchedule(CronScheduleBuilder.Create(trigger.Cron!).WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing)),
                    j => j.WithIdentity(trigger.Job));
        });
        services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
    }

    /// <summary>A job whose time has come.</summary>
    internal sealed class TimedJob(JobRunner runner, IHostApplicationLifetime life) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, life.ApplicationStopping);
            var job = context.JobDetail.Key.Name;
            if (runner.Find(job) is { Connections.Count: > 0 }) await runner.RunAsync(job, JobRequest.Scheduled, stop.Token);
        }
    }
}

/// <summary>Runs once after the start what was due while the portal was off. Made answers have no such time.</summary>
internal sealed class MissedRuns(JobSchedule schedule, JobRunner runner, AwsOptions aws, ILogger<MissedRuns> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var job in await schedule.UnfinishedAsync(stoppingToken)) await runner.RunAsync(job, JobRequest.Scheduled, stoppingToken);
            if (aws.Connections.Exists(c => c.MadeApi is not null)) return;
            foreach (var job in await schedule.MissedAsync(stoppingToken)) await runner.RunAsync(job, JobRequest.Scheduled, stoppingToken);
        }
        // The runs themselves report their failures; a store that is busy at start must not take the portal down.
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            log.LogError(fault, "Runs missed while the portal was off could not be started.");
        }
    }
}
