using System.Globalization;
using System.Text.Json.Nodes;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.InvocationLogs;
using GenAiCostPortal.Sources.Schedule;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>Logs summed where they lie against the same logs copied; requests and answers checked against the API model.</summary>
public sealed class AthenaLogsJobTests
{
    private static readonly DateTime Now = LogBench.Now, Today = LogBench.Now.Date;

    private static async Task<(LogBench Bench, MadeLogTable Table)> OpenAsync(Action<AthenaOptions>? set = null)
    {
        var bench = await LogBench.OpenAsync(c =>
        {
            c.InvocationLogs.Enabled = false;
            c.Athena = new AthenaOptions { Database = "logs", OutputLocation = "s3://acme-athena/results/", Logs = { Enabled = true, Table = "bedrock_invocations" } };
            set?.Invoke(c.Athena);
        });
        var table = new MadeLogTable();
        table.Answer(bench.Server);
        return (bench, table);
    }

    /// <summary>Six hundred records of two mornings, one a minute, so that most are in sums alone: features and none, two models, a cache, errors, a tier, a long prompt, one delivered twice.</summary>
    private static List<string> Made()
    {
        var random = new Random(7);
        string?[] features = ["search", "chat", null];
        var lines = Enumerable.Range(0, 600).Select(i =>
        {
            var feature = features[i % 3];
            var nova = i % 2 == 0;
            return MadeRecord.Line(Today.AddDays(-4 + (i / 300)).AddMinutes(i % 300), $"r-{i}", random.Next(1, 4_000) * 10, random.Next(1, 300) * 10, r =>
            {
                if (nova) r["modelId"] = "amazon.nova-lite-v1:0";
                if (feature is not null) r["requestMetadata"] = new JsonObject { ["Feature"] = feature, ["session"] = $"s-{i}" };
                if (i % 11 == 0) r["serviceTier"] = "flex";
                if (i % 7 == 0) (r["input"]!["inputTokenCount"], r["output"]!["outputTokenCount"], r["errorCode"]) = (null, null, i % 2 == 0 ? "ThrottlingException" : "ModelTimeoutException");
                else if (!nova && i % 5 == 0) (r["input"]!["cacheReadInputTokenCount"], r["input"]!["cacheWriteInputTokenCount"]) = (12_000, 3_000);
                if (i % 13 == 1) r["input"]!["inputTokenCount"] = 250_000;
                if (i % 10 == 5 && i % 7 != 0) r["output"]!["outputBodyJson"] = new JsonObject
                {
                    ["metrics"] = new JsonObject { ["latencyMs"] = 900 + i },
                    ["usage"] = new JsonObject { ["cache_creation"] = new JsonObject { ["ephemeral_5m_input_tokens"] = 2_000, ["ephemeral_1h_input_tokens"] = 1_000 } },
                };
            });
        }).ToList();
        return [.. lines, lines[5]];
    }

    private static void Put(LogBench bench, IEnumerable<string> lines)
    {
        foreach (var hour in lines.GroupBy(l => ((DateTime)JsonNode.Parse(l)!["timestamp"]!).ToUniversalTime() is var at ? at.Date.AddHours(at.Hour) : at)) bench.Put(hour.Key, "a", [.. hour]);
    }

    /// <summary>Tokens, calls, errors and estimated nano-USD by day or hour, feature, model and tier; whichever door.</summary>
    private static Task<List<string>> RollupsAsync(LogBench bench, RollupSpan span) => bench.Portal.ReadAsync(async db =>
    {
        var usage = await db.UsageRollups.Where(r => r.Span == span).Join(db.UsageSeries, r => r.SeriesId, s => s.Id, (r, s) => new { r, s.FeatureId, s.ModelId, s.AccountId, s.RegionId, s.Tier, s.Band }).ToListAsync();
        var cost = await db.CostRollups.Where(r => r.Span == span).Join(db.CostSeries, r => r.SeriesId, s => s.Id, (r, s) => new { r, s.FeatureId, s.ModelId, s.AccountId, s.RegionId, s.Tier, s.Band, s.IsBillable }).ToListAsync();
        string Name(int id) => bench.Portal.Get<Dimensions>().Name(id);
        return usage.GroupBy(u => $"{u.r.SlotUnixSeconds} {Name(u.AccountId)} {Name(u.RegionId)} {Name(u.FeatureId)} {Name(u.ModelId)} {u.Tier} {u.Band}")
            .Select(g => $"usage {g.Key}: {g.Sum(u => u.r.Calls)} {g.Sum(u => u.r.Errors)} {g.Sum(u => u.r.Throttles)} {g.Sum(u => u.r.CallsWithoutTokens)} {g.Aggregate(default(TokenCounts), (sum, u) => sum + u.r.Tokens)}")
            .Concat(cost.GroupBy(u => $"{u.r.SlotUnixSeconds} {Name(u.AccountId)} {Name(u.RegionId)} {Name(u.FeatureId)} {Name(u.ModelId)} {u.Tier} {u.Band} {u.IsBillable}")
                .Select(g => $"cost {g.Key}: {g.Sum(u => u.r.Calls)} {g.Sum(u => u.r.EstimatedCostNanoUsd)} {g.Sum(u => u.r.CallsWithoutCost)} {g.Sum(u => u.r.CallsWithoutTokens)} {g.Sum(u => u.r.UnpricedTokens)}"))
            .Order(StringComparer.Ordinal).ToList();
    });

    private static async Task<List<(string Key, long NanoUsd, long Tokens)>> LedgerAsync(LogBench bench, bool byMethod)
    {
        // The whole bill of Nova Lite, a fifth of it of calls that nobody logged; read twice, so that days close.
        bench.Clock.Now = Now;
        await bench.Portal.RunAsync("CostExplorer");
        bench.Clock.Now = Now.AddHours(13);
        await bench.Portal.RunAsync("CostExplorer");
        await bench.Portal.RunAsync("Ledger");
        var spend = await bench.Portal.Get<SpendReport>().ReadAsync(new SpendQuery(Today.AddDays(-5), Today.AddDays(1), byMethod ? [SpendDimension.Feature, SpendDimension.Method] : [SpendDimension.Feature], Granularity.Day, SpendView.Ledger, SpendFilter.None));
        return [.. spend.Rows.Select(r => ($"{r.Time:MM-dd} {string.Join(' ', r.Keys)}", Money.ToNanoUsd(r.CostUsd), r.Tokens.Total)).OrderBy(r => r.Item1, StringComparer.Ordinal)];
    }

    private static void Bill(LogBench bench, List<string> lines)
    {
        foreach (var day in lines.Distinct().Select(l => JsonNode.Parse(l)!).Where(r => (string?)r["modelId"] == "amazon.nova-lite-v1:0" && r["serviceTier"] is null).GroupBy(r => ((string)r["timestamp"]!)[..10]))
            foreach (var (kind, path, count, usd) in ((string, string, string, decimal)[])[("input", "input", "inputTokenCount", 0.00006m), ("output", "output", "outputTokenCount", 0.00024m)])
            {
                var thousands = day.Sum(r => (long?)r[path]![count] ?? 0) * 1.25m / 1000;
                bench.Server.Bill.Lines.Add(new(day.Key, MadeRecord.Account, "Amazon Bedrock", $"USE1-NovaLite-{kind}-tokens", thousands * usd, thousands, "1K tokens"));
            }
    }

    private static Span Sent(JsonNode record, int number) => new()
    {
        TraceId = new TraceId(9, (ulong)number + 1), SpanId = new SpanId(3), Name = "chat", Kind = SpanKind.Client,
        StartUnixNs = ((DateTime)record["timestamp"]! - DateTime.UnixEpoch).Ticks * 100 + 300_000_000, EndUnixNs = ((DateTime)record["timestamp"]! - DateTime.UnixEpoch).Ticks * 100 + 1_500_000_000,
        Attributes = new SpanAttributes([new("gen_ai.provider.name", "aws.bedrock"), new("gen_ai.request.model", (string)record["modelId"]!), new("cloud.account.id", MadeRecord.Account), new("cloud.region", "us-east-1"),
            new("gen_ai.usage.input_tokens", (long)record["input"]!["inputTokenCount"]!), new("gen_ai.usage.output_tokens", (long)record["output"]!["outputTokenCount"]!), new("aws.request_id", (string)record["requestId"]!),
            new("genai.feature", (string)record["requestMetadata"]!["Feature"]!)]),
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Summed_logs_say_the_same_as_copied_ones_in_usage_estimates_and_ledger(bool someAlsoByOtlp)
    {
        var lines = Made();
        await using var copied = await LogBench.OpenAsync();
        var (summed, table) = await OpenAsync();
        await using var _ = summed;
        Put(copied, lines);
        table.Records.AddRange(lines);
        Bill(copied, lines);
        Bill(summed, lines);
        var spans = someAlsoByOtlp
            ? lines.Distinct().Select(l => JsonNode.Parse(l)!).Where(r => r["requestMetadata"] is not null && r["errorCode"] is null && r["serviceTier"] is null && r["input"]!["cacheReadInputTokenCount"] is null && r["output"]!["outputBodyJson"] is null)
                .Where((_, i) => i % 2 == 0).Select(Sent).ToArray() : [];
        if (spans.Length > 0) await copied.Portal.Get<TraceWriter>().WriteAsync(spans);
        if (spans.Length > 0) await summed.Portal.Get<TraceWriter>().WriteAsync(spans);
        await copied.RunAsync();
        await summed.Portal.RunAsync("AthenaLogs");

        foreach (var span in (RollupSpan[])[RollupSpan.Hour, RollupSpan.Day]) Assert.Equal(await RollupsAsync(copied, span), await RollupsAsync(summed, span));
        Assert.Equal(someAlsoByOtlp, spans.Length > 10);
        Assert.True(await summed.Portal.ReadAsync(db => db.Calls.CountAsync(c => c.Doors == Doors.InvocationLog && (c.Flags & CallFlags.IsPicked) != 0)) > 20);
        Assert.True(await summed.Portal.ReadAsync(db => db.Calls.CountAsync()) < 450);
        var (one, other) = (await LedgerAsync(copied, !someAlsoByOtlp), await LedgerAsync(summed, !someAlsoByOtlp));
        Assert.Contains(one, r => r.Key.Contains("search", StringComparison.Ordinal) && r.NanoUsd > 0);
        Assert.Equal(one.Select(r => (r.Key, r.Tokens)), other.Select(r => (r.Key, r.Tokens)));
        // Lines are split over other claims, so a part may be rounded to the other side.
        foreach (var (a, b) in one.Zip(other)) Assert.InRange(b.NanoUsd, a.NanoUsd - 9, a.NanoUsd + 9);
        Assert.Equal(one.Sum(r => r.NanoUsd), other.Sum(r => r.NanoUsd));
        if (!someAlsoByOtlp) Assert.Contains(other, r => r.Key.Contains("InvocationLog", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_documented_records_come_in_with_their_numbers()
    {
        var (bench, table) = await OpenAsync();
        await using var _ = bench;
        table.Records.AddRange(MadeRecord.Samples);
        // Bedrock does not tell what is behind the profile; the answer itself does.
        bench.Server.Fault = call => call.Operation == "GetInferenceProfile" ? new TestFault(404, "ResourceNotFoundException", "No such profile") : null;
        var run = await bench.Portal.RunAsync("AthenaLogs", new JobRequest("Backfill", "me", new DayRange(new(2026, 8, 7), new(2026, 8, 8))));
        Assert.Equal((FeedOutcome.Succeeded, "7 Aug 00:00–24:00: 26.00 GB scanned for $0.1300, 1 calls in 1 rows, 1 of them one by one.", 1L), (run.Outcome, run.Message, run.Rows));
        await bench.Portal.RunAsync("AthenaLogs", new JobRequest("Backfill", "me", new DayRange(new(2026, 9, 14), new(2026, 9, 15))));
        // Of the two records: 3 in, 28,857 written for five minutes, 142 out, by a profile whose answer names Claude Sonnet 4; 4,512 in, 318 out, Claude Sonnet 4.5.
        var days = await bench.Portal.ReadAsync(db => db.UsageRollups.Where(r => r.Span == RollupSpan.Day).OrderBy(r => r.SlotUnixSeconds).ToListAsync());
        Assert.Equal([(1L, 3L, 28_857L, 0L, 142L), (1, 4_512, 0, 0, 318)], days.Where(d => d.Calls > 0).Select(d => (d.Calls, d.Input, d.CacheWrite5m, d.CacheRead, d.Output)));
        var calls = await bench.Portal.ReadAsync(db => db.Calls.OrderBy(c => c.StartUnixMs).ToListAsync());
        Assert.Equal(["0b6c1c1e-6f0e-4a1e-9a53-5d1b8b0f4a11", "5f0f52c4-9a64-45e9-a1cd-3d1d5b7f9c02"], calls.Select(c => c.RequestId));
        // $3, $3.75 and $15 a million: 3 × 3,000 + 28,857 × 3,750 + 142 × 15,000 nano-USD. Geographic Sonnet 4.5, a tenth more: 4,512 × 3,300 + 318 × 16,500.
        Assert.Equal([110_352_750L, 20_136_600], await bench.Portal.ReadAsync(db => db.CostRollups.Where(r => r.Span == RollupSpan.Day && r.Calls > 0).OrderBy(r => r.SlotUnixSeconds).Select(r => r.EstimatedCostNanoUsd).ToListAsync()));
    }

    [Fact]
    public async Task A_run_reads_whole_hours_and_the_last_two_again_and_a_late_record_is_added()
    {
        var (bench, table) = await OpenAsync();
        await using var _ = bench;
        table.Records.AddRange([MadeRecord.Line(Now.AddHours(-3), "a", 100, 10), MadeRecord.Line(Now.AddMinutes(-70), "b", 200, 20), MadeRecord.Line(Now.AddMinutes(-5), "c", 400, 40)]);
        var first = await bench.Portal.RunAsync("AthenaLogs");
        // It is 12:18: the call at 12:13 is of an hour that is not over. Seven days in seven queries, then the rest of today.
        Assert.Equal((2L, 300L, 30L), await bench.TotalsAsync());
        Assert.Equal((FeedOutcome.Succeeded, Today.AddDays(-7), Today.AddHours(12)), (first.Outcome, first.CoveredFrom, first.CoveredTo));
        Assert.Equal([.. Enumerable.Range(0, 7).Select(d => (Today.AddDays(d - 7), Today.AddDays(d - 6))), (Today, Today.AddHours(12))], table.Sql.Select(MadeLogTable.Asked));
        Assert.Equal(("2026/11/14/00", "2026/11/15/02", 26d), MadeLogTable.Folders(table.Sql[0]));

        table.Sql.Clear();
        bench.Clock.Now = Now.AddHours(1);
        table.Records.Add(MadeRecord.Line(Now.AddMinutes(-65), "late", 800, 80));
        Assert.Equal("21 Nov 10:00–13:00: 5.00 GB scanned for $0.0250, 3 calls in 2 rows, 3 of them one by one.", (await bench.Portal.RunAsync("AthenaLogs")).Message);
        Assert.Equal((4L, 1500L, 150L), await bench.TotalsAsync());
        await bench.Portal.RunAsync("AthenaLogs");
        Assert.Equal((4L, 1500L, 150L), await bench.TotalsAsync());
        // The folders behind the last hour are of the future: empty, and free.
        Assert.Equal([(Today.AddHours(10), Today.AddHours(13)), (Today.AddHours(11), Today.AddHours(13))], table.Sql.Select(MadeLogTable.Asked));
        // A backfill leaves the place of the next run where it was.
        await bench.Portal.RunAsync("AthenaLogs", new JobRequest("Backfill", "me", new DayRange(new(2026, 11, 10), new(2026, 11, 11))));
        table.Sql.Clear();
        await bench.Portal.RunAsync("AthenaLogs");
        Assert.Equal((Today.AddHours(11), Today.AddHours(13)), MadeLogTable.Asked(Assert.Single(table.Sql)));
    }

    [Fact]
    public async Task A_run_that_broke_off_goes_on_where_it_stopped()
    {
        var (bench, table) = await OpenAsync();
        await using var _ = bench;
        table.Records.AddRange(Made());
        bench.Server.Fault = call => call.Operation == "StartQueryExecution" && table.Sql.Count == 4 ? new TestFault(400, "InvalidRequestException", "no") : null;
        Assert.NotEqual(FeedOutcome.Succeeded, (await bench.Portal.RunAsync("AthenaLogs")).Outcome);
        Assert.Equal(4, table.Sql.Count);
        bench.Server.Fault = _ => null;
        await bench.Portal.RunAsync("AthenaLogs");
        Assert.Equal(Today.AddDays(-3), MadeLogTable.Asked(table.Sql[4]).From);
        var (whole, other) = await OpenAsync();
        await using var __ = whole;
        other.Records.AddRange(Made());
        await whole.Portal.RunAsync("AthenaLogs");
        Assert.Equal(await RollupsAsync(whole, RollupSpan.Hour), await RollupsAsync(bench, RollupSpan.Hour));
    }

    [Fact]
    public async Task Both_limits_hold_and_the_run_says_what_was_left_out()
    {
        // 26 GB a day cost 13 cents; a quarter of a dollar is enough for one day. The bill's queries of this month count too.
        var (bench, table) = await OpenAsync(a => a.MonthlyBudgetUsd = 0.25m);
        await using var _ = bench;
        var run = await bench.Portal.RunAsync("AthenaLogs");
        Assert.Equal((FeedOutcome.Partial, 130_000_000L), (run.Outcome, run.RequestCostNanoUsd));
        Assert.EndsWith("15 Nov 00:00–24:00: The query would cost about $0.1300; $0.1200 of this month's $0.25 is left. It was not begun. Not read: 15 Nov 00:00 to 21 Nov 12:00.", run.Message, StringComparison.Ordinal);
        Assert.Contains("Athena:MonthlyBudgetUsd", run.Cure, StringComparison.Ordinal);
        Assert.Single(table.Sql);

        var (small, other) = await OpenAsync(a => a.MaxScannedGb = 10);
        await using var __ = small;
        other.State = "RUNNING";
        var stopped = await small.Portal.RunAsync("AthenaLogs");
        Assert.Equal((FeedOutcome.Failed, "14 Nov 00:00–24:00: The query was stopped after 26.00 GB: more than 10.00 GB was not allowed. Not read: 14 Nov 00:00 to 21 Nov 12:00."), (stopped.Outcome, stopped.Message));
        Assert.Single(small.Server.Calls, c => c.Operation == "StopQueryExecution");

        // Once it is known what an hour holds, a query asks for no more hours than fit.
        var (known, third) = await OpenAsync(a => (a.MaxScannedGb, a.MonthlyBudgetUsd) = (26, 50));
        await using var ___ = known;
        third.BytesPerHour = 2_000_000_000;
        await known.Portal.Get<FeedCursors>().SetAsync("AthenaLogs", "Prod", "logs.bedrock_invocations/bytes per hour", "2000000000");
        Assert.Equal(FeedOutcome.Succeeded, (await known.Portal.RunAsync("AthenaLogs", new JobRequest("Backfill", "me", new DayRange(new(2026, 11, 1), new(2026, 11, 2))))).Outcome);
        // 26 GB are 13 hours, two of them for what comes late.
        Assert.Equal([11d, 11, 2], third.Sql.Select(s => (MadeLogTable.Asked(s).To - MadeLogTable.Asked(s).From).TotalHours));
    }

    [Fact]
    public async Task A_table_of_another_make_is_refused_with_the_cure()
    {
        var (bench, table) = await OpenAsync();
        await using var _ = bench;
        table.Column = "modelid";
        var run = await bench.Portal.RunAsync("AthenaLogs");
        Assert.Equal(FeedOutcome.Failed, run.Outcome);
        Assert.Contains("logs.bedrock_invocations is not made as the portal reads it", run.Message, StringComparison.Ordinal);
        Assert.Contains("Sources page", run.Cure, StringComparison.Ordinal);
        Assert.Empty(table.Sql);
    }

    [Fact]
    public async Task The_right_to_see_the_logs_table_is_tried_there()
    {
        var (bench, table) = await OpenAsync(a => (a.Region, a.Logs.Database) = ("eu-central-1", "own"));
        await using var _ = bench;
        bench.Portal.Get<FeedPlans>().Set([new FeedPlan("AthenaLogs", "Prod", "", "", "", ["athena:GetTableMetadata"], true, "", TimeSpan.FromHours(1), () => null)]);
        Assert.Equal([PermissionState.Allowed], (await bench.Portal.Get<PermissionCheck>().RunAsync("AthenaLogs", "Prod", "me")).Select(r => r.State));
        var asked = bench.Server.Calls.Single();
        Assert.Equal(("eu-central-1", "own", "bedrock_invocations"), (asked.Region, asked.Body.GetProperty("DatabaseName").GetString(), asked.Body.GetProperty("TableName").GetString()));
    }
}
