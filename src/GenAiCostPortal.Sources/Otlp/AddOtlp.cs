using GenAiCostPortal.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>Registers the OTLP door.</summary>
internal static class OtlpRegistration
{
    /// <summary>Adds the decoder, the inbox with its writer, and the intake that both HTTP and the sample use.</summary>
    public static IServiceCollection AddOtlp(this IServiceCollection services)
    {
        services.AddSingleton<OtlpDecoder>();
        services.AddSingleton<OtlpCounters>();
        services.AddSingleton<Inbox>();
        services.AddHostedService(s => s.GetRequiredService<Inbox>());
        services.AddSingleton(s => new OtlpIntake(
            s.GetRequiredService<OtlpDecoder>(), s.GetRequiredService<TraceWriter>(), s.GetRequiredService<MeasureWriter>(),
            s.GetRequiredService<Inbox>(), s.GetRequiredService<OtlpCounters>()));
        return services;
    }
}
