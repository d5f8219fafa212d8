using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.DataExports;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static GenAiCostPortal.Sources.DataExports.MadeExport;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>Athena on this machine: requests and answers checked against the API model.</summary>
public sealed class AthenaJobTests
{
    private static readonly string[] Types = ["resource_tags", "product", "cost_category"];

    private sealed class Made
    {
        public List<Dictionary<string, string>> Rows { get; } = [];
        public long Scanned { get; set; } = 1_240_000_000;
        public Queue<string> States { get; } = new(["QUEUED", "RUNNING", "SUCCEEDED"]);
        public string? Partition { get; set; } = "billing_period";
        public List<string> Sql { get; } = [];
        public int RowsPerPage { get; set; } = 2;

        public void Answer(AwsTestServer server)
        {
            server.Answers["GetTableMetadata"] = _ => new JsonObject
            {
                ["TableMetadata"] = new JsonObject
                {
                    ["Name"] = "cur", ["TableType"] = "EXTERNAL_TABLE",
                    ["Columns"] = new JsonArray([.. CurColumns.Append("bill_billing_period_start_date").Select(c => (JsonNode)new JsonObject { ["Name"] = c, ["Type"] = Types.Contains(c) ? "map<string,string>" : c.EndsWith("_date", StringComparison.Ordinal) ? "timestamp" : c.EndsWith("_cost", StringComparison.Ordinal) || c.EndsWith("_amount", StringComparison.Ordinal) ? "double" : "string" })]),
                    ["PartitionKeys"] = Partition is null ? new JsonArray() : new JsonArray(new JsonObject { ["Name"] = Partition, ["Type"] = "string" }),
                },
            };
            server.Answers["StartQueryExecution"] = call =>
            {
                Sql.Add(call.Body.GetProperty("QueryString").GetString()!);
                return new JsonObject { ["QueryExecutionId"] = $"query-{Sql.Count}" };
            };
            server.Answers["GetQueryExecution"] = call =>
            {
                var state = States.Count > 1 ? States.Dequeue() : States.Peek();
                return new JsonObject { ["QueryExecution"] = new JsonObject
                {
                    ["QueryExecutionId"] = call.Body.GetProperty("QueryExecutionId").GetString(), ["Status"] = new JsonObject { ["State"] = state, ["StateChangeReason"] = state == "FAILED" ? "TABLE_NOT_FOUND: cur" : "" },
                    ["Statistics"] = new JsonObject { ["DataScannedInBytes"] = state == "QUEUED" ? 0 : Scanned },
                } };
            };
            server.Answers["StopQueryExecution"] = _ => [];
            server.Answers["GetQueryResults"] = call =>
            {
                // As Athena gives them: the first row of the first page holds the columns' names, a null has no value.
                var rows = Rows.Select(r => CurColumns.Select(c => r.GetValueOrDefault(c))).Prepend(CurColumns).ToList();
                var from = call.Body.TryGetProperty("NextToken", out var token) ? int.Parse(token.GetString()!, CultureInfo.InvariantCulture) : 0;
                var answer = new JsonObject { ["ResultSet"] = new JsonObject { ["Rows"] = new JsonArray([.. rows.Skip(from).Take(RowsPerPage).Select(r => (JsonNode)new JsonObject
                {
                    ["Data"] = new JsonArray([.. r.Select(v => v is null ? new JsonObject() : (JsonNode)new JsonObject { ["VarCharValue"] = v })]),
                })]) } };
                if (from + RowsPerPage < rows.Count) answer["NextToken"] = (from + RowsPerPage).ToString(CultureInfo.InvariantCulture);
                return answer;
            };
        }
    }

    private static async Task<(ExportBench Bench, Made Made)> OpenAsync(Action<AthenaOptions>? set = null)
    {
        var bench = await ExportBench.OpenAsync(c =>
        {
            c.DataExports.Enabled = false;
            c.Athena = new AthenaOptions { Enabled = true, Database = "exports", Table = "cur", OutputLocation = "s3://acme-athena/results/" };
            set?.Invoke(c.Athena);
        });
        var made = new Made();
        made.Answer(bench.Server);
        return (bench, made);
    }

    [Fact]
    public async Task The_sums_of_a_query_become_the_bill_and_its_cost_is_shown()
    {
        var (bench, made) = await OpenAsync();
        await using var _ = bench;
        made.Rows.AddRange([Cur(Day(10), "1.5", ("resource_tags", """{"user_team":"a"}""")), Cur(Day(11), "2.25", ("line_item_iam_principal", "arn:aws:iam::1:role/x")), Cur(Day(12), "0.25"), Ec2(Day(10), "7")]);
        var run = await bench.Portal.RunAsync("Athena");

        Assert.Equal((FeedOutcome.Succeeded, 3L, ""), (run.Outcome, run.Rows, run.Cure));
        // 1.24 GB at $5 per TB.
        Assert.Equal("2026-11: 1.24 GB scanned for $0.0062, 4 rows into 3 lines of the bill.", run.Message);
        Assert.Equal(6_200_000, run.RequestCostNanoUsd);
        Assert.Equal((4m, 7m), (await bench.TotalUsdAsync(), await bench.OutsideUsdAsync()));
        Assert.All(await bench.LinesAsync(), l => Assert.Equal("Athena", l.Feed));
        Assert.Contains(await bench.LinesAsync(), l => bench.Name(l.TagSetId) == """{"Team":"a"}""");
        var started = bench.Server.Calls.Single(c => c.Operation == "StartQueryExecution").Body;
        Assert.Equal(("exports", "s3://acme-athena/results/", "primary"), (started.GetProperty("QueryExecutionContext").GetProperty("Database").GetString(),
            started.GetProperty("ResultConfiguration").GetProperty("OutputLocation").GetString(), started.GetProperty("WorkGroup").GetString()));

        var ids = (await bench.LinesAsync()).Select(l => l.Id).ToList();
        await bench.Portal.RunAsync("Athena");
        Assert.Equal(ids, (await bench.LinesAsync()).Select(l => l.Id));
    }

    [Fact]
    public async Task The_month_before_is_read_too_until_AWS_no_longer_restates_it()
    {
        var (bench, made) = await OpenAsync();
        await using var _ = bench;
        bench.Clock.Now = new DateTime(2026, 11, 20, 8, 0, 0, DateTimeKind.Utc);
        await bench.Portal.RunAsync("Athena");
        Assert.Equal(["2026-11", "2026-10"], made.Sql.Select(s => Regex.Match(s, "billing_period\" = '(.*?)'").Groups[1].Value));
        made.Sql.Clear();
        await bench.Portal.RunAsync("Athena", new JobRequest("Backfill", "me", new DayRange(new(2026, 8, 31), new(2026, 9, 2))));
        Assert.Equal(["2026-09", "2026-08"], made.Sql.Select(s => Regex.Match(s, "billing_period\" = '(.*?)'").Groups[1].Value));
    }

    [Fact]
    public async Task A_rule_that_moves_the_border_has_earlier_months_read_again_once_and_decides_line_by_line()
    {
        var (bench, made) = await OpenAsync();
        await using var _ = bench;
        // What the query may bring in is more than what the rule does: it asks for the service, the rule for an account too.
        made.Rows.AddRange([Cur(Day(13), "0.01"), Ec2(Day(12), "2.25", ("product", """{"product_name":"AWS Lambda"}""")),
            Ec2(Day(12), "4", ("product", """{"product_name":"AWS Lambda"}"""), ("line_item_usage_account_id", ExportBench.Other))]);
        await bench.Portal.RunAsync("Athena", new JobRequest("Backfill", "me", new DayRange(new(2026, 10, 1), new(2026, 12, 1))));
        Assert.Equal(0.01m, await bench.TotalUsdAsync());
        await bench.Portal.Get<RuleDesk>().AddAsync(new OwnerRuleDraft
        {
            Name = "Functions", Feature = "rag", Conditions = [new(RuleSubject.Service, RuleMatch.Is, "AWS Lambda"), new(RuleSubject.Account, RuleMatch.Is, ExportBench.Other)],
        }, "Ada");
        made.Sql.Clear();
        await bench.Portal.RunAsync("Athena");
        Assert.Equal(["2026-11", "2026-10"], made.Sql.Select(s => Regex.Match(s, "billing_period\" = '(.*?)'").Groups[1].Value));
        Assert.Equal(4.01m, (await bench.LinesAsync()).Where(l => l.Day.Month == 11).Sum(l => Money.ToUsd(l.AmountNanoUsd)));
        Assert.Contains("OR (regexp_like(", made.Sql[0], StringComparison.Ordinal);
        Assert.Contains("'(?is)^AWS Lambda$')", made.Sql[0], StringComparison.Ordinal);
        made.Sql.Clear();
        await bench.Portal.RunAsync("Athena");
        Assert.Single(made.Sql);
    }

    [Fact]
    public async Task Another_feature_tag_key_has_earlier_months_read_again_once()
    {
        var (bench, made) = await OpenAsync();
        await using var _ = bench;
        await bench.Portal.RunAsync("Athena", new JobRequest("Backfill", "me", new DayRange(new(2026, 10, 1), new(2026, 12, 1))));
        var keys = bench.Portal.Get<OwnerSettings>().Current;
        // Both keys were kept before too: only which of them names the feature has changed.
        (keys.TagKeys.Feature, keys.TagKeys.Team) = (keys.TagKeys.Team, keys.TagKeys.Feature);
        await bench.Portal.Get<OwnerSettings>().SaveAsync(keys);
        made.Sql.Clear();
        await bench.Portal.RunAsync("Athena");
        Assert.Equal(["2026-11", "2026-10"], made.Sql.Select(s => Regex.Match(s, "billing_period\" = '(.*?)'").Groups[1].Value));
        made.Sql.Clear();
        await bench.Portal.RunAsync("Athena");
        Assert.Single(made.Sql);
    }

    [Fact]
    public async Task A_query_is_stopped_when_it_scans_more_than_it_may()
    {
        var (bench, made) = await OpenAsync(a => a.MaxScannedGb = 1);
        await using var _ = bench;
        made.States.Clear();
        made.States.Enqueue("RUNNING");
        var run = await bench.Portal.RunAsync("Athena");
        Assert.Equal((FeedOutcome.Failed, "2026-11: The query was stopped after 1.24 GB: more than 1.00 GB was not allowed.", 6_200_000L), (run.Outcome, run.Message, run.RequestCostNanoUsd));
        Assert.Contains("Athena:MaxScannedGb", run.Cure, StringComparison.Ordinal);
        Assert.Single(bench.Server.Calls, c => c.Operation == "StopQueryExecution");
        Assert.Empty(await bench.LinesAsync());
    }

    [Fact]
    public async Task A_query_that_the_months_budget_does_not_allow_is_not_begun()
    {
        var (bench, made) = await OpenAsync(a => a.MonthlyBudgetUsd = 0.01m);
        await using var _ = bench;
        made.Rows.Add(Cur(Day(10), "1.5"));
        Assert.Equal(FeedOutcome.Succeeded, (await bench.Portal.RunAsync("Athena")).Outcome);
        var second = await bench.Portal.RunAsync("Athena");
        Assert.Equal((FeedOutcome.Failed, "2026-11: The query would cost about $0.0062; $0.0038 of this month's $0.01 is left. It was not begun."), (second.Outcome, second.Message));
        Assert.Single(made.Sql);
        // A new month, a new budget.
        bench.Clock.Now = new DateTime(2026, 12, 21, 8, 0, 0, DateTimeKind.Utc);
        await bench.Portal.RunAsync("Athena");
        Assert.Equal(2, made.Sql.Count);
    }

    [Fact]
    public async Task A_failed_query_keeps_the_bill_and_puts_the_reason_into_the_log()
    {
        var (bench, made) = await OpenAsync();
        await using var _ = bench;
        made.States.Clear();
        made.States.Enqueue("FAILED");
        var run = await bench.Portal.RunAsync("Athena");
        Assert.Equal((FeedOutcome.Failed, "2026-11: Athena could not run the query."), (run.Outcome, run.Message));
        Assert.Contains(bench.Portal.Log.Entries, e => e.Text.Contains("TABLE_NOT_FOUND", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_right_to_see_the_table_is_tried_where_the_table_is()
    {
        var (bench, _) = await OpenAsync(a => a.Region = "eu-central-1");
        await using var b = bench;
        bench.Portal.Get<FeedPlans>().Set([new FeedPlan("Athena", "Payer", "", "", "", ["athena:GetTableMetadata", "athena:StartQueryExecution"], true, "", TimeSpan.FromHours(1), () => null)]);
        var results = await bench.Portal.Get<PermissionCheck>().RunAsync("Athena", "Payer", "me");
        Assert.Equal([PermissionState.Allowed, PermissionState.NotTried], results.Select(r => r.State));
        Assert.Equal(("GetTableMetadata", "eu-central-1"), (bench.Server.Calls.Single().Operation, bench.Server.Calls.Single().Region));
    }

    [Theory]
    // Whole MB, at least 10 of them, at $5 per million MB.
    [InlineData(0, 50_000)]
    [InlineData(9_000_000, 50_000)]
    [InlineData(10_000_001, 55_000)]
    [InlineData(1_000_000_000_000, 5_000_000_000)]
    public void A_query_costs_five_dollars_per_terabyte(long bytes, long nanoUsd) => Assert.Equal(nanoUsd, AthenaClient.CostNanoUsd(bytes));
}
