using Xunit;
using GenAiCostPortal.Ledger.Store;

namespace GenAiCostPortal.Figures;

public sealed class PageSubscriptionTests
{
    [Fact]
    public void A_thousand_changes_in_a_second_are_two_readings()
    {
        var (time, changes, reads) = (new HandTime(), new LedgerChanges(), 0);
        using var subscription = new PageSubscription(changes, time, _ => true, () => { reads++; return Task.CompletedTask; });
        for (var i = 0; i < 1000; i++) changes.Say(LedgerPart.Usage);
        time.Move(TimeSpan.Zero);
        Assert.Equal(1, reads);
        for (var i = 0; i < 1000; i++) changes.Say(LedgerPart.Usage);
        time.Move(TimeSpan.FromMilliseconds(900));
        Assert.Equal(1, reads);
        time.Move(TimeSpan.FromMilliseconds(200));
        Assert.Equal(2, reads);
    }

    [Fact]
    public void A_change_while_reading_is_read_afterwards()
    {
        var (time, changes, reads, first) = (new HandTime(), new LedgerChanges(), 0, new TaskCompletionSource());
        using var subscription = new PageSubscription(changes, time, _ => true, () => ++reads == 1 ? first.Task : Task.CompletedTask);
        changes.Say(LedgerPart.Costs);
        time.Move(TimeSpan.Zero);
        changes.Say(LedgerPart.Costs);
        first.SetResult();
        time.Move(TimeSpan.FromSeconds(2));
        Assert.Equal(2, reads);
    }

    [Fact]
    public void Other_parts_and_closed_pages_are_left_alone()
    {
        var (time, changes, reads) = (new HandTime(), new LedgerChanges(), 0);
        var subscription = new PageSubscription(changes, time, part => part == LedgerPart.Costs, () => { reads++; return Task.CompletedTask; });
        changes.Say(LedgerPart.Assessment);
        time.Move(TimeSpan.FromSeconds(5));
        subscription.Dispose();
        changes.Say(LedgerPart.Costs);
        time.Move(TimeSpan.FromSeconds(5));
        Assert.Equal(0, reads);
    }

    /// <summary>Time that moves only by hand; due timers run on the mover's thread.</summary>
    private sealed class HandTime : TimeProvider
    {
        private readonly List<HandTimer> _timers = [];
        private long _ticks = TimeSpan.FromDays(1).Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => _ticks;

        public void Move(TimeSpan by)
        {
            _ticks += by.Ticks;
            foreach (var timer in _timers.Where(t => t.Due <= _ticks).ToArray()) timer.Fire();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new HandTimer(this, callback, state);
            _timers.Add(timer);
            timer.Change(dueTime, period);
            return timer;
        }

        private sealed class HandTimer(HandTime time, TimerCallback callback, object? state) : ITimer
        {
            public long Due { get; private set; } = long.MaxValue;

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                Due = dueTime < TimeSpan.Zero ? long.MaxValue : time._ticks + dueTime.Ticks;
                return true;
            }

            public void Fire()
            {
                Due = long.MaxValue;
                callback(state);
            }

            public void Dispose() => Due = long.MaxValue;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
