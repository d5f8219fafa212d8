using System.Diagnostics;
using System.Globalization;

namespace GenAiCostPortal.Benchmarks;

/// <summary>Time on the clock and CPU time of the process: beside other builds only the second is a measure.</summary>
internal sealed class TwoClocks
{
    private readonly Stopwatch _clock = new();
    private TimeSpan _cpu, _since;

    public TwoClocks(bool isRunning = true)
    {
        if (isRunning) Start();
    }

    public void Start()
    {
        _since = Cpu;
        _clock.Start();
    }

    public void Stop()
    {
        _clock.Stop();
        _cpu += Cpu - _since;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{_clock.Elapsed.TotalSeconds:0.0} s ({(_clock.IsRunning ? _cpu + Cpu - _since : _cpu).TotalSeconds:0.0} s of CPU)");

    private static TimeSpan Cpu
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.TotalProcessorTime;
        }
    }
}
