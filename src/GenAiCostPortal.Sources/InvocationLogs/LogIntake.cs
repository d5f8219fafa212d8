using System.Text;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.ModelProfiles;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>
/// From lines to stored calls, in small groups through the writer that OTLP uses. Nothing is kept before a flush, so a place is
/// noted as read only after one.
/// </summary>
internal sealed class LogIntake(
    TraceWriter writer, LogRecordReader reader, LogSpans spans, LogBodies bodies, InferenceProfiles profiles, ProfileResolver resolver, AwsRequestTally tally)
{
    /// <summary>Name in the counts of received items.</summary>
    public const string Signal = "invocationLogs";
    private const int RecordsPerGroup = 500, BodiesAtOnce = 8;
    private const long TextPerGroup = 8 * 1024 * 1024;
    // CloudWatch's first event, and an object's text, is this sentence of Bedrock.
    private static readonly byte[] Greeting = Encoding.UTF8.GetBytes("Permissions are correctly set for Amazon Bedrock logs.");

    private readonly List<LogRecord> _waiting = [];
    private long _waitingText;
    private int _badWaiting;

    /// <summary>Records taken.</summary>
    public long Records { get; private set; }
    /// <summary>Lines that were no record.</summary>
    public long BadLines { get; private set; }
    public LogBodies Bodies => bodies;
    public bool HasWaiting => _waiting.Count > 0 || _badWaiting > 0;

    /// <summary>Takes one line; null stands for one that was too long.</summary>
    public async ValueTask TakeAsync(ReadOnlyMemory<byte>? line, CancellationToken cancel)
    {
        if (line is { } greeting && greeting.Span.SequenceEqual(Greeting)) return;
        if ((line is { } text ? reader.Read(text) : null) is not { } record)
        {
            BadLines++;
            _badWaiting++;
            return;
        }
        Records++;
        _waiting.Add(record);
        _waitingText += (record.PromptText?.Length ?? 0) + (record.AnswerText?.Length ?? 0);
        if (_waiting.Count >= RecordsPerGroup || _waitingText >= TextPerGroup) await FlushAsync(cancel);
    }

    /// <summary>Stores what waits; it is on disk when this returns.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        if (!HasWaiting) return;
        await ResolveAsync(cancel);
        var told = await BodiesAsync(cancel);
        var made = _waiting.Select((record, i) => spans.Of(record, told[i])).ToList();
        await writer.WriteAsync([writer.Prepare(made, _badWaiting, Signal)], cancel);
        _waiting.Clear();
        (_waitingText, _badWaiting) = (0, 0);
    }

    /// <summary>Where this stands, to come back to when an object must be read again.</summary>
    public (long Records, long BadLines, int Waiting, int BadWaiting) Mark => (Records, BadLines, _waiting.Count, _badWaiting);

    /// <summary>Takes back what was taken since; what was flushed meanwhile stays and is only not counted twice.</summary>
    public void Back((long Records, long BadLines, int Waiting, int BadWaiting) mark)
    {
        var taken = (int)Math.Min(_waiting.Count, Records - mark.Records);
        _waiting.RemoveRange(_waiting.Count - taken, taken);
        _badWaiting = (int)Math.Max(0, _badWaiting - (BadLines - mark.BadLines));
        (Records, BadLines) = (mark.Records, mark.BadLines);
    }

    // Before the first record of a new profile is stored, Bedrock is asked once.
    private async Task ResolveAsync(CancellationToken cancel)
    {
        var unknown = _waiting.Select(r => r.ModelId).Where(m => ProfileModels.IsProfile(m) && ProfileModels.Find(m) is null).Distinct().ToList();
        if (unknown.Count == 0) return;
        foreach (var arn in unknown) profiles.Note(arn);
        await resolver.ResolveAsync(tally, isForced: false, cancel);
    }

    private async Task<BodyFacts?[]> BodiesAsync(CancellationToken cancel)
    {
        var told = new BodyFacts?[_waiting.Count];
        foreach (var some in Enumerable.Range(0, told.Length).Where(i => _waiting[i].NeedsBody).Chunk(BodiesAtOnce))
            await Task.WhenAll(some.Select(async i => told[i] = await bodies.ReadAsync(_waiting[i].OutputBodyPath, cancel)));
        return told;
    }
}
