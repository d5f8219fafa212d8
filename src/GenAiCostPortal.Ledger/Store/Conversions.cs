using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>UTC times as milliseconds since 1970.</summary>
public sealed class UtcMillisecondsConverter() : ValueConverter<DateTime, long>(
    time => UtcTime.ToUnixMs(time), ms => UtcTime.FromUnixMs(ms));

/// <summary>Days as day numbers.</summary>
public sealed class DayNumberConverter() : ValueConverter<DateOnly, int>(day => day.DayNumber, number => DateOnly.FromDayNumber(number));

/// <summary>The one place where UTC times become numbers and back.</summary>
public static class UtcTime
{
    public static long ToUnixMs(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
    public static DateTime FromUnixMs(long ms) => DateTime.UnixEpoch.AddTicks(ms * TimeSpan.TicksPerMillisecond);
    public static long ToUnixSeconds(DateTime time) => ToUnixMs(time) / 1000;
    public static DateTime FromUnixSeconds(long seconds) => FromUnixMs(seconds * 1000);
    /// <summary>Midnight UTC of a day, seconds since 1970.</summary>
    public static long ToUnixSeconds(DateOnly day) => ToUnixSeconds(day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc));
    public static DateOnly DayOfUnixMs(long ms) => DateOnly.FromDateTime(FromUnixMs(ms));
    public static DateTime Start(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
    /// <summary>Start of the slot that holds a time.</summary>
    public static long SlotUnixSeconds(long unixMs, int seconds)
    {
        var s = Math.DivRem(unixMs, 1000, out var rest);
        if (rest < 0) s--;
        var offset = s % seconds;
        return s - (offset < 0 ? offset + seconds : offset);
    }
}
