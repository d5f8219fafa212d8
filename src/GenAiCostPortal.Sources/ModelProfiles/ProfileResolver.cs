using System.Text.Json.Serialization;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Inventory;

namespace GenAiCostPortal.Sources.ModelProfiles;

/// <summary>Asks Bedrock which model an application inference profile routes to (GetInferenceProfile), in the profile's region and account.</summary>
internal sealed class ProfileResolver(AwsConnections connections, AwsOptions options, InferenceProfiles profiles, TimeProvider time)
{
    public const string Action = "bedrock:GetInferenceProfile";
    /// <summary>How long Bedrock's "no" is taken for an answer.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromDays(1);

    /// <summary>Asks about those that were not asked about within a day. Returns how many became known.</summary>
    /// <param name="isForced">Asks about all.</param>
    public async Task<int> ResolveAsync(AwsRequestTally tally, bool isForced, CancellationToken cancel)
    {
        await profiles.LoadAsync(cancel);
        var now = time.GetUtcNow().UtcDateTime;
        var resolved = 0;
        foreach (var profile in profiles.Unresolved)
        {
            if (!isForced && profile.AskedAt is { } asked && now - asked < AskAgainAfter) continue;
            if (await AskAsync(profile.Arn, now, tally, cancel)) resolved++;
        }
        return resolved;
    }

    private async Task<bool> AskAsync(string arn, DateTime now, AwsRequestTally tally, CancellationToken cancel)
    {
        var parts = arn.Split(':');
        var (region, account) = parts.Length > 5 ? (parts[3], parts[4]) : ("", "");
        if (region.Length == 0 || options.Connections.Find(c => c.AccountId == account) is not { } owner)
        {
            profiles.Note(arn, $"No connection reads account {account}.");
            return false;
        }
        var connection = connections.Get(owner.Name);
        try
        {
            var call = AwsCall.Rest("bedrock", region, "GET", "/inference-profiles/" + AwsCall.Segment(arn), Action);
            var answer = AwsJson.Read<GetInferenceProfileResponse>(await connection.Api.CallAsync(call, cancel));
            tally.Add(0);
            var model = ProfileRouting.ModelId(answer.Models.Select(m => m.ModelArn));
            await KeepAsync(arn, answer.Name, model, model.Length > 0 ? "" : "Bedrock names no model behind it.", now, cancel);
            return model.Length > 0;
        }
        catch (AwsRefusedException refusal)
        {
            // A fault of the moment is no answer: it is not kept, and asked again at the next run.
            if (refusal.IsAccessDenied || refusal.Status is 400 or 404 && !AwsErrors.IsThrottle(refusal) && !AwsErrors.IsExpired(refusal))
                await KeepAsync(arn, "", "", Words(refusal, connection, region), now, cancel);
            else profiles.Note(arn, Words(refusal, connection, region));
            return false;
        }
    }

    private Task<int> KeepAsync(string arn, string name, string model, string problem, DateTime now, CancellationToken cancel) =>
        profiles.WriteAsync([new InferenceProfile { Arn = arn, Name = name, ModelId = model, Problem = problem, Tags = "", ReadAt = now }], cancel);

    private static string Words(AwsRefusedException refusal, AwsConnection connection, string region) => refusal.Code switch
    {
        "ResourceNotFoundException" => $"Bedrock does not know it in {region} (any more).",
        "ValidationException" => "Bedrock does not take it for a profile.",
        _ => AwsErrors.Words(refusal, connection.Options).Message,
    };
}

/// <summary>Named and shaped like the official SDK's type (API model bedrock 2023-04-20).</summary>
internal sealed record GetInferenceProfileResponse
{
    [JsonPropertyName("inferenceProfileName")]
    public string Name { get; init; } = "";
    [JsonPropertyName("models")]
    public IReadOnlyList<InferenceProfileModel> Models { get; init; } = [];
}
