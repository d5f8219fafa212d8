namespace GenAiCostPortal.Ledger.Costs;

/// <summary>When a billed day is closed: 48 h old, and two reads at least 12 h apart differ by less than 0.1 % (algorithms §4, Days).</summary>
internal static class DayState
{
    private static readonly TimeSpan Age = TimeSpan.FromHours(48);
    private static readonly TimeSpan Apart = TimeSpan.FromHours(12);
    private const decimal Tolerance = 0.001m;

    /// <summary>Whether a day ended at least 48 h before a read.</summary>
    public static bool IsOldEnough(DateOnly day, DateTime readAt) => readAt - Store.UtcTime.Start(day.AddDays(1)) >= Age;

    /// <summary>Takes note of a read, before its amount is set.</summary>
    public static void Read(BilledDay state, DateTime readAt)
    {
        if (readAt <= state.LastReadAt) return;
        // With reads closer than 12 h the earlier one is kept until it lies far enough back, then moves on.
        var isFar = state.EarlierReadAt is { } earlier && state.LastReadAt - earlier >= Apart;
        if (state.EarlierReadAt is null || isFar || readAt - state.LastReadAt >= Apart)
            (state.EarlierReadAt, state.EarlierAmountNanoUsd) = (state.LastReadAt, state.AmountNanoUsd);
        state.LastReadAt = readAt;
    }

    /// <summary>Whether an open day may be closed.</summary>
    public static bool MayClose(BilledDay state)
    {
        if (state.ClosedAt is not null || !IsOldEnough(state.Day, state.LastReadAt)) return false;
        if (state.EarlierReadAt is not { } at || state.LastReadAt - at < Apart) return false;
        var difference = Math.Abs((decimal)state.AmountNanoUsd - state.EarlierAmountNanoUsd!.Value);
        return difference == 0 || difference < Tolerance * Math.Abs((decimal)state.AmountNanoUsd);
    }
}
