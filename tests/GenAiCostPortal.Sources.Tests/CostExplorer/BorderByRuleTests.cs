using System.Globalization;
using System.Text.Json;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.DataExports;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static GenAiCostPortal.Sources.DataExports.MadeExport;
using static GenAiCostPortal.Sources.CostExplorer.BorderBench;

namespace GenAiCostPortal.Sources.CostExplorer;

/// <summary>The border of the bill by owner rules: the same lines through Cost Explorer, a CUR and a FOCUS file.</summary>
public sealed class BorderByRuleTests
{
    // By hand: Bedrock 10 and the tagged 3 were in scope before. Of the Lambda in Product only the seconds without a tag (5) meet the
    // first rule, not the requests (2); of OpenSearch only what says ai (6) meets the second. 10 + 3 + 5 + 6 = 24 of 94.50.
    private static readonly string[] ByTwoRules =
    [
        "1111 Amazon Bedrock [/] Unattributed 10.00", "2222 AWS Lambda [chat/] Tag 3.00", "2222 AWS Lambda [retrieval/] Rule 5.00", "2222 Amazon OpenSearch Service [/Search] Rule 6.00",
    ];

    [Fact]
    public async Task Rules_bring_lines_in_through_Cost_Explorer_and_what_they_bring_in_is_missing_outside()
    {
        await using var bench = await CostExplorerAsync();
        await bench.Portal.RunAsync("CostExplorer");
        Assert.Equal((13m, 81.5m), await SidesAsync(bench));
        // Everything, tags by service, Bedrock, tagged Lambda, its tags in Product.
        Assert.Equal(5, bench.Server.Calls.Count);

        await AddAsync(bench, OfLambda, OfSearch);
        var run = await NextDayAsync(bench);
        Assert.Equal((24m, 70.5m), await SidesAsync(bench));
        Assert.Equal(ByTwoRules, await LedgerAsync(bench));
        // Three more: cost centres by service, Lambda without a feature, OpenSearch under ai. A cent each.
        Assert.Equal((8L, 80_000_000L), (run.Requests, run.RequestCostNanoUsd));
        // The ledger knows the tag that was asked for.
        var line = (await bench.LinesAsync()).Single(l => bench.Name(l.BilledServiceId) == Search);
        Assert.Equal(("""{"CostCenter":"ai"}""", 60m, "eu-west-1"), (bench.Name(line.TagSetId), line.Quantity!.Value, bench.Name(line.RegionId)));
    }

    [Fact]
    public async Task A_rule_on_a_tag_alone_brings_in_what_carries_it_of_every_service_once()
    {
        await using var bench = await CostExplorerAsync();
        await AddAsync(bench, OfLambda, OfSearch, OfCostCenter);
        await bench.Portal.RunAsync("CostExplorer");
        // By hand: beside the 24 also the payer's Lambda with the tag (4) and S3 (0.50); the first rule that holds decides.
        Assert.Equal((28.5m, 66m), await SidesAsync(bench));
        string[] all = ["1111 AWS Lambda [assistants/] Rule 4.00", "1111 Amazon Simple Storage Service [assistants/] Rule 0.50", .. ByTwoRules];
        Assert.Equal(all.Order(StringComparer.Ordinal), await LedgerAsync(bench));
        // Beside the eight: Lambda under ai and S3 under ai.
        Assert.Equal(10, bench.Server.Calls.Count);
    }

    [Theory]
    [InlineData(ExportFormat.Cur2)]
    [InlineData(ExportFormat.Focus)]
    public async Task An_export_of_the_same_lines_gives_the_same_sums(string format)
    {
        await using var bench = await ExportBench.OpenAsync(c => c.DataExports.Format = format);
        // The 13th has usage, so that the 12th is whole.
        TestLine[] lines = [.. Lines("2026-11-12"), new("2026-11-13", Payer, "Amazon Bedrock", Nova, 0m, 1, "1K tokens")];
        bench.Deliver("2026-11", Now.AddHours(-3), "", format == ExportFormat.Cur2 ? File(CurColumns, lines.Select(CurOf)) : File(FocusColumns, lines.Select(FocusOf)));
        await bench.RunAsync();
        Assert.Equal((13m, 81.5m), await SidesAsync(bench));
        var before = (await LedgerAsync(bench), await bench.LinesAsync());

        await AddAsync(bench, OfLambda, OfSearch);
        bench.Clock.Now = Now.AddHours(4);
        Assert.Equal(1, await FilesReadAsync(bench));
        Assert.Equal((24m, 70.5m), await SidesAsync(bench));
        Assert.Equal(ByTwoRules, await LedgerAsync(bench));
        // Only once: the period is not read again until the border moves.
        Assert.Equal(0, await FilesReadAsync(bench));

        await AddAsync(bench, OfCostCenter);
        Assert.Equal(1, await FilesReadAsync(bench));
        Assert.Equal((28.5m, 66m), await SidesAsync(bench));

        var desk = bench.Portal.Get<RuleDesk>();
        foreach (var rule in (await desk.ReadAsync()).Owners) await desk.RemoveAsync(RuleKind.Owner, rule.Id, "Ada");
        Assert.Equal(1, await FilesReadAsync(bench));
        Assert.Equal((13m, 81.5m), await SidesAsync(bench));
        Assert.Equal(before.Item1, await LedgerAsync(bench));
        Assert.Equal(before.Item2.Select(l => (l.Day, l.AccountId, l.BilledServiceId, l.UsageTypeId, l.TagFeatureId, l.AmountNanoUsd)).Order(),
            (await bench.LinesAsync()).Select(l => (l.Day, l.AccountId, l.BilledServiceId, l.UsageTypeId, l.TagFeatureId, l.AmountNanoUsd)).Order());
    }

    [Fact]
    public async Task A_rule_on_the_caller_or_resource_works_in_an_export_and_is_said_to_need_one()
    {
        const string function = "arn:aws:lambda:us-east-1:222222222222:function:rag-answer";
        var ofFunction = new OwnerRuleDraft { Name = "By function", Feature = "rag", Conditions = [new(RuleSubject.Resource, RuleMatch.Contains, "function:rag-")] };
        await using var bench = await ExportBench.OpenAsync(c => c.CostExplorer.Enabled = true);
        bench.Server.Bill.Lines.AddRange(Lines("2026-11-12"));
        await AddAsync(bench, ofFunction);
        await bench.Portal.RunAsync("CostExplorer");
        Assert.Equal((13m, 5), (await bench.TotalUsdAsync(), bench.Server.Calls.Count));
        Assert.Equal("Cost Explorer cannot be asked for By function (the resource): that needs Data Exports.", await bench.Portal.Get<BorderCosts>().WordsAsync(CancellationToken.None));

        bench.Deliver("2026-11", Now.AddHours(-3), "", File(CurColumns, Cur(Day(13), "0.01"), Ec2(Day(12), "2.25", ("product", """{"product_name":"AWS Lambda"}"""), ("line_item_resource_id", function)), Ec2(Day(12), "4")));
        await bench.RunAsync();
        var ledger = await LedgerAsync(bench);
        Assert.Equal(["1111 AWS Lambda [rag/] Rule 2.25"], ledger.Where(l => l.Contains("Lambda", StringComparison.Ordinal) && l.StartsWith("1111", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Removing_the_rules_restores_the_first_ledger_and_every_stored_day_is_read_again()
    {
        await using var bench = await CostExplorerAsync();
        // A day that no usual look-back of 35 days reaches.
        bench.Server.Bill.Lines.AddRange(Lines("2026-09-12"));
        await bench.Portal.RunAsync("CostExplorer", new Schedule.JobRequest("Backfill", "Ada", new Schedule.DayRange(new(2026, 9, 10), new(2026, 11, 21))));
        await bench.Portal.RunAsync("CostExplorer");
        Assert.Equal((26m, 163m), await SidesAsync(bench));
        var before = await LedgerAsync(bench);

        await AddAsync(bench, OfLambda);
        var first = await bench.Portal.RunAsync("CostExplorer");
        // The first day that is stored: the 10th and 11th had no bill.
        Assert.Equal(new DateTime(2026, 9, 12, 0, 0, 0, DateTimeKind.Utc), first.CoveredFrom);
        Assert.Equal((36m, 153m), await SidesAsync(bench));
        // Once, not for ever.
        bench.Server.Calls.Clear();
        bench.Clock.Now = Now.AddHours(1);
        await bench.Portal.RunAsync("CostExplorer");
        Assert.All(bench.Server.Calls, c => Assert.Equal("2026-11-18", c.Body.GetProperty("TimePeriod").GetProperty("Start").GetString()));

        var desk = bench.Portal.Get<RuleDesk>();
        Assert.True((await desk.UndoAsync((await desk.HistoryAsync())[0].Id, "Ada")).IsDone);
        await bench.Portal.RunAsync("CostExplorer");
        Assert.Equal((26m, 163m), await SidesAsync(bench));
        Assert.Equal(before, await LedgerAsync(bench));
    }

    [Fact]
    public async Task A_rule_with_dates_brings_in_its_days_only_and_only_they_are_read_again()
    {
        await using var bench = await CostExplorerAsync();
        bench.Server.Bill.Lines.AddRange([.. Lines("2026-11-11"), .. Lines("2026-11-13")]);
        await bench.Portal.RunAsync("CostExplorer");
        bench.Server.Calls.Clear();
        await AddAsync(bench, OfLambda with { EffectiveFrom = BillDay, EffectiveTo = BillDay.AddDays(1) });
        await bench.Portal.RunAsync("CostExplorer");
        Assert.All(bench.Server.Calls, c => Assert.Equal("2026-11-12", c.Body.GetProperty("TimePeriod").GetProperty("Start").GetString()));
        Assert.Equal([13m, 18m, 13m], (await bench.LinesAsync()).GroupBy(l => l.Day).Select(g => Money.ToUsd(g.Sum(l => l.AmountNanoUsd))));
        Assert.Equal(3 * 94.5m, (await SidesAsync(bench)) is var (inScope, outside) ? inScope + outside : 0);
        var question = await AskAsync(bench, new(2026, 11, 11), new(2026, 11, 14));
        Assert.Contains("Of AWS Lambda a rule brings in 2026-11-12 to 2026-11-12 only", question.Note, StringComparison.Ordinal);
        // Asked apart, as the note says, each part is the bill of its days.
        foreach (var (day, usd) in new[] { (11, 13m), (12, 18m), (13, 13m) })
            Assert.Equal(usd, Sum(bench, (await AskAsync(bench, new(2026, 11, day), new(2026, 11, day + 1))).Json));
    }

    [Fact]
    public async Task The_question_behind_the_total_asked_again_gives_the_total_and_each_cell()
    {
        await using var bench = await CostExplorerAsync();
        await AddAsync(bench, OfLambda, OfSearch, OfCostCenter);
        await bench.Portal.RunAsync("CostExplorer");
        var question = await AskAsync(bench, BillDay, BillDay.AddDays(1));
        Assert.Equal(28.5m, Sum(bench, question.Json));
        Assert.Contains("what owner rules bring in of AWS Lambda, Amazon OpenSearch Service, Amazon Simple Storage Service", question.Note, StringComparison.Ordinal);

        var questions = Questions(bench);
        var (report, scopes) = (bench.Portal.Get<BillTrailReport>(), await bench.Portal.Get<BillTrailReport>().ScopesAsync(BillDay, BillDay.AddDays(1)));
        var trail = await report.ReadAsync(BillDay, SpendFilter.None);
        Assert.Equal(5, trail.Cells.Count);
        foreach (var cell in trail.Cells) Assert.Equal((cell.Key, cell.BilledUsd), (cell.Key, Sum(bench, questions.OfCell(BillDay, cell, scopes).Json)));
    }

    [Fact]
    public async Task A_line_with_two_tags_that_rules_name_counts_once()
    {
        await using var bench = await OpenAsync();
        TestLine With(decimal usd, string? center, string? purpose) => new("2026-11-12", Payer, Lambda, "Lambda-GB-Second", usd, 1, "Second")
        {
            Tags = new[] { ("CostCenter", center), ("Purpose", purpose) }.Where(t => t.Item2 is not null).ToDictionary(t => t.Item1, t => t.Item2!),
        };
        bench.Server.Bill.Lines.AddRange([With(10m, "ai", "rag"), With(2m, "ai", null), With(4m, null, "rag"), With(1m, "web", "rag"), With(7m, "web", null), With(8m, null, null)]);
        await AddAsync(bench, OfCostCenter, new() { Name = "Purpose", Feature = "retrieval", Conditions = [new(RuleSubject.Tag, RuleMatch.Is, "rag", "Purpose")] });
        await bench.Portal.RunAsync("CostExplorer");
        // By hand: 10 + 2 by cost centre; 4 + 1 by purpose; 7 + 8 meet neither.
        Assert.Equal(["1111 AWS Lambda [assistants/] Rule 12.00", "1111 AWS Lambda [retrieval/] Rule 5.00"], (await LedgerAsync(bench)).AsEnumerable());
        Assert.Equal((17m, 15m), await SidesAsync(bench));
        Assert.Equal(17m, Sum(bench, (await AskAsync(bench, BillDay, BillDay.AddDays(1))).Json));
    }

    [Fact]
    public async Task A_rule_on_a_whole_service_takes_its_usage_tagged_or_not_and_leaves_taxes_and_credits_outside()
    {
        var whole = OfLambda with { Conditions = [new(RuleSubject.Service, RuleMatch.Is, Lambda)] };
        // The tag's 0.60 is too little for a question by tag; as an export it is in scope all the same.
        TestLine[] lines =
        [
            new("2026-11-12", Payer, Lambda, "Lambda-GB-Second", 5m, 50, "Second"), new("2026-11-12", Payer, Lambda, "Lambda-GB-Second", 0.6m, 6, "Second", Tag: "chat"),
            new("2026-11-12", Payer, Lambda, "", 1m, RecordType: "Tax"), new("2026-11-12", Payer, Lambda, "", -2m, RecordType: "Credit"),
        ];
        await using var bench = await OpenAsync();
        bench.Server.Bill.Lines.AddRange(lines);
        await AddAsync(bench, whole);
        await bench.Portal.RunAsync("CostExplorer");
        Assert.Equal((5.6m, -1m), await SidesAsync(bench));
        Assert.Equal(5.6m, Sum(bench, (await AskAsync(bench, BillDay, BillDay.AddDays(1))).Json));

        await using var export = await ExportBench.OpenAsync();
        export.Deliver("2026-11", Now.AddHours(-3), "", File(CurColumns, lines.Append(new("2026-11-13", Payer, "Amazon Bedrock", Nova, 0m, 1, "1K tokens")).Select(CurOf)));
        await AddAsync(export, whole);
        await export.RunAsync();
        Assert.Equal((5.6m, -1m), await SidesAsync(export));
    }

    [Fact]
    public async Task The_plan_says_before_what_the_rules_cost()
    {
        await using var bench = await CostExplorerAsync();
        await bench.Portal.RunAsync("CostExplorer");
        Assert.Equal("", await bench.Portal.Get<BorderCosts>().WordsAsync(CancellationToken.None));
        await AddAsync(bench, OfLambda, OfSearch);
        // One for cost centres by service, one for Lambda, one for OpenSearch under AI: 3 × 90 runs × $0.01.
        const string words = "Owner rules that bring in other services: 3 more a run, about 270 pages, $2.70 a month.";
        Assert.Equal(words, await bench.Portal.Get<BorderCosts>().WordsAsync(CancellationToken.None));
        var run = await NextDayAsync(bench);
        Assert.Equal(5 + 3, run.Requests);
        await bench.Portal.Get<Schedule.JobSchedule>().StartAsync(CancellationToken.None);
        Assert.EndsWith(words, (await bench.Portal.Get<FeedReport>().ReadAsync()).Single(f => f.Feed == "CostExplorer").Costs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_put_on_the_list_is_in_scope_whole_from_the_next_run_on()
    {
        await using var bench = await CostExplorerAsync();
        await bench.Portal.RunAsync("CostExplorer");
        var settings = bench.Portal.Get<OwnerSettings>();
        var keys = settings.Current;
        keys.GenAiServices = [.. keys.GenAiServices, "Amazon OpenSearch*"];
        await settings.SaveAsync(keys);
        await bench.Portal.RunAsync("CostExplorer");
        Assert.Equal((28m, 66.5m), await SidesAsync(bench));
        Assert.Equal(28m, Sum(bench, (await AskAsync(bench, BillDay, BillDay.AddDays(1))).Json));
        await settings.ResetAsync();
        await bench.Portal.RunAsync("CostExplorer");
        Assert.Equal((13m, 81.5m), await SidesAsync(bench));
    }

    [Fact]
    public async Task Of_a_tag_with_too_many_values_the_rest_stays_outside_and_is_said()
    {
        await using var bench = await OpenAsync();
        for (var i = 0; i < ClaimedUsage.ValuesAtMost + 2; i++)
            bench.Server.Bill.Lines.Add(new("2026-11-12", Payer, Lambda, "Lambda-GB-Second", 1m, 1, "Second") { Tags = Tags($"c{i:00}") });
        await AddAsync(bench, OfCostCenter with { Conditions = [new(RuleSubject.Tag, RuleMatch.IsPresent, "", "CostCenter")] });
        var run = await bench.Portal.RunAsync("CostExplorer");
        Assert.Equal((30m, 2m), await SidesAsync(bench));
        Assert.Contains("2 of 32 values of tag CostCenter on AWS Lambda stay outside the scope", run.Message, StringComparison.Ordinal);
    }
}
