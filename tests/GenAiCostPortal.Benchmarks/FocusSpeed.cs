using System.Diagnostics;
using System.Globalization;

namespace GenAiCostPortal.Benchmarks;

/// <summary>Takes a whole export of a running portal: lines a second, and how much memory the portal took meanwhile.</summary>
internal static class FocusSpeed
{
    /// <param name="portal">Process id of the portal.</param>
    public static async Task<int> RunAsync(string url, int portal)
    {
        using var process = Process.GetProcessById(portal);
        var (before, peak) = (process.WorkingSet64, process.WorkingSet64);
        var cpu = process.TotalProcessorTime;
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var clock = Stopwatch.StartNew();
        using var answer = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync();
        var (buffer, lines, bytes, first) = (new byte[1 << 16], 0L, 0L, TimeSpan.Zero);
        for (int read, blocks = 0; (read = await body.ReadAsync(buffer)) > 0; blocks++)
        {
            if (bytes == 0) first = clock.Elapsed;
            bytes += read;
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            if (blocks % 64 != 0) continue;
            process.Refresh();
            peak = Math.Max(peak, process.WorkingSet64);
        }
        process.Refresh();
        var seconds = clock.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{lines:N0} lines, {bytes / 1e6:0} MB in {seconds:0.0} s ({(process.TotalProcessorTime - cpu).TotalSeconds:0.0} s of the portal's CPU): {lines / seconds:N0} lines a second, first bytes after {first.TotalSeconds:0.0} s; the portal took {before / 1e6:0} MB before, {peak / 1e6:0} MB at most"));
        return 0;
    }
}
