using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.InvocationLogs;

/// <summary>What a run has to tell: how much came, what could not be read, where logging is off, and what to do.</summary>
internal sealed class LogRunWords(AwsConnectionOptions connection)
{
    private readonly List<string> _notes = [], _cures = [];
    private readonly List<(string Region, AwsRefusedException Refusal)> _refused = [];
    private long _records, _badLines;
    private int _objects, _broken, _bodies, _off;
    private bool _hasLoss;

    public bool HasRefusals => _refused.Count > 0;

    public void Refused(string region, AwsRefusedException refusal) => _refused.Add((region, refusal));

    public void Objects(BucketPass pass) => (_objects, _broken) = (_objects + pass.Objects, _broken + pass.Broken);

    public void Read(string region, LogIntake intake)
    {
        (_records, _badLines, _bodies) = (_records + intake.Records, _badLines + intake.BadLines, _bodies + intake.Bodies.Missing);
        if (intake.Bodies.Denied is not { } denied) return;
        _hasLoss = true;
        _notes.Add($"{AwsErrors.Words(denied, connection).Message} Bodies kept apart in {region} were not read.");
        _cures.Add(AwsErrors.Words(denied, connection).Cure);
    }

    public void NoGroup(string region, string group)
    {
        _notes.Add($"There is no log group {group} in {region}.");
        _cures.Add("Check InvocationLogs:LogGroup, or leave it empty to read each region where its own logging is set to.");
    }

    /// <summary>Compares where a region logs to with where it is read.</summary>
    public void Setup(string region, LoggingSetup setup, string bucket, string? group)
    {
        if (setup.IsOff)
        {
            _off++;
            _notes.Add($"Invocation logging is off in {region}.");
            _cures.Add("Turn it on in the Bedrock console under Settings, Model invocation logging, in each region that is used.");
        }
        else if (setup.Refusal is not null) _notes.Add($"Whether logging is on in {region} is not known: {AwsErrors.Words(setup.Refusal, connection).Message}");
        else if (bucket.Length > 0 && setup.Bucket is { } actual && actual.BucketName != bucket) _notes.Add($"{region} logs to bucket {actual.BucketName}, {bucket} is read.");
        else if (bucket.Length > 0 && setup.Bucket is null) _notes.Add($"{region} logs to log group {setup.LogGroup}, bucket {bucket} is read.");
        else if (group is { Length: > 0 } && setup.LogGroup is { } name && !group.EndsWith(name, StringComparison.Ordinal)) _notes.Add($"{region} logs to log group {name}, {group} is read.");
        else if (group is { Length: > 0 } && setup.LogGroup is null) _notes.Add($"{region} logs to bucket {setup.Bucket?.BucketName}, log group {group} is read.");
    }

    /// <summary>Writes message, cure and outcome on the run.</summary>
    /// <exception cref="AwsRefusedException">Every region refused and nothing came.</exception>
    /// <exception cref="CannotRunException">Logging is off in every region.</exception>
    public void End(JobRun run)
    {
        if (_refused.Count == connection.Regions.Count && _records == 0) throw _refused[0].Refusal;
        if (_off == connection.Regions.Count && _records == 0) throw new CannotRunException(string.Join(' ', _notes), string.Join(' ', _cures.Distinct()));
        var words = new List<string> { Came() };
        if (_badLines > 0) words.Add($"{Count(_badLines, "line")} of the logs {(_badLines == 1 ? "is" : "are")} no record and left out.");
        if (_broken > 0) words.Add($"{Count(_broken, "object")} could not be unpacked or {(_broken == 1 ? "was" : "were")} gone.");
        if (_bodies > 0) words.Add($"{Count(_bodies, "body kept apart", "bodies kept apart")} could not be read: their cache writes count as written for 5 minutes.");
        foreach (var (region, refusal) in _refused)
        {
            var (message, cure) = AwsErrors.Words(refusal, connection);
            words.Add($"{region}: {message}");
            _cures.Add(cure);
        }
        run.Message = string.Join(' ', words.Concat(_notes));
        run.Cure = string.Join(' ', _cures.Distinct());
        run.Outcome = _refused.Count > 0 || _hasLoss || _broken > 0 ? FeedOutcome.Partial : _records == 0 && _badLines == 0 ? FeedOutcome.NothingToDo : FeedOutcome.Succeeded;
    }

    private string Came()
    {
        var where = string.Join(", ", connection.Regions);
        if (_records == 0) return $"No new record in {where}.";
        return $"{Count(_records, "record")}{(_objects > 0 ? $" of {Count(_objects, "object")}" : "")} in {where}.";
    }

    private static string Count(long number, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : many ?? one + "s")}");
}
