using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Feeds;

/// <summary>Keeps each run of a feed or job as a row, from its start on, so that a crash leaves a trace too.</summary>
public sealed class FeedRuns(IDbContextFactory<LedgerDb> stores, WriteGate gate, LedgerChanges changes, TimeProvider time)
{
    /// <summary>Writes the row of a run that begins now.</summary>
    public async Task<OpenRun> StartAsync(
        string feed, string connection = "", string trigger = "Schedule", string who = "", CancellationToken cancel = default)
    {
        var row = new FeedRun { Feed = feed, Connection = connection, Start = time.GetUtcNow().UtcDateTime, Trigger = trigger, Who = who };
        await using (var db = await stores.CreateDbContextAsync(cancel))
        {
            db.FeedRuns.Add(row);
            using var turn = await gate.EnterAsync(cancel);
            await db.SaveChangesAsync(cancel);
        }
        changes.Say(LedgerPart.Feeds);
        return new OpenRun(row, SaveAsync, time);
    }

    /// <summary>Closes runs that a crash left running; call it once before anything runs. Returns how many.</summary>
    public async Task<int> CloseAbandonedAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        using var turn = await gate.EnterAsync(cancel);
        var now = time.GetUtcNow().UtcDateTime;
        return await db.FeedRuns.Where(r => r.Outcome == FeedOutcome.Running).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.Outcome, FeedOutcome.Cancelled).SetProperty(r => r.End, now)
                .SetProperty(r => r.Message, "The portal stopped while this ran.").SetProperty(r => r.Cure, "The next run reads what is missing."),
            cancel);
    }

    /// <summary>Start of the newest run of a feed, whatever its outcome; null when it never ran.</summary>
    public async Task<DateTime?> LastStartAsync(string feed, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.FeedRuns.Where(r => r.Feed == feed && r.Outcome != FeedOutcome.Running).MaxAsync(r => (DateTime?)r.Start, cancel);
    }

    /// <summary>End (exclusive) of what a feed has read through this connection; null when it has read nothing.</summary>
    public async Task<DateTime?> CoveredToAsync(string feed, string connection, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.FeedRuns.Where(r => r.Feed == feed && r.Connection == connection).MaxAsync(r => r.CoveredTo, cancel);
    }

    /// <summary>Whether a run begun since <paramref name="since"/> read all of the range.</summary>
    public async Task<bool> HasReadAsync(
        string feed, string connection, DateTime from, DateTime to, DateTime since, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.FeedRuns.AnyAsync(
            r => r.Feed == feed && r.Connection == connection && r.Start >= since && r.Outcome == FeedOutcome.Succeeded
                && r.CoveredFrom <= from && r.CoveredTo >= to, cancel);
    }

    private async Task SaveAsync(FeedRun row, bool isEnd, CancellationToken cancel)
    {
        await using (var db = await stores.CreateDbContextAsync(cancel))
        {
            using var turn = await gate.EnterAsync(cancel);
            db.FeedRuns.Update(row);
            await db.SaveChangesAsync(cancel);
            // A job that looks every few minutes and finds nothing leaves one row, not thousands.
            if (isEnd && row is { Outcome: FeedOutcome.NothingToDo, Trigger: "Schedule" })
                await db.FeedRuns.Where(r => r.Feed == row.Feed && r.Connection == row.Connection && r.Id < row.Id
                    && r.Outcome == FeedOutcome.NothingToDo && r.Trigger == "Schedule").ExecuteDeleteAsync(cancel);
        }
        changes.Say(LedgerPart.Feeds);
    }
}

/// <summary>A run that is under way. Not for use by several threads, but progress may be reported from any.</summary>
public sealed class OpenRun : IProgress<double>
{
    private readonly FeedRun _row;
    private readonly Func<FeedRun, bool, CancellationToken, Task> _save;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long _savedAt;
    private Task _saving = Task.CompletedTask;
    private double _progress;

    internal OpenRun(FeedRun row, Func<FeedRun, bool, CancellationToken, Task> save, TimeProvider time)
    {
        (_row, _save, _time) = (row, save, time);
        _savedAt = time.GetTimestamp();
    }

    /// <summary>Number of the run.</summary>
    public long Id => _row.Id;
    /// <summary>UTC.</summary>
    public DateTime Start => _row.Start;
    /// <summary>0–1.</summary>
    public double Progress => _progress;

    /// <summary>Takes progress (0–1); it reaches the store at most once a second.</summary>
    public void Report(double value)
    {
        lock (_lock)
        {
            _progress = Math.Clamp(value, 0, 1);
            if (!_saving.IsCompleted || _time.GetElapsedTime(_savedAt) < TimeSpan.FromSeconds(1)) return;
            _savedAt = _time.GetTimestamp();
            _saving = _save(Copy(), false, CancellationToken.None);
        }
    }

    /// <summary>Closes the run. The row tells what it brought and, if it failed, why and what to do.</summary>
    public async Task EndAsync(RunOutcome outcome, CancellationToken cancel = default)
    {
        Task saving;
        lock (_lock) saving = _saving;
        // A failed progress note must not hide the outcome.
        await saving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var row = Copy();
        row.End = _time.GetUtcNow().UtcDateTime;
        row.Progress = outcome.Outcome is FeedOutcome.Succeeded or FeedOutcome.NothingToDo ? 1 : _progress;
        (row.Outcome, row.Rows, row.CoveredFrom, row.CoveredTo) = (outcome.Outcome, outcome.Rows, outcome.CoveredFrom, outcome.CoveredTo);
        (row.Message, row.Cure, row.Requests, row.RequestCostNanoUsd) = (outcome.Message, outcome.Cure, outcome.Requests, outcome.RequestCostNanoUsd);
        await _save(row, true, cancel);
    }

    private FeedRun Copy() => new()
    {
        Id = _row.Id, Feed = _row.Feed, Connection = _row.Connection, Start = _row.Start, Trigger = _row.Trigger, Who = _row.Who, Progress = _progress,
    };
}

/// <summary>How a run ended. Covered range in UTC, end exclusive; words are ours, never an exception's.</summary>
public sealed record RunOutcome(
    FeedOutcome Outcome, string Message = "", string Cure = "", long Rows = 0, DateTime? CoveredFrom = null, DateTime? CoveredTo = null,
    long Requests = 0, long RequestCostNanoUsd = 0);
