using System.Globalization;

namespace GenAiCostPortal.Sources.XRay;

/// <summary>What a run has read so far, for its message.</summary>
internal sealed class XRayReading
{
    private readonly HashSet<string> _regions = [], _searched = [], _pending = [], _groupless = [];

    public long Spans { get; set; }
    public long Traces { get; set; }
    /// <summary>Traces without a span of GenAI.</summary>
    public long LeftOut { get; set; }
    public long Refused { get; private set; }
    public string Reason { get; private set; } = "";
    /// <summary>Traces that X-Ray named and did not give.</summary>
    public long Unprocessed { get; set; }
    /// <summary>Traces of which AWS itself kept a part.</summary>
    public long Cut { get; set; }

    public void Refuse(XRaySpans read)
    {
        if (Refused == 0) Reason = read.Reason;
        Refused += read.Refused;
    }

    public void InRegion(string region, GetTraceSegmentDestinationResult destination)
    {
        _regions.Add(region);
        if (destination.Destination != "CloudWatchLogs") return;
        (destination.Status == "PENDING" ? _pending : _searched).Add(region);
    }

    public void WithoutGroup(string region) => _groupless.Add(region);

    /// <summary>All of it in words.</summary>
    public string Message(bool isFiltered)
    {
        var words = new List<string> { $"{Count(Spans, "span")} of {Count(Traces, "trace")} in {Count(_regions.Count, "region")}." };
        if (_searched.Count > 0)
            words.Add($"Transaction Search is on in {Names(_searched)}: spans are read from the log group aws/spans{(isFiltered ? ", where the filter expression does not apply" : "")}.");
        if (_pending.Count > 0) words.Add($"Transaction Search is being switched on in {Names(_pending)}; until then segments are read from X-Ray.");
        if (_groupless.Count > 0) words.Add($"The log group aws/spans is not there yet in {Names(_groupless)}.");
        if (LeftOut > 0) words.Add($"{Count(LeftOut, "trace")} without a model call, agent or tool {Were(LeftOut)} left out.");
        if (Refused > 0) words.Add($"{Count(Refused, "document")} {Were(Refused)} refused: {Reason}");
        if (Cut > 0) words.Add($"{Count(Cut, "trace")} {Were(Cut)} larger than AWS keeps; the rest is missing.");
        if (Unprocessed > 0) words.Add($"{Count(Unprocessed, "trace")} {Were(Unprocessed)} named and not given by X-Ray.");
        return string.Join(' ', words);
    }

    private static string Names(HashSet<string> regions) => string.Join(", ", regions.Order(StringComparer.Ordinal));
    private static string Count(long number, string word) => string.Create(CultureInfo.InvariantCulture, $"{number} {word}{(number == 1 ? "" : "s")}");
    private static string Were(long number) => number == 1 ? "was" : "were";
}
