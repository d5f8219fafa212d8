using GenAiCostPortal.Sources.Schedule;
using Microsoft.Extensions.DependencyInjection;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>Registers the X-Ray feed.</summary>
internal static class XRayRegistration
{
    public static void AddXRay(this IServiceCollection services)
    {
        services.AddSingleton<SegmentDecoder>();
        services.AddSingleton<XRayReader>();
        services.AddSingleton<IScheduledJob, XRayJob>();
    }
}
