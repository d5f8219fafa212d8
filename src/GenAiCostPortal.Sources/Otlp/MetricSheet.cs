using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Sources.Otlp;

/// <summary>What a metric says of all its points.</summary>
internal enum MetricKind { None, Counter, Histogram, Other }

/// <summary>Head of a metric while its points are read.</summary>
internal struct WireMetricHead
{
    public string Name, Unit;
    public MetricKind Kind;
    public long Temporality;
    public bool IsMonotonic;

    /// <summary>Whether its points are read at all.</summary>
    public readonly bool IsOfInterest => (Kind == MetricKind.Histogram || Kind == MetricKind.Counter && IsMonotonic) && MeasuredReader.Knows(Name ?? "");
}

/// <summary>Fields of one data point before it is checked, in wire types.</summary>
internal struct WirePointFields
{
    public ulong StartUnixNs, TimeUnixNs, Count, Flags;
    public double Value;
    public bool HasValue;
}

/// <summary>Collects the data points of GenAI metrics of one body and checks them; other points are counted only.</summary>
internal sealed class MetricSheet(PromptHashKey key, DateTimeOffset now) : AttributeSheet(captureContent: false, key, now)
{
    private const long Delta = 1, Cumulative = 2;
    private const ulong NoRecordedValue = 1;
    private const double Most = 1e12;

    private readonly ulong _earliestUnixNs = (ulong)new DateTimeOffset(now.UtcDateTime.Date.AddDays(-MeasureWriter.TakenForDays), TimeSpan.Zero).ToUnixTimeMilliseconds() * 1_000_000;
    private readonly List<MeasuredPointRead> _points = [];

    public DecodedMetrics ToDecoded() => new(_points, Rejected, RejectReason, Ignored);

    /// <summary>Counts a point that is not read.</summary>
    public void Ignore() => Ignored++;

    /// <summary>Ends a point of a metric of interest. Its attributes were added before.</summary>
    public void EndPoint(in WireMetricHead metric, in WirePointFields point)
    {
        if ((point.Flags & NoRecordedValue) != 0) Ignored++;
        else if (Refusal(metric, point) is { } reason) Reject(reason);
        else
            _points.Add(new MeasuredPointRead(metric.Name, metric.Unit ?? "", Resource, Scope, EndAttributes(), metric.Temporality == Cumulative,
                (long)(Math.Min(point.StartUnixNs, point.TimeUnixNs) / 1_000_000), EndMs(point), point.Value, (long)point.Count));
    }

    // Rounded up, so that a start within the same millisecond is still a start; a start that is no earlier than the end is none.
    private static long EndMs(in WirePointFields point) => (long)((point.TimeUnixNs + (point.StartUnixNs < point.TimeUnixNs ? 999_999UL : 0)) / 1_000_000);

    private string? Refusal(in WireMetricHead metric, in WirePointFields point) =>
        metric.Temporality is not (Delta or Cumulative) ? "A metric does not say whether its points are deltas or running totals."
        : !point.HasValue ? "A data point has no sum."
        : !double.IsFinite(point.Value) || point.Value < 0 || point.Value > Most || point.Count > Most ? "The value of a data point is no count of tokens, calls or seconds."
        : point.TimeUnixNs == 0 ? "A data point has no time."
        : point.TimeUnixNs < _earliestUnixNs ? "A data point is more than 14 days old."
        : point.TimeUnixNs > LatestUnixNs ? "A data point is more than a day in the future."
        : null;
}
