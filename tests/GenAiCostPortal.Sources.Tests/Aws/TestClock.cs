using System.Collections.Concurrent;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>A clock that stands still; a wait ends at once and moves it on by the time waited.</summary>
internal sealed class TestClock(DateTime start) : TimeProvider
{
    private long _ticks = start.Ticks;

    public ConcurrentQueue<TimeSpan> Waits { get; } = new();
    public DateTime Now { get => new(Interlocked.Read(ref _ticks), DateTimeKind.Utc); set => Interlocked.Exchange(ref _ticks, value.Ticks); }
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override DateTimeOffset GetUtcNow() => Now;
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        // Nobody waits for longer than a minute: what is due later is housekeeping, and would meet a portal that is already gone.
        if (dueTime >= TimeSpan.Zero && dueTime <= TimeSpan.FromMinutes(1))
        {
            Waits.Enqueue(dueTime);
            Interlocked.Add(ref _ticks, dueTime.Ticks);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }
        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;
        public void Dispose() { }
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
