using System.Collections.Concurrent;

namespace GenAiCostPortal.Ledger.ModelNames;

/// <summary>
/// Which model an application inference profile routes to. A profile never changes its model, so what Bedrock told once is a fact
/// for the whole process, as the names of models are.
/// </summary>
public static class ProfileModels
{
    private const int Most = 10_000;
    private static readonly ConcurrentDictionary<string, string> Models = new(StringComparer.Ordinal);

    /// <summary>Makes a profile known. <paramref name="modelId"/>: id or ARN of the model or system profile behind it.</summary>
    public static void Learn(string profileArn, string modelId)
    {
        if (profileArn.Length > 0 && modelId.Length > 0 && Models.Count < Most) Models[profileArn] = modelId;
    }

    /// <summary>Id of the model behind a profile, or null while it is not known.</summary>
    public static string? Find(string profileArn) => Models.GetValueOrDefault(profileArn);

    /// <summary>Whether an ARN names an application inference profile, whose model is not in its name.</summary>
    public static bool IsProfile(string arn) =>
        arn.StartsWith("arn:", StringComparison.Ordinal) && arn.Contains(":application-inference-profile/", StringComparison.Ordinal);
}
