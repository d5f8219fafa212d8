using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static GenAiCostPortal.Sources.DataExports.MadeExport;

namespace GenAiCostPortal.Sources.DataExports;

public sealed class DataExportsJobTests
{
    private static readonly DateTime Now = ExportBench.Now;

    [Fact]
    public async Task A_cur_month_becomes_lines_of_the_ledgers_grain()
    {
        await using var bench = await ExportBench.OpenAsync();
        const string profile = "arn:aws:bedrock:us-east-1:111111111111:application-inference-profile/abc";
        var file = File(CurColumns,
            // Two hours of one day are one line; exact sum 0.0600000034.
            Cur(Day(10, 3), "0.0400000012", ("resource_tags", """{"user_team":"search","user_name":"x"}"""), ("line_item_resource_id", profile)),
            Cur(Day(10, 4), "0.0200000022", ("resource_tags", """{"user_name":"y","user_team":"search"}"""), ("line_item_resource_id", profile)),
            Cur(Day(10, 5), "0.5", ("line_item_iam_principal", "arn:aws:sts::111111111111:assumed-role/agent/task-4711"), ("cost_category", """{"Division":"Retail"}""")),
            Cur(Day(10, 6), "0.25", ("line_item_iam_principal", "arn:aws:sts::111111111111:assumed-role/agent/task-4712"), ("cost_category", """{"Division":"Retail"}""")),
            Cur(Day(10), "2.5", ("line_item_product_code", "3m2ce9opaque"), ("line_item_usage_type", Claude), ("line_item_usage_amount", "1"), ("pricing_unit", "Units"),
                ("product", """{"product_name":"Claude Sonnet 4.5 (Amazon Bedrock Edition)"}"""), ("line_item_line_item_description", "AWS Marketplace software usage|us-east-1|Million Input Tokens")),
            Cur(Day(10), "-0.1", ("line_item_line_item_type", "EdpDiscount")), Cur(Day(10), "-1", ("line_item_line_item_type", "Credit")), Cur(Day(10), "0.19", ("line_item_line_item_type", "Tax")),
            Ec2(Day(10), "7.5"), Ec2(Day(10), "0.5", ("resource_tags", """{"user_genai_workload":"chat"}""")), Ec2(Day(10), "3", ("line_item_usage_account_id", ExportBench.Other)),
            Cur(Day(11), "0"), Cur(Day(12), "0.01"));
        bench.Deliver("2026-11", Now.AddHours(-3), "", file);

        var run = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Succeeded, ""), (run.Outcome, run.Cure));
        Assert.Equal("13 lines of 1 file read into 9 lines of the bill, 1 billing period.", run.Message);
        // The 12th is the last day with usage, but the export was written 8 days after it.
        Assert.Equal((new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2026, 11, 19, 0, 0, 0, DateTimeKind.Utc)), (run.CoveredFrom, run.CoveredTo));
        // Three listings at $0.005 per 1,000, manifest and file at $0.0004 per 1,000.
        Assert.Equal(2 * S3Bucket.ListNanoUsd + 2 * S3Bucket.GetNanoUsd, run.RequestCostNanoUsd);

        var lines = (await bench.LinesAsync()).Where(l => l.Day == new DateOnly(2026, 11, 10)).ToList();
        Assert.Equal(7, lines.Count);
        Assert.Equal(0.0600000030m + 0.75m + 2.5m - 0.1m - 1m + 0.19m + 0.5m, Money.ToUsd(lines.Sum(l => l.AmountNanoUsd)));
        var tagged = lines.Single(l => bench.Name(l.TagSetId) == """{"Team":"search"}""");
        Assert.Equal((60_000_003L, 2000m, "1K tokens", profile), (tagged.AmountNanoUsd, tagged.Quantity, tagged.Unit, bench.Name(tagged.ResourceId)));
        var called = lines.Single(l => l.PrincipalId != 0);
        Assert.Equal((750_000_000L, "arn:aws:sts::111111111111:assumed-role/agent", """{"Division":"Retail"}"""), (called.AmountNanoUsd, bench.Name(called.PrincipalId), bench.Name(called.TagSetId)));
        var claude = lines.Single(l => bench.Name(l.UsageTypeId) == Claude);
        Assert.Equal(("Claude Sonnet 4.5 (Amazon Bedrock Edition)", "Million Input Tokens", "us-east-1"), (bench.Name(claude.BilledServiceId), claude.Unit, bench.Name(claude.RegionId)));
        Assert.Equal(1_000_000, UsageTypeClassifier.TokensPerUnit(claude.Unit));
        Assert.Equal("chat", bench.Name(lines.Single(l => bench.Name(l.BilledServiceId) == "Amazon Elastic Compute Cloud").TagFeatureId));
        Assert.Equal([ChargeCategory.Tax, ChargeCategory.Discount, ChargeCategory.Credit], lines.Where(l => l.Category != ChargeCategory.Usage).Select(l => l.Category));
        Assert.All(lines, l => Assert.Equal(("DataExports", true), (l.Feed, l.IsPreliminary)));
        Assert.Equal(10.5m, await bench.OutsideUsdAsync());
        // The ledger was built right after and closes.
        Assert.Equal((await bench.LinesAsync()).Sum(l => l.AmountNanoUsd), await bench.Portal.ReadAsync(db => db.LedgerEntries.SumAsync(e => e.AmountNanoUsd)));
    }

    [Fact]
    public async Task A_period_is_read_again_only_when_its_manifest_changed_and_a_restated_month_replaces_its_days()
    {
        await using var bench = await ExportBench.OpenAsync();
        bench.Deliver("2026-10", Now.AddDays(-10), "", File(CurColumns, Cur("2026-10-30T01:00:00Z", "5"), Cur("2026-10-31T01:00:00Z", "6", ("bill_invoice_id", "INV-1"))));
        bench.Deliver("2026-11", Now.AddHours(-3), "", File(CurColumns, Cur(Day(10), "1"), Cur(Day(11), "2"), Cur(Day(12), "3")));
        Assert.Equal(5, (await bench.RunAsync()).Rows);
        Assert.Equal(2, bench.FilesRead);
        var ids = (await bench.LinesAsync()).Select(l => l.Id).ToList();

        bench.Server.Calls.Clear();
        bench.Clock.Now = Now.AddHours(4);
        var second = await bench.RunAsync();
        Assert.Equal((FeedOutcome.NothingToDo, "2 billing periods unchanged.", 0), (second.Outcome, second.Message, bench.FilesRead));
        Assert.Equal(second.CoveredFrom, new DateTime(2026, 10, 1, 0, 0, 0, DateTimeKind.Utc));

        bench.Clock.Now = Now.AddHours(8);
        bench.Deliver("2026-11", Now.AddHours(7), "", File(CurColumns, Cur(Day(10), "1"), Cur(Day(11), "2.5"), Cur(Day(12), "3")));
        Assert.Equal("3 lines of 1 file read into 3 lines of the bill, 1 billing period. 1 billing period unchanged.", (await bench.RunAsync()).Message);
        Assert.Equal(17.5m, await bench.TotalUsdAsync());
        // Only the line that changed was written anew.
        Assert.Equal(4, (await bench.LinesAsync()).Count(l => ids.Contains(l.Id)));
        Assert.Equal([0, 0, 0, 1, 0], await bench.Portal.ReadAsync(db => db.BilledDays.Where(b => b.AmountNanoUsd > 0).OrderBy(b => b.Day).Select(b => b.Restatements).ToListAsync()));

        // A backfill reads again whatever was read, and changes nothing.
        var before = (await bench.LinesAsync()).Select(l => l.Id).ToList();
        var again = await bench.RunAsync(new JobRequest("Backfill", "me", new DayRange(new(2026, 11, 3), new(2026, 11, 4))));
        Assert.Equal((FeedOutcome.Succeeded, 3L), (again.Outcome, again.Rows));
        Assert.Equal(before, (await bench.LinesAsync()).Select(l => l.Id));
    }

    [Fact]
    public async Task A_period_is_read_again_when_another_of_the_kept_tags_names_the_feature()
    {
        await using var bench = await ExportBench.OpenAsync();
        bench.Deliver("2026-11", Now.AddHours(-3), "", File(CurColumns, Cur(Day(10), "1", ("resource_tags", """{"user_gen_ai_workload":"rag","user_team":"Search"}""")), Cur(Day(12), "3")));
        await bench.RunAsync();
        Assert.Equal(["rag"], await FeaturesAsync());
        var keys = bench.Portal.Get<OwnerSettings>().Current;
        (keys.TagKeys.Feature, keys.TagKeys.Team) = (keys.TagKeys.Team, keys.TagKeys.Feature);
        await bench.Portal.Get<OwnerSettings>().SaveAsync(keys);
        await bench.RunAsync();
        Assert.Equal(["Search"], await FeaturesAsync());
        Assert.Equal("1 billing period unchanged.", (await bench.RunAsync()).Message);

        async Task<List<string>> FeaturesAsync() => [.. (await bench.LinesAsync()).Where(l => l.TagFeatureId != 0).Select(l => bench.Name(l.TagFeatureId))];
    }

    [Fact]
    public async Task Of_a_folder_per_execution_the_newest_counts()
    {
        await using var bench = await ExportBench.OpenAsync(c => c.DataExports.Prefix = "/billing/genai/");
        bench.Deliver("2026-11", Now.AddHours(-30), "2026-11-20T00:00:00.000Z-aaaa", File(CurColumns, Cur(Day(10), "1")), File(CurColumns, Cur(Day(11), "1")));
        bench.Deliver("2026-11", Now.AddHours(-3), "2026-11-21T03:00:00.000Z-bbbb", File(CurColumns, Cur(Day(10), "1")), File(CurColumns, Cur(Day(11), "4")), File(CurColumns, Cur(Day(12), "0.5")));
        bench.Server.Buckets.KeysPerPage = 2;
        await bench.RunAsync();
        Assert.Equal((5.5m, 3), (await bench.TotalUsdAsync(), bench.FilesRead));
    }

    [Fact]
    public async Task A_stop_in_the_middle_and_a_second_run_give_what_one_run_gives()
    {
        await using var bench = await ExportBench.OpenAsync();
        bench.Deliver("2026-10", Now.AddDays(-10), "", File(CurColumns, Cur("2026-10-30T01:00:00Z", "5")));
        bench.Deliver("2026-11", Now.AddHours(-3), "", File(CurColumns, Cur(Day(10), "1")), File(CurColumns, Cur(Day(10), "2"), Cur(Day(12), "3")));
        using var stop = new CancellationTokenSource();
        bench.Server.Fault = call =>
        {
            if (call.Operation == "GetObject" && call.Body.GetProperty("Key").GetString()!.Contains("2026-10", StringComparison.Ordinal)) stop.Cancel();
            return null;
        };
        await bench.Portal.Get<JobRunner>().RunAsync("DataExports", JobRequest.Scheduled, stop.Token);
        var stopped = (await bench.Portal.Get<FeedReport>().RunsAsync("DataExports", 1))[0];
        Assert.Equal(FeedOutcome.Cancelled, stopped.Outcome);
        Assert.Equal(6m, await bench.TotalUsdAsync());

        bench.Server.Fault = _ => null;
        bench.Server.Calls.Clear();
        await bench.RunAsync();
        Assert.Equal((11m, 1), (await bench.TotalUsdAsync(), bench.FilesRead));
    }

    [Fact]
    public async Task A_delivery_that_breaks_off_goes_on_behind_the_lines_that_came()
    {
        await using var bench = await ExportBench.OpenAsync();
        var dice = new Random(4);
        var rows = Enumerable.Range(0, 4_000).Select(i => Cur(Day(1 + i % 15, i % 24), "0.001", ("line_item_line_item_description", dice.NextInt64().ToString("x16", null)))).ToList();
        bench.Deliver("2026-11", Now.AddHours(-3), "", File(CurColumns, rows));
        var size = bench.Server.Buckets.All[ExportBench.Bucket].Single(o => o.Key.EndsWith(".gz", StringComparison.Ordinal)).Value.Bytes.Length;
        var cuts = new Queue<int?>([size / 3, size * 2 / 3]);
        bench.Server.CutAfterBytes = call => call.Body.GetProperty("Key").GetString()!.EndsWith(".gz", StringComparison.Ordinal) && cuts.TryDequeue(out var at) ? at : null;
        var run = await bench.RunAsync();
        Assert.Equal((FeedOutcome.Succeeded, 0, 3), (run.Outcome, cuts.Count, bench.FilesRead));
        Assert.StartsWith("4,000 lines of 1 file", run.Message, StringComparison.Ordinal);
        Assert.Equal(4m, await bench.TotalUsdAsync());
    }

    [Fact]
    public async Task A_month_that_is_delivered_anew_while_it_is_read_is_read_from_its_beginning()
    {
        await using var bench = await ExportBench.OpenAsync();
        bench.Deliver("2026-11", Now.AddHours(-3), "", File(CurColumns, Cur(Day(10), "1")), File(CurColumns, Cur(Day(11), "2")));
        var isAnew = false;
        bench.Server.Fault = call =>
        {
            if (isAnew || call.Operation != "GetObject" || !call.Body.GetProperty("Key").GetString()!.EndsWith("00001.csv.gz", StringComparison.Ordinal)) return null;
            isAnew = true;
            bench.Deliver("2026-11", Now.AddHours(-1), "", File(CurColumns, Cur(Day(10), "10")), File(CurColumns, Cur(Day(11), "20")));
            return null;
        };
        await bench.RunAsync();
        Assert.Equal(30m, await bench.TotalUsdAsync());
        Assert.Equal(FeedOutcome.NothingToDo, (await bench.RunAsync()).Outcome);
    }

    [Fact]
    public async Task The_newest_day_is_the_bill_only_once_it_is_whole()
    {
        await using var bench = await ExportBench.OpenAsync();
        bench.Server.Bill.Lines.Add(new("2026-11-20", ExportBench.Payer, "Amazon Bedrock", Nova, 9m, 9000, "1K tokens"));
        bench.Server.Bill.Lines.Add(new("2026-11-19", ExportBench.Payer, "Amazon Bedrock", Nova, 8m, 8000, "1K tokens"));
        await bench.Portal.RunAsync("CostExplorer");
        bench.Deliver("2026-11", Now.AddHours(-3), "", File(CurColumns, Cur(Day(19), "8.5"), Cur(Day(20), "4"), Cur(Day(20, 23), "0.5")));
        var run = await bench.RunAsync();
        Assert.Equal(new DateTime(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc), run.CoveredTo);
        Assert.Equal([("DataExports", 8.5m), ("CostExplorer", 9m)], (await bench.LinesAsync()).Select(l => (l.Feed, Money.ToUsd(l.AmountNanoUsd))));
        Assert.Equal([("CostExplorer", 8m, false), ("DataExports", 8.5m, true), ("CostExplorer", 9m, true), ("DataExports", 4.5m, false)],
            (await bench.Portal.ReadAsync(db => db.BillsOfFeeds.Where(b => b.AmountNanoUsd > 0).OrderBy(b => b.Day).ThenBy(b => b.Feed).ToListAsync())).Select(b => (b.Feed, Money.ToUsd(b.AmountNanoUsd), b.IsBill)));

        // A day later the export has it whole; Cost Explorer, read again, stays what it said.
        bench.Clock.Now = Now.AddDays(1);
        bench.Deliver("2026-11", Now.AddHours(20), "", File(CurColumns, Cur(Day(19), "8.5"), Cur(Day(20), "9.25"), Cur(Day(21), "0.5")));
        await bench.RunAsync();
        await bench.Portal.RunAsync("CostExplorer");
        Assert.Equal(17.75m, await bench.TotalUsdAsync());
        Assert.All(await bench.LinesAsync(), l => Assert.Equal("DataExports", l.Feed));
        var days = await bench.Portal.ReadAsync(db => db.BilledDays.Where(b => b.AmountNanoUsd > 0).ToListAsync());
        Assert.Equal(17.75m, Money.ToUsd(days.Sum(d => d.AmountNanoUsd)));
    }

    [Fact]
    public async Task Late_lines_of_an_older_month_belong_to_the_period_that_bills_them()
    {
        await using var bench = await ExportBench.OpenAsync();
        bench.Deliver("2026-10", Now.AddDays(-10), "", File(CurColumns, Cur("2026-10-31T01:00:00Z", "5")));
        bench.Deliver("2026-11", Now.AddHours(-3), "", File(CurColumns, Cur("2026-10-31T05:00:00Z", "0.5"), Cur(Day(12), "3")));
        var run = await bench.RunAsync();
        Assert.Contains("1 line dated outside their billing period count on its first or last day.", run.Message, StringComparison.Ordinal);
        Assert.Equal([(31, 5m), (1, 0.5m), (12, 3m)], (await bench.LinesAsync()).Select(l => (l.Day.Day, Money.ToUsd(l.AmountNanoUsd))));
    }

    [Fact]
    public async Task Tags_that_a_new_rule_names_are_read_from_periods_that_were_read_before()
    {
        await using var bench = await ExportBench.OpenAsync();
        bench.Deliver("2026-11", Now.AddHours(-3), "", File(CurColumns, Cur(Day(10), "1", ("resource_tags", """{"user_cost_center":"4711"}""")), Cur(Day(12), "1")));
        await bench.RunAsync();
        Assert.All(await bench.LinesAsync(), l => Assert.Equal(0, l.TagSetId));
        await bench.Portal.ReadAsync(async db =>
        {
            db.OwnerRules.Add(new OwnerRule { Name = "r", Conditions = """[{"Subject":1,"Match":0,"Value":"4711","Key":"Cost Center"}]""", Team = "t" });
            return await db.SaveChangesAsync();
        });
        await bench.RunAsync();
        Assert.Contains(await bench.LinesAsync(), l => bench.Name(l.TagSetId) == """{"Cost Center":"4711"}""");
    }
}
