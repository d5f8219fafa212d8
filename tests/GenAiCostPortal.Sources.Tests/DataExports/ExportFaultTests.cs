using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Aws;
using Xunit;
using static GenAiCostPortal.Sources.DataExports.MadeExport;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>What is not as it should be is said with its cure, and the bill stays as it was.</summary>
public sealed class ExportFaultTests
{
    private static readonly DateTime Now = ExportBench.Now;

    private static async Task<FeedRun> RunOnAsync(string file, Action<ExportBench>? also = null, Action<AwsConnectionOptions>? set = null)
    {
        await using var bench = await ExportBench.OpenAsync(set);
        bench.Deliver("2026-10", Now.AddDays(-10), "", File(CurColumns, Cur("2026-10-30T01:00:00Z", "5")));
        bench.Deliver("2026-11", Now.AddHours(-3), "", file);
        also?.Invoke(bench);
        var run = await bench.RunAsync();
        Assert.DoesNotContain(await bench.LinesAsync(), l => l.Day.Month == 11);
        return run;
    }

    [Fact]
    public async Task An_amount_that_is_no_number_names_its_line_and_nothing_of_the_month_is_written()
    {
        var run = await RunOnAsync(File(CurColumns, Cur(Day(10), "1"), Cur(Day(10), "1.2.3")));
        Assert.Equal((FeedOutcome.Partial, 1L), (run.Outcome, run.Rows));
        Assert.Contains("2026-11: Line 3 of billing/genai/data/BILLING_PERIOD=2026-11/genai-00001.csv.gz cannot be read: '1.2.3' is no number.", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_column_that_decides_is_named()
    {
        var run = await RunOnAsync(File([.. CurColumns.Except(["line_item_unblended_cost"])], Cur(Day(10), "1")));
        Assert.Contains("lacks line_item_unblended_cost", run.Message, StringComparison.Ordinal);
        Assert.Contains("Add the column", run.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_format_than_configured_says_which_it_is()
    {
        var run = await RunOnAsync(File(FocusColumns, Focus(Day(10), "1")));
        Assert.Contains("The export is FOCUS", run.Message, StringComparison.Ordinal);
        Assert.Equal("Set DataExports:Format to Focus.", run.Cure);
    }

    [Fact]
    public async Task A_file_that_is_damaged_is_told()
    {
        var run = await RunOnAsync("", bench =>
        {
            var key = $"{ExportBench.Root}data/BILLING_PERIOD=2026-11/genai-00001.csv.gz";
            var bytes = ExportBench.Gzip(File(CurColumns, Enumerable.Range(0, 2000).Select(i => Cur(Day(10), "0.1", ("line_item_resource_id", $"r-{i * 7919}")))));
            bytes.AsSpan(bytes.Length / 2, 200).Fill(0xAA);
            bench.Put(key, bytes, Now.AddHours(-3));
        });
        Assert.Contains("breaks off or is damaged", run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parquet_is_sent_to_Athena()
    {
        var run = await RunOnAsync("", bench => bench.Manifest("2026-11", Now.AddHours(-2), "", $"s3://{ExportBench.Bucket}/{ExportBench.Root}data/BILLING_PERIOD=2026-11/genai-00001.snappy.parquet"));
        Assert.Contains("Parquet", run.Message, StringComparison.Ordinal);
        Assert.Contains("Athena:Enabled", run.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_exports_below_one_prefix_would_count_the_bill_twice()
    {
        await using var bench = await ExportBench.OpenAsync();
        bench.Deliver("2026-11", Now.AddHours(-3), "", File(CurColumns, Cur(Day(10), "1")));
        bench.Put("billing/other/metadata/BILLING_PERIOD=2026-11/other-Manifest.json", "{}"u8.ToArray(), Now);
        var run = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Failed, "2 exports lie below the prefix: billing/genai/, billing/other/."), (run.Outcome, run.Message));
        Assert.Empty(await bench.LinesAsync());
    }

    [Fact]
    public async Task An_empty_bucket_and_a_missing_right_say_what_to_do()
    {
        await using var bench = await ExportBench.OpenAsync();
        var none = await bench.RunAsync();
        Assert.Equal((FeedOutcome.NothingToDo, "No manifest lies below s3://acme-exports/billing."), (none.Outcome, none.Message));
        bench.Server.Fault = _ => new TestFault(403, "AccessDenied", "Access Denied");
        var denied = await bench.RunAsync();
        Assert.Equal(FeedOutcome.Failed, denied.Outcome);
        Assert.Contains("s3:ListBucket", denied.Message + denied.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rights_are_tried_on_the_bucket_of_the_export()
    {
        await using var bench = await ExportBench.OpenAsync(c => c.InvocationLogs.Bucket = "another");
        bench.Portal.Get<FeedPlans>().Set([new FeedPlan("DataExports", "Payer", "", "", "", ["s3:ListBucket", "s3:GetObject"], true, "", TimeSpan.FromHours(1), () => null)]);
        var results = await bench.Portal.Get<PermissionCheck>().RunAsync("DataExports", "Payer", "me");
        Assert.Equal([PermissionState.Allowed, PermissionState.Allowed], results.Select(r => r.State));
        Assert.All(bench.Server.Calls, c => Assert.Equal(ExportBench.Bucket, c.Body.GetProperty("Bucket").GetString()));
    }
}
