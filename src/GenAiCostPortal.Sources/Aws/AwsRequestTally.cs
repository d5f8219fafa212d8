namespace GenAiCostPortal.Sources.Aws;

/// <summary>Counts the answered AWS requests of one run and what they cost.</summary>
public sealed class AwsRequestTally
{
    /// <summary>Price of a Cost Explorer request, each page counted, nano-USD ($0.01).</summary>
    public const long CostExplorerPageNanoUsd = 10_000_000;
    /// <summary>Price of one metric asked for through GetMetricData, nano-USD ($0.01 per 1,000).</summary>
    public const long MetricNanoUsd = 10_000;

    private long _requests;
    private long _costNanoUsd;

    public long Requests => Interlocked.Read(ref _requests);
    public long CostNanoUsd => Interlocked.Read(ref _costNanoUsd);

    /// <summary>Counts a request that AWS answered; refused ones are not billed.</summary>
    public void Add(long costNanoUsd)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _costNanoUsd, costNanoUsd);
    }

    /// <summary>Adds what an answer turned out to cost beyond its request: things charged by their number.</summary>
    public void AddCost(long costNanoUsd) => Interlocked.Add(ref _costNanoUsd, costNanoUsd);
}
