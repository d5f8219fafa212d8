namespace GenAiCostPortal.Ledger.Traces;

/// <summary>Ways in through which a span, a call or a trace came. One call may have come through several.</summary>
[Flags]
public enum Doors : byte
{
    None = 0,
    /// <summary>OTLP spans.</summary>
    Otlp = 1,
    /// <summary>OTLP log records: GenAI events that name a span.</summary>
    OtlpLogs = 2,
    /// <summary>Bedrock model invocation logs.</summary>
    InvocationLog = 4,
    /// <summary>X-Ray segments, or spans of Transaction Search.</summary>
    XRay = 8,
    /// <summary>
    /// No single calls: an hour of another door, summed where it lies, less what recorded calls stand for. It adds to every door and
    /// is only used together with the door that was summed.
    /// </summary>
    Summed = 16,
}

/// <summary>Doors as words of the API and the store.</summary>
public static class DoorWords
{
    private static readonly Doors[] All = [Doors.Otlp, Doors.OtlpLogs, Doors.InvocationLog, Doors.XRay];

    /// <summary>Names joined by commas, in fixed order: <c>Otlp</c>, <c>Otlp,InvocationLog</c>.</summary>
    public static string Of(Doors doors) => doors == Doors.Otlp ? nameof(Doors.Otlp) : string.Join(',', All.Where(d => (doors & d) != 0));
}
