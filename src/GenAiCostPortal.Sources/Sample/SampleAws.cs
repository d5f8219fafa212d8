using System.Text.Json;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>AWS as Larkfield's accounts would answer: Cost Explorer for the payer, CloudWatch for one account.</summary>
internal sealed class SampleAws(CostExplorerAnswers costExplorer, CloudWatchAnswers cloudWatch) : IAwsApi
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
