using System.Diagnostics;
using System.Globalization;

namespace GenAiCostPortal.Benchmarks;

/// <summary>Times one GET of a running portal, one request after the other.</summary>
internal static class ApiSpeed
{
    public static async Task<int> RunAsync(string url, int times)
    {
        using var client = new HttpClient();
        for (var i = 0; i < 10; i++) (await client.GetAsync(url)).EnsureSuccessStatusCode();
        var tookMs = new double[times];
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await client.GetByteArrayAsync(url);
            tookMs[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        Array.Sort(tookMs);
        double At(double share) => tookMs[Math.Min(times - 1, (int)Math.Ceiling(share * times) - 1)];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times} requests: p50 {At(0.5):0.0} ms, p95 {At(0.95):0.0} ms, max {tookMs[^1]:0.0} ms"));
        return 0;
    }
}
