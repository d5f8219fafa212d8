using System.Diagnostics;
using System.Globalization;
using System.Net;
using GenAiCostPortal.Ledger.Store;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.App;

/// <summary>The portal as a process of its own on a store that outlives it, to be killed without warning (SIGKILL).</summary>
internal sealed class KilledPortal : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);
    private readonly StoreFolder _folder = new("portal-killed-");
    private Process? _process;

    public Uri Pages { get; } = Address();
    public Uri Grpc { get; } = Address();

    /// <param name="more">Further settings, as arguments.</param>
    public async Task StartAsync(params string[] more)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "GenAiCostPortal.dll"), "--contentRoot", AppContext.BaseDirectory, $"--Urls={Pages}".TrimEnd('/'), $"--Otlp:GrpcUrl={Grpc}".TrimEnd('/'),
            $"--Otlp:HttpUrl={Pages}".TrimEnd('/'), "--Otlp:RequireApiKey=false", "--Access:Mode=Open", $"--Store:ConnectionString=Data Source={Store}", "--Logging:LogLevel:Default=Warning", .. more,
        ];
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = Pages };
        var since = Stopwatch.StartNew();
        while (since.Elapsed < LongestStart && !_process.HasExited)
        {
            try
            {
                if ((await client.GetAsync("/healthz")).StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException) { /* Not listening yet. */ }
            await Task.Delay(100);
        }
        throw new InvalidOperationException($"The portal did not start{(_process.HasExited ? $": it ended with {_process.ExitCode}" : "")}.");
    }

    /// <summary>Ends it at once: nothing is flushed, nothing is said.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    /// <summary>Values of a one-column query on the store file.</summary>
    public List<string> Read(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Store};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var values = new List<string>();
        while (rows.Read()) values.Add(Convert.ToString(rows.GetValue(0), CultureInfo.InvariantCulture) ?? "");
        return values;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    private string Store => _folder.FileOf("portal.db");

    private static Uri Address() => new($"http://127.0.0.1:{RunningPortal.FreePort()}");
}
