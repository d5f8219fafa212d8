using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>Which rules move the border of the bill, which lines they bring in, and which days that concerns.</summary>
public sealed class BorderTests
{
    private const string Lambda = "AWS Lambda";
    private static readonly DateOnly Day = new(2026, 11, 12);

    private static RuleCondition C(RuleSubject subject, RuleMatch match, string value = "", string key = "") => new(subject, match, value, key);

    public static TheoryData<string, string?, bool, RuleCondition[]> Rules => new()
    {
        { "a service", null, true, [C(RuleSubject.Service, RuleMatch.Is, Lambda)] },
        { "a service by its beginning", null, true, [C(RuleSubject.Service, RuleMatch.StartsWith, "Amazon OpenSearch"), C(RuleSubject.Account, RuleMatch.Is, "1")] },
        { "a service that is listed", "f", false, [C(RuleSubject.Service, RuleMatch.Is, "amazon bedrock"), C(RuleSubject.Tag, RuleMatch.Is, "ai", "CostCenter")] },
        { "any service", "f", false, [C(RuleSubject.Service, RuleMatch.IsPresent)] },
        { "all services but one", "f", false, [C(RuleSubject.Service, RuleMatch.IsNot, Lambda)] },
        { "an account", "f", false, [C(RuleSubject.Account, RuleMatch.Is, "1")] },
        { "account and region", "f", false, [C(RuleSubject.Account, RuleMatch.Is, "1"), C(RuleSubject.Region, RuleMatch.Is, "us-west-2")] },
        { "a component", "f", false, [C(RuleSubject.Component, RuleMatch.Is, "Orchestration")] },
        { "a usage type", "f", false, [C(RuleSubject.UsageType, RuleMatch.Contains, "SearchOCU")] },
        { "a tag with a feature", "f", true, [C(RuleSubject.Tag, RuleMatch.Is, "ai", "CostCenter")] },
        { "a tag that says who pays", null, false, [C(RuleSubject.Tag, RuleMatch.Is, "1234", "CostCenter")] },
        { "a tag that must be another one", "f", false, [C(RuleSubject.Tag, RuleMatch.IsNot, "web", "CostCenter")] },
        { "the feature's own tag", "f", false, [C(RuleSubject.Tag, RuleMatch.Is, "x", "genai_workload")] },
        { "a resource", "f", true, [C(RuleSubject.Resource, RuleMatch.Contains, "function:rag-")] },
        { "any resource", "f", false, [C(RuleSubject.Resource, RuleMatch.IsPresent)] },
        { "a caller", "f", true, [C(RuleSubject.Principal, RuleMatch.Is, "rag-role")] },
        { "an application of calls", "f", false, [C(RuleSubject.Service, RuleMatch.Is, Lambda), C(RuleSubject.Application, RuleMatch.Is, "copilot")] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_moves_the_border_when_it_says_what_is_GenAI(string what, string? feature, bool moves, RuleCondition[] conditions)
    {
        Assert.Equal((what, moves), (what, BorderRules.Moves(conditions, feature, new OwnerKeys())));
        // A rule that does not, brings nothing in, whatever the line.
        var line = new BorderLine(Day, "1", "us-west-2", Lambda, "Lambda-GB-Second", """{"CostCenter":"ai"}""", "arn:aws:lambda:us-east-1:1:function:rag-a", "arn:aws:sts::1:assumed-role/rag-role");
        if (!moves) Assert.Null(Border(new OwnerKeys(), Rule(1, conditions, feature, feature is null ? "t" : null)).Of(line));
    }

    private static OwnerRule Rule(int id, RuleCondition[] conditions, string? feature = "f", string? team = null, DateOnly? from = null, DateOnly? to = null, bool isEnabled = true) => new()
    {
        Id = id, Position = id, Name = $"rule {id}", Conditions = RuleText.Of(conditions), Feature = feature, Team = team, EffectiveFrom = from, EffectiveTo = to, IsEnabled = isEnabled,
    };

    private static ScopeBorder Border(OwnerKeys keys, params OwnerRule[] rules) => new(keys, rules, id => id == "1" ? "Prod AI" : "",
        new Dictionary<string, string> { ["arn:aws:lambda:us-east-1:1:function:x7"] = "answer-questions" });

    [Theory]
    [InlineData(RuleSubject.Account, RuleMatch.Is, "prod ai")]
    [InlineData(RuleSubject.Account, RuleMatch.Is, "1")]
    [InlineData(RuleSubject.Region, RuleMatch.Is, "eu-west-1")]
    [InlineData(RuleSubject.UsageType, RuleMatch.Pattern, "EU-*-GB-Second")]
    [InlineData(RuleSubject.Component, RuleMatch.Is, "Orchestration")]
    [InlineData(RuleSubject.Resource, RuleMatch.Is, "Answer-Questions")]
    [InlineData(RuleSubject.Principal, RuleMatch.Is, "rag-role")]
    [InlineData(RuleSubject.Tag, RuleMatch.StartsWith, "RAG", "user:Cost Center")]
    public void Lines_are_compared_as_the_ledger_compares_them(RuleSubject subject, RuleMatch match, string value, string key = "")
    {
        var border = Border(new OwnerKeys(), Rule(1, [C(RuleSubject.Service, RuleMatch.Is, Lambda), C(subject, match, value, key)]));
        var line = new BorderLine(Day, "1", "", Lambda, "EU-Lambda-GB-Second", """{"CostCenter":"rag-answers"}""", "arn:aws:lambda:us-east-1:1:function:x7", "arn:aws:sts::1:assumed-role/rag-role");
        Assert.Equal(1, border.Of(line)?.Id);
        Assert.Null(border.Of(line with { Service = "AWS Glue" }));
        Assert.Null(border.Of(new BorderLine(Day, "2", "us-east-1", Lambda, "Request") with { UsageType = subject == RuleSubject.Component ? "" : "Request", Service = subject == RuleSubject.Component ? "AWS Glue" : Lambda }));
    }

    [Fact]
    public void The_first_rule_in_order_and_in_force_decides_and_a_rule_that_is_off_does_not()
    {
        var border = Border(new OwnerKeys(),
            Rule(1, [C(RuleSubject.Service, RuleMatch.Is, Lambda)], isEnabled: false), Rule(2, [C(RuleSubject.Service, RuleMatch.Is, Lambda)], from: Day, to: Day.AddDays(1)),
            Rule(3, [C(RuleSubject.Service, RuleMatch.Is, Lambda)], from: Day));
        Assert.Equal([null, 2, 3], new[] { -1, 0, 1 }.Select(d => border.Of(new BorderLine(Day.AddDays(d), "1", "", Lambda, "Request"))?.Id));
    }

    [Theory]
    [InlineData("the IAM principal", RuleSubject.Principal)]
    [InlineData("the resource", RuleSubject.Resource)]
    [InlineData("the resource", RuleSubject.Project)]
    [InlineData("", RuleSubject.UsageType)]
    public void What_Cost_Explorer_cannot_ask_is_named(string gap, RuleSubject subject) =>
        Assert.Equal(gap, Border(new OwnerKeys(), Rule(1, [C(RuleSubject.Service, RuleMatch.Is, Lambda), C(subject, RuleMatch.Is, "x")])).Rules.Single().Gap);

    [Fact]
    public void Joint_tags_need_an_export()
    {
        var border = Border(new OwnerKeys(), Rule(1, [C(RuleSubject.Tag, RuleMatch.Is, "a", "One"), C(RuleSubject.Tag, RuleMatch.Is, "b", "Two")]));
        Assert.Equal(("several tags of one line", ""), (border.Rules.Single().Gap, border.Rules.Single().TagKey));
        var line = new BorderLine(Day, "1", "", Lambda, "Request", """{"One":"a","Two":"b"}""");
        Assert.NotNull(border.Of(line));
        Assert.Null(border.Of(line, onlyAskable: true));
    }

    [Fact]
    public void The_list_can_be_another_one()
    {
        var keys = new OwnerKeys { GenAiServices = ["Amazon Bedrock*", "Amazon OpenSearch*"] };
        var border = Border(keys, Rule(1, [C(RuleSubject.Service, RuleMatch.Is, "Amazon OpenSearch Service")]), Rule(2, [C(RuleSubject.Service, RuleMatch.Is, "Amazon SageMaker")]));
        Assert.Equal([true, true, false], new[] { "Amazon Bedrock AgentCore", "amazon opensearch service", "Amazon SageMaker" }.Select(border.IsListed));
        Assert.Equal(2, Assert.Single(border.Rules).Id);
        Assert.Equal("", OwnerSettings.Mistake(keys));
        Assert.Contains("would be the whole bill", OwnerSettings.Mistake(new OwnerKeys { GenAiServices = ["* *"] }), StringComparison.Ordinal);
        Assert.Contains("1 to 50", OwnerSettings.Mistake(new OwnerKeys { GenAiServices = [] }), StringComparison.Ordinal);
    }

    private static BorderMark Mark(params OwnerRule[] rules) => BorderMark.Of(Border(new OwnerKeys(), rules));

    private static OwnerRule Of(string service, DateOnly? from = null, DateOnly? to = null, string feature = "f") => Rule(1, [C(RuleSubject.Service, RuleMatch.Is, service)], feature, from: from, to: to);

    [Fact]
    public void Only_days_on_which_lines_change_sides_differ()
    {
        Assert.Null(Mark(Of(Lambda)).DifferenceTo(Mark(Of(Lambda, feature: "another owner"))));
        Assert.Null(BorderMark.Usual.DifferenceTo(BorderMark.Read("not json")));
        Assert.Equal((DateOnly.MinValue, DateOnly.MaxValue), Mark(Of(Lambda)).DifferenceTo(BorderMark.Usual));
        Assert.Equal((Day, DateOnly.MaxValue), BorderMark.Usual.DifferenceTo(Mark(Of(Lambda, Day))));
        // It ends now: only the days after that.
        Assert.Equal((Day, DateOnly.MaxValue), Mark(Of(Lambda)).DifferenceTo(Mark(Of(Lambda, to: Day))));
        Assert.Equal((Day, Day.AddDays(3)), Mark(Of(Lambda, Day)).DifferenceTo(Mark(Of(Lambda, Day.AddDays(3)))));
        // What is written is read back.
        var mark = Mark(Of(Lambda, Day), Of("AWS Glue", to: Day));
        Assert.Null(mark.DifferenceTo(BorderMark.Read(mark.ToText())));
    }

    [Fact]
    public void A_period_is_marked_by_what_reaches_into_it()
    {
        var (first, end) = (new DateOnly(2026, 11, 1), new DateOnly(2026, 12, 1));
        Assert.Equal("", BorderMark.Usual.Within(first, end));
        Assert.Equal("", Mark(Of(Lambda, end)).Within(first, end));
        Assert.NotEqual("", Mark(Of(Lambda)).Within(first, end));
        // An end beyond the period does not matter to it.
        Assert.Equal(Mark(Of(Lambda)).Within(first, end), Mark(Of(Lambda, to: end.AddDays(9))).Within(first, end));
        Assert.NotEqual(Mark(Of(Lambda)).Within(first, end), Mark(Of(Lambda, Day)).Within(first, end));
        Assert.NotEqual("", BorderMark.Of(Border(new OwnerKeys { GenAiServices = ["Amazon Bedrock*"] })).Within(first, end));
    }

    /// <summary>Two days; outside each day Lambda $4 then $6, EC2 $50; in scope by an earlier read, untagged: OpenSearch $3 a day.</summary>
    private static async Task<LedgerFixture> BilledAsync()
    {
        var f = await TestBill.FixtureAsync(new DateTime(2026, 11, 14, 6, 0, 0, DateTimeKind.Utc));
        List<BilledLineRead> lines = [];
        for (var day = Day; day < Day.AddDays(2); day = day.AddDays(1))
        {
            lines.Add(TestBill.Input(day, 10_000_000));
            lines.Add(new BilledLineRead(day, TestBill.First, "eu-west-1", "Amazon OpenSearch Service", "EU-SearchOCU", ChargeCategory.Usage, null, 3m, 5, "OCU-Hours", false));
        }
        await f.Get<BillWriter>().ReplaceAsync(TestBill.Read(Day, Day.AddDays(2), new DateTime(2026, 11, 14, 5, 0, 0, DateTimeKind.Utc), [.. lines]) with
        {
            OutsideScope = [new(Day, TestBill.First, Lambda, 4m), new(Day.AddDays(1), TestBill.First, Lambda, 6m), new(Day, TestBill.First, "Amazon Elastic Compute Cloud", 50m), new(Day.AddDays(1), TestBill.First, "Amazon Elastic Compute Cloud", 50m)],
        });
        await f.Get<LedgerBuild>().BuildDueAsync();
        return f;
    }

    private static async Task<BorderEffect> TryAsync(LedgerFixture f, OwnerRuleDraft? draft, int id = 0)
    {
        var (answer, effect) = await f.Get<RulePreview>().TryAsync(new RuleProposal(RuleKind.Owner, id, draft));
        Assert.Equal("", answer.Words);
        return effect!.Border;
    }

    [Fact]
    public async Task The_preview_bounds_what_would_come_in_and_counts_what_would_leave()
    {
        await using var f = await BilledAsync();
        var ofLambda = new OwnerRuleDraft { Name = "Lambda", Feature = "rag", Conditions = [C(RuleSubject.Service, RuleMatch.Is, Lambda)] };
        var lambda = new BorderUsd(Lambda, 10m, 6m);
        Assert.Equal([lambda], (await TryAsync(f, ofLambda)).Enters);
        Assert.Equal([lambda with { Usd = 6m }], (await TryAsync(f, ofLambda with { EffectiveFrom = Day.AddDays(1) })).Enters);
        var byTag = await TryAsync(f, ofLambda with { Conditions = [C(RuleSubject.Tag, RuleMatch.Is, "ai", "CostCenter")] });
        Assert.Equal([new BorderUsd("Amazon Elastic Compute Cloud", 100m, 50m), lambda], byTag.Enters);
        Assert.Equal("the IAM principal", (await TryAsync(f, ofLambda with { Conditions = [C(RuleSubject.Principal, RuleMatch.Is, "rag")] })).Gap);
        // An account moves nothing over the border, and neither does a rule that is off.
        Assert.Equal(BorderEffect.None, await TryAsync(f, ofLambda with { Conditions = [C(RuleSubject.Account, RuleMatch.Is, TestBill.First)] }) with { Enters = BorderEffect.None.Enters, Leaves = BorderEffect.None.Leaves });
        Assert.Empty((await TryAsync(f, ofLambda with { IsEnabled = false })).Enters);

        var search = (await f.Get<RuleDesk>().AddAsync(new OwnerRuleDraft { Name = "Search", Team = "Search", Conditions = [C(RuleSubject.Service, RuleMatch.Contains, "OpenSearch")] }, "Ada")).Rule!;
        Assert.Equal([new BorderUsd("Amazon OpenSearch Service", 6m, 3m)], (await TryAsync(f, null, search.Id)).Leaves);
        // Another owner moves no line.
        var renamed = await TryAsync(f, (OwnerRuleDraft)search.Draft with { Team = "Find" }, search.Id);
        Assert.True(renamed.Moves);
        Assert.Empty(renamed.Enters.Concat(renamed.Leaves));
    }
}
