using System.Text.Json;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>AWS as one of Larkfield's accounts answers: Cost Explorer for the payer, CloudWatch for the account.</summary>
internal sealed class SampleAws(string accountId, SampleStage stage) : IAwsApi
{
    /// <inheritdoc />
    public async Task<byte[]> CallAsync(AwsCall call, CancellationToken cancel = default)
    {
        var organisation = await stage.OrganisationAsync(cancel);
        return await organisation.Aws(accountId, stage.AwsClock).CallAsync(call, cancel);
    }
}

/// <summary>Answers of one account of an organisation at the time of a clock.</summary>
internal sealed class MadeAnswers(CostExplorerAnswers costExplorer, CloudWatchAnswers cloudWatch) : IAwsApi
{
    /// <inheritdoc />
    public Task<byte[]> CallAsync(AwsCall call, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        using var body = JsonDocument.Parse(call.Body);
        var operation = call.Target[(call.Target.LastIndexOf('.') + 1)..];
        try
        {
            return Task.FromResult(call.Service switch
            {
                "ce" => costExplorer.Answer(operation, body.RootElement),
                "monitoring" => cloudWatch.Answer(operation, call.Region, body.RootElement),
                _ => throw Refusal.Of("UnknownOperationException", $"Larkfield has no {call.Service}."),
            });
        }
        catch (Exception fault) when (fault is KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new AwsRefusedException("ValidationException", "The request lacks a member or has one of the wrong type.", 400, null, fault);
        }
    }
}
