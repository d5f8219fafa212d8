using GenAiCostPortal.Sources.Schedule;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>Registers the ways alerts go out.</summary>
internal static class AddNotifications
{
    public static void AddAlertChannels(this IServiceCollection services)
    {
        // The host says where its keys are kept; without a host they live as long as the process.
        services.AddDataProtection();
        services.TryAddSingleton(new AlertOptions());
        services.AddSingleton<ChannelSecrets>();
        services.AddSingleton<ChannelDoor>();
        services.AddSingleton(s => new AlertSender(
            s.GetRequiredService<Ledger.Alerts.AlertOutbox>(), s.GetRequiredService<ChannelDoor>(), s.GetRequiredService<AlertOptions>()));
        services.AddSingleton<IScheduledJob, AlertsJob>();
    }
}
