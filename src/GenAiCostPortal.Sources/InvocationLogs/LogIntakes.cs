using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.ModelProfiles;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>Makes the intake of a region's read.</summary>
internal sealed class LogIntakes(
    TraceWriter writer, OtlpOptions otlp, PromptHashKey key, OwnerKeys owners, InferenceProfiles profiles, ProfileResolver resolver, TimeProvider time)
{
    public OpenIntake Open(AwsConnection connection, string region, AwsRequestTally tally)
    {
        var reader = new LogRecordReader(otlp, key, time);
        return new OpenIntake(reader, new LogIntake(writer, reader, new LogSpans(owners), new LogBodies(connection, region, tally, time), profiles, resolver, tally));
    }
}

/// <summary>An intake with the reader that it holds.</summary>
internal sealed class OpenIntake(LogRecordReader reader, LogIntake intake) : IDisposable
{
    public LogIntake Intake { get; } = intake;
    public void Dispose() => reader.Dispose();
}
