using System.Globalization;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>The row of a trace as listed, made from its spans and calls. Depends on no order.</summary>
internal static class TraceSummary
{
    /// <summary>Times, status and owners.</summary>
    public static void Describe(TraceRow row, List<Span> spans, TraceReading reading, CallBooking names)
    {
        long start = long.MaxValue, end = long.MinValue;
        var status = SpanStatus.Unset;
        var doors = Doors.None;
        foreach (var span in spans)
        {
            start = Math.Min(start, span.StartUnixNs);
            end = Math.Max(end, span.EndUnixNs);
            if (span.Status > status) status = span.Status;
            doors |= span.Doors;
        }
        row.StartUnixMs = start / 1_000_000;
        row.DurationMs = (end - start) / 1e6;
        // The root knows how the whole ended: a failed call inside may have been retried well.
        row.Status = reading.Root?.Status ?? status;
        row.HasRoot = reading.Root is not null;
        row.Spans = spans.Count;
        row.Source = DoorWords.Of(doors);
        row.Loops = reading.Loops.Count;
        var owners = reading.RequestOwners;
        row.WorkflowId = names.Id(DimensionKind.Workflow, owners.Workflow);
        row.FeatureId = names.Id(DimensionKind.Feature, owners.Feature);
        row.TeamId = names.Id(DimensionKind.Team, owners.Team);
        row.ApplicationId = names.Id(DimensionKind.Application, owners.Application);
        row.EnvironmentId = names.Id(DimensionKind.Environment, owners.Environment);
        row.ReleaseId = names.Id(DimensionKind.Release, owners.Release);
    }

    /// <summary>Sums over calls.</summary>
    public static TraceRow Of(TraceRow row, List<CallRow> calls)
    {
        (row.Calls, row.Errors, row.Retries, row.Tokens, row.EstimatedCostNanoUsd, row.RetryCostNanoUsd) = (calls.Count, 0, 0, 0, 0, 0);
        var state = CostState.NotBillable;
        foreach (var call in calls)
        {
            if (call.Status != CallStatus.Ok) row.Errors++;
            if ((call.Flags & CallFlags.IsRetry) != 0) row.Retries++;
            row.Tokens += call.Tokens.Total;
            var cost = call.EstimatedCostNanoUsd ?? 0;
            row.EstimatedCostNanoUsd += cost;
            if ((call.Flags & CallFlags.WasRetried) != 0) row.RetryCostNanoUsd += cost;
            state = Worse(state, call.CostState);
        }
        row.CostState = state;
        return row;
    }

    /// <summary>The worse of two; what is not billable says nothing of what is.</summary>
    public static CostState Worse(CostState a, CostState b) =>
        a == CostState.NotBillable ? b : b == CostState.NotBillable ? a : a > b ? a : b;

    /// <summary>Models, account and region: of the calls, the first that says.</summary>
    public static void Name(TraceRow row, List<CallRow> rows, TraceReading reading, CallBooking names)
    {
        (row.AccountId, row.RegionId, row.ModelIds) = (0, 0, ",");
        if (rows.Count == 0) return;
        string account = "", region = "";
        DateTime accountAt = DateTime.MaxValue, regionAt = DateTime.MaxValue;
        var models = new SortedSet<int>();
        foreach (var call in reading.Calls)
        {
            models.Add(names.Id(DimensionKind.Model, call.Model.Canonical, call.Model.Display));
            if (call.AccountId.Length > 0 && IsFirst(call.Start, call.AccountId, accountAt, account)) (account, accountAt) = (call.AccountId, call.Start);
            if (call.Region.Length > 0 && IsFirst(call.Start, call.Region, regionAt, region)) (region, regionAt) = (call.Region, call.Start);
        }
        row.AccountId = names.Id(DimensionKind.Account, account);
        row.RegionId = names.Id(DimensionKind.Region, region);
        models.Remove(0);
        if (models.Count > 0) row.ModelIds = "," + string.Join(',', models.Select(m => m.ToString(CultureInfo.InvariantCulture))) + ",";
    }

    /// <summary>
    /// <see cref="SampledShare"/> of a request: it is seen as often as that of its calls which was kept most often. 0 where one of
    /// them stands for itself; records alone are not of the request.
    /// </summary>
    public static long KeptOf2Pow56(List<CallRow> calls)
    {
        var most = 0L;
        foreach (var call in calls)
        {
            if (call.Doors == Doors.InvocationLog) continue;
            if (call.KeptOf2Pow56 == 0) return 0;
            most = Math.Max(most, call.KeptOf2Pow56);
        }
        return most;
    }

    /// <summary>Start of the first call.</summary>
    public static long FirstStart(List<CallRow> calls)
    {
        var first = long.MaxValue;
        foreach (var call in calls) first = Math.Min(first, call.StartUnixMs);
        return first;
    }

    private static bool IsFirst(DateTime start, string value, DateTime knownAt, string known) =>
        start < knownAt || (start == knownAt && string.CompareOrdinal(value, known) < 0);
}
