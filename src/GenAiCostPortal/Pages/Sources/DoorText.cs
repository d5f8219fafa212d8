using GenAiCostPortal.Figures;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Pages.Sources;

/// <summary>Doors in words.</summary>
internal static class DoorText
{
    private static readonly (Doors Door, string Name)[] All =
        [(Doors.Otlp, "OTLP traces"), (Doors.OtlpLogs, "OTLP events"), (Doors.InvocationLog, "invocation log"), (Doors.XRay, "X-Ray")];

    /// <summary>"OTLP traces and invocation log".</summary>
    public static string Names(Doors doors)
    {
        if ((doors & Doors.Summed) != 0) return "Invocation log, summed by Athena";
        var names = All.Where(d => (doors & d.Door) != 0).Select(d => d.Name).ToList();
        return FeedText.Capital(names.Count switch
        {
            0 => "not known",
            1 => names[0],
            _ => string.Join(", ", names.SkipLast(1)) + " and " + names[^1],
        });
    }

    /// <summary>How much is told of twice, what is taken from where, and what only the log knows.</summary>
    public static string Sentence(IReadOnlyList<DoorCalls> doors)
    {
        decimal all = doors.Sum(d => d.Calls);
        if (all == 0) return "";
        var summed = doors.Where(d => (d.Doors & Doors.Summed) != 0).Sum(d => d.Calls);
        var shared = doors.Where(d => !Enum.IsDefined(d.Doors) && (d.Doors & Doors.Summed) == 0).Sum(d => d.Calls);
        var alone = doors.FirstOrDefault(d => d.Doors == Doors.InvocationLog)?.Calls ?? 0;
        if (doors.Count == 1) return $"All {NumberText.Count((long)all)} calls came through one door: {Names(doors[0].Doors)}.";
        return (shared == 0 ? "No call came through two doors. "
                : $"{NumberText.Share(shared / all)} of the calls came through more than one door and were joined by AWS request id, span id, or as the one call of that moment with the same model and counts. Tokens come from the invocation log first, then from OTLP, then from X-Ray. ")
            + (alone == 0 ? "" : $"{NumberText.Share(alone / all)} are known from the invocation log alone: no trace tells which request they served. ")
            + (summed == 0 ? "" : $"{NumberText.Share(summed / all)} are what Athena counts in the invocation log beyond the calls recorded one by one in the same hour.");
    }
}
