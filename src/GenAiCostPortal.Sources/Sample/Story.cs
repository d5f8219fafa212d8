using System.Text.Json;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>The one story of the sample organisation, read from <c>story.json</c>: what a usual day is, what moved and by how much.</summary>
public sealed record Story(
    string Feature, string Team, string Workflow, string Agent, string LoopedStep, string Model,
    string ReleaseBefore, string ReleaseDear, string ReleaseFixed, TimeOnly ReleasedAt, TimeOnly RolledBackAt, TimeOnly FixedNextDayAt,
    StoryUsualDay UsualDay, StoryFigures Usual, StoryFactors Factors, StoryFigures Dear, StoryDearDay DearDay)
{
    /// <summary>The story as it ships.</summary>
    public static Story Told { get; } = SampleFile.Read<Story>("story.json");
}

/// <summary>A usual weekday. USD as billed.</summary>
/// <param name="RequestsInWindow">Requests of the feature between the times of the release and of the rollback.</param>
public sealed record StoryUsualDay(decimal TotalUsd, decimal FeatureUsd, decimal FeatureShare, int Requests, int RequestsInWindow);

/// <summary>The feature's figures in the window between release and rollback.</summary>
/// <param name="PromptTokensPerCall">Cached ones included.</param>
/// <param name="BilledAttemptsPerCall">Billed attempts ÷ first attempts; above 1 when attempts time out after their first tokens and are sent again.</param>
/// <param name="ThrottledShareOfCalls">Attempts that were throttled, not billed, and sent again ÷ first attempts.</param>
public sealed record StoryFigures(
    int RequestsInWindow, int CallsPerRequest, int LoopedStepCalls, int PromptTokensPerCall, int CacheReadTokensPerCall,
    int CacheWriteTokensPerCall, int OutputTokensPerCall, decimal BilledAttemptsPerCall, decimal ThrottledShareOfCalls)
{
    /// <summary>Prompt tokens that no cache held.</summary>
    public int InputTokensPerCall => PromptTokensPerCall - CacheReadTokensPerCall - CacheWriteTokensPerCall;
}

/// <summary>Dear ÷ usual, figure by figure.</summary>
public sealed record StoryFactors(
    decimal Requests, decimal CallsPerRequest, decimal PromptTokensPerCall, decimal OutputTokensPerCall, decimal BilledAttemptsPerCall);

/// <summary>The dear day. USD as billed.</summary>
public sealed record StoryDearDay(decimal TotalUsd, decimal FeatureUsd, decimal TimesUsual);

/// <summary>Files of the sample organisation inside the assembly.</summary>
internal static class SampleFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static T Read<T>(string name)
    {
        using var stream = typeof(SampleFile).Assembly.GetManifestResourceStream($"{typeof(SampleFile).Namespace}.{name}")
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        return JsonSerializer.Deserialize<T>(stream, Json) ?? throw new InvalidOperationException($"{name} is empty.");
    }
}
