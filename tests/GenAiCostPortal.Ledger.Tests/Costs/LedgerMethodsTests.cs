using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Ledger.Traces;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>Each method of algorithms §4 on a day of its own. Amounts in nano-USD, worked out by hand in the comments.</summary>
public sealed class LedgerMethodsTests : MadeDay
{
    [Fact]
    public void A_principal_is_read_through_a_rule_and_takes_its_quantity_from_its_features_calls()
    {
        // 1,000 tokens for 1,000: 600 were called by the invoice worker. Its own 600 recorded tokens are paid with that; of the 400 left
        // b recorded 300: 300, and 100 go on.
        var inputs = Inputs([Tokens(600, 600, principal: "arn:aws:iam::111111111111:role/InvoiceWorker"), Tokens(400, 400)], Calls("invoices", 600), Calls("b", 300));
        var result = LedgerDay.Build(inputs with { Rules = Rules(Rule(7, "invoices", "Billing", new RuleCondition(RuleSubject.Principal, RuleMatch.Is, "InvoiceWorker"))) });
        Assert.Equal(["Principal invoices Billing 7 600", "Trace b  0 300", "Unattributed   0 100"], Text(result.Billed));
    }

    [Fact]
    public void A_tag_goes_before_the_principal()
    {
        var inputs = Inputs([Tokens(600, 600, tag: Feature("search"), principal: "arn:aws:iam::111111111111:role/InvoiceWorker")]);
        var result = LedgerDay.Build(inputs with { Rules = Rules(Rule(7, "invoices", null, new RuleCondition(RuleSubject.Principal, RuleMatch.IsPresent))) });
        Assert.Equal(["Tag search  0 600"], Text(result.Billed));
    }

    [Fact]
    public void A_line_with_only_a_teams_tag_is_the_teams_where_no_call_says_more()
    {
        var team = Names[DimensionKind.Team, "Search"];
        // 100 of 400 tokens are by calls of a; what is left is the team's that tagged it, and so is a's part.
        var result = LedgerDay.Build(Inputs([Tokens(400, 400) with { TagTeamId = team }], Calls("a", 100)));
        Assert.Equal(["Tag  Search 0 300", "Trace a Search 0 100"], Text(result.Billed));
    }

    [Fact]
    public void An_owner_rule_takes_what_no_call_explains_and_says_which_rule_it_was()
    {
        // 250 of 1,000 tokens by calls; 750 by the rule for the account.
        var inputs = Inputs([Tokens(1000, 1000), Other(50, CostComponent.Hosting)], Calls("a", 250));
        var result = LedgerDay.Build(inputs with { Rules = Rules(Rule(4, "rest", null, new RuleCondition(RuleSubject.Account, RuleMatch.Is, "111111111111"))) });
        Assert.Equal(["Rule rest  4 50", "Rule rest  4 750", "Trace a  0 250"], Text(result.Billed));
    }

    [Fact]
    public void A_rule_about_an_applicationNames_the_feature_of_its_calls()
    {
        var inputs = Inputs([Tokens(1000, 1000)], Calls("", 400, application: "copilot"), Calls("", 600, application: "other"));
        var result = LedgerDay.Build(inputs with { Rules = Rules(Rule(5, "support", null, new RuleCondition(RuleSubject.Application, RuleMatch.Is, "copilot"))) });
        Assert.Equal(["Rule support  5 400", "Unattributed   0 600"], Text(result.Billed));
    }

    [Fact]
    public void A_rule_fills_the_team_of_a_feature_that_only_calls_know()
    {
        var inputs = Inputs([Tokens(1000, 1000)], Calls("a", 1000));
        var result = LedgerDay.Build(inputs with { Rules = Rules(Rule(5, null, "Team A", new RuleCondition(RuleSubject.Feature, RuleMatch.Is, "a"))) });
        Assert.Equal(["Trace a Team A 0 1000"], Text(result.Billed));
    }

    [Fact]
    public void A_rule_thatNames_only_a_team_owns_without_a_feature()
    {
        var result = LedgerDay.Build(Inputs([Other(90, CostComponent.Other)]) with { Rules = Rules(Rule(5, null, "Platform")) });
        Assert.Equal(["Rule  Platform 5 90"], Text(result.Billed));
    }

    [Fact]
    public void A_shared_line_is_split_by_what_inference_costs_each_feature()
    {
        // Inference: a 300 (calls), b 100 (tag). 1,001 of a vector store by 3 : 1 = 750.75 and 250.25 → 751 and 250.
        var inputs = Inputs([Tokens(300, 300), Tokens(100, 100, tag: Feature("b")), Other(1001, CostComponent.Retrieval, "Amazon OpenSearch Service")], Calls("a", 300));
        var result = LedgerDay.Build(inputs with { Splits = Splits(Split(9, SplitBasis.InferenceCost, "{}", new RuleCondition(RuleSubject.Service, RuleMatch.Contains, "OpenSearch"))) });
        Assert.Equal(["Shared a  9 751", "Shared b  9 250", "Tag b  0 100", "Trace a  0 300"], Text(result.Billed));
    }

    [Fact]
    public void A_split_by_requests_counts_the_requests_of_the_day()
    {
        // 5 : 15 of 100.
        var inputs = Inputs([Other(100, CostComponent.Orchestration)]) with { Requests = new Dictionary<int, long> { [Feature("a")] = 5, [Feature("b")] = 15 } };
        var result = LedgerDay.Build(inputs with { Splits = Splits(Split(9, SplitBasis.Requests)) });
        Assert.Equal(["Shared a  9 25", "Shared b  9 75"], Text(result.Billed));
    }

    [Fact]
    public void A_fixed_split_follows_its_shares()
    {
        // 0.5 : 0.3 : 0.2 of 10.
        var result = LedgerDay.Build(Inputs([Other(10, CostComponent.Other)]) with { Splits = Splits(Split(9, SplitBasis.Fixed, """{"a":0.5,"b":0.3,"c":0.2}""")) });
        Assert.Equal(["Shared a  9 5", "Shared b  9 3", "Shared c  9 2"], Text(result.Billed));
    }

    [Fact]
    public void A_base_of_zero_is_split_evenly_over_the_features_of_the_month()
    {
        var inputs = Inputs([Other(101, CostComponent.Other)]) with { MonthFeatures = [Feature("a"), Feature("b")] };
        // 50.5 each: the tie goes to the lower number.
        Assert.Equal(["Shared a  9 51", "Shared b  9 50"], Text(LedgerDay.Build(inputs with { Splits = Splits(Split(9, SplitBasis.InferenceCost)) }).Billed));
        Assert.Equal(["Shared a  9 101"], Text(LedgerDay.Build(inputs with { Splits = Splits(Split(9, SplitBasis.Even, """{"a":1}""")) }).Billed));
    }

    [Fact]
    public void A_split_with_nobody_to_share_leaves_the_line_unattributed() =>
        Assert.Equal(["Unattributed   0 10"], Text(LedgerDay.Build(Inputs([Other(10, CostComponent.Other)]) with { Splits = Splits(Split(9, SplitBasis.InferenceCost)) }).Billed));

    [Fact]
    public void Token_lines_are_not_split_and_rules_go_before_splits()
    {
        var inputs = Inputs([Tokens(100, 100), Other(10, CostComponent.Other)]) with { MonthFeatures = [Feature("a")], Splits = Splits(Split(9, SplitBasis.Even)) };
        Assert.Equal(["Shared a  9 10", "Unattributed   0 100"], Text(LedgerDay.Build(inputs).Billed));
        Assert.Equal(["Rule r  3 10", "Rule r  3 100"], Text(LedgerDay.Build(inputs with { Rules = Rules(Rule(3, "r", null)) }).Billed));
    }

    [Fact]
    public void A_credit_follows_rules_and_splits_with_their_numbers()
    {
        var line = Other(100, CostComponent.Other);
        var credit = line with { Category = ChargeCategory.Credit, AmountNanoUsd = -10 };
        var result = LedgerDay.Build(Inputs([line, credit]) with { Rules = Rules(Rule(3, "r", "T")) });
        Assert.Equal(["Rule r T 3 -10", "Rule r T 3 100"], Text(result.Billed));
    }

    [Fact]
    public void Calls_without_an_account_go_where_a_rule_places_them()
    {
        var far = Tokens(100, 100) with { AccountId = Names[DimensionKind.Account, "222222222222"] };
        var inputs = Inputs([Tokens(100, 100), far], Calls("a", 60, application: "copilot", account: 0));
        // Without a rule both accounts' pools would get 30 each.
        var rule = Rule(1, null, null, new RuleCondition(RuleSubject.Application, RuleMatch.Is, "copilot"), new RuleCondition(RuleSubject.Account, RuleMatch.Is, "222222222222"));
        var a = LedgerDay.Build(inputs with { Rules = Rules(rule) }).Billed.Single(e => e.FeatureId != 0);
        Assert.Equal((far.AccountId, 60L), (a.AccountId, a.AmountNanoUsd));
    }

    [Fact]
    public void Lines_of_one_use_are_one_entry_whoever_called()
    {
        var lines = Enumerable.Range(0, 50).Select(i => Tokens(10, 10, principal: "role/" + i, resource: "profile/" + i)).ToList();
        Assert.Equal(["Trace a  0 500"], Text(LedgerDay.Build(Inputs(lines, Calls("a", 500))).Billed));
    }

    [Fact]
    public void Of_several_doors_the_one_that_saw_most_of_a_feature_counts()
    {
        // OTLP saw 300 of a's tokens, the log 400 (both saw 100 of them as one call): 400 of 1,000. b came by OTLP alone.
        var result = LedgerDay.Build(Inputs([Tokens(1000, 1000)],
            Calls("a", 200), Calls("a", 300) with { Doors = Doors.InvocationLog }, Calls("a", 100) with { Doors = Doors.Otlp | Doors.InvocationLog }, Calls("b", 500)));
        Assert.Equal(["InvocationLog a  0 400", "Trace b  0 500", "Unattributed   0 100"], Text(result.Billed));
    }

    [Fact]
    public void Summed_logs_add_to_the_calls_of_their_place_and_change_nothing_elsewhere()
    {
        // The sums were booked as what the log counts beyond the 300 and 100 recorded: all of it is a's. In the other account OTLP saw 200 of the 300 that X-Ray saw.
        var other = Names[DimensionKind.Account, "222222222222"];
        var result = LedgerDay.Build(Inputs([Tokens(1000, 1000), Tokens(1000, 1000) with { AccountId = other }],
            Calls("a", 300), Calls("a", 100) with { Doors = Doors.InvocationLog }, Calls("a", 500) with { Doors = Doors.InvocationLog | Doors.Summed },
            Calls("a", 200) with { AccountId = other }, Calls("a", 300) with { AccountId = other, Doors = Doors.XRay }));
        Assert.Equal(900, result.Billed.Where(e => e.AccountId == Account && e.FeatureId == Feature("a")).Sum(e => e.AmountNanoUsd));
        Assert.Equal(300, result.Billed.Where(e => e.AccountId == other && e.FeatureId == Feature("a")).Sum(e => e.AmountNanoUsd));
    }

    [Fact]
    public void Calls_without_an_account_that_another_door_placed_are_not_counted_again()
    {
        // The log placed 400 of a; OTLP saw 500 without a place: 100 of them are new.
        var result = LedgerDay.Build(Inputs([Tokens(1000, 1000)], Calls("a", 400) with { Doors = Doors.InvocationLog }, Calls("a", 500, account: 0)));
        Assert.Equal(["InvocationLog a  0 400", "Trace a  0 100", "Unattributed   0 500"], Text(result.Billed));
    }

    [Fact]
    public void Own_metrics_share_the_tokens_of_a_place_without_calls()
    {
        // 1,000 tokens for 2,000. a says 300, b 200 of which its tag has 150 already: r = 300 and 50 of the 850 untagged tokens (1,700).
        var inputs = Inputs([Tokens(1700, 850), Tokens(300, 150, tag: Feature("b"))]) with
        {
            OwnMetrics = [new OwnMetric(Account, Region, Feature("a"), 300, 0), new OwnMetric(Account, Region, Feature("b"), 200, 0)],
        };
        Assert.Equal(["Metric a  0 600", "Metric b  0 100", "Tag b  0 300", "Unattributed   0 1000"], Text(LedgerDay.Build(inputs).Billed));
        // One recorded call in the place, and the calls are believed instead.
        Assert.Equal(["Tag b  0 300", "Trace a  0 20", "Unattributed   0 1680"], Text(LedgerDay.Build(inputs with { Claims = [Calls("a", 10)] }).Billed));
    }

    [Fact]
    public void Own_metrics_above_the_bill_share_it_in_proportion_and_say_so()
    {
        var inputs = Inputs([Tokens(100, 100)]) with
        {
            OwnMetrics = [new OwnMetric(Account, Region, Feature("a"), 0, 300), new OwnMetric(Account, Region, Feature("b"), 0, 100)],
        };
        var result = LedgerDay.Build(inputs).Billed;
        Assert.Equal(["Metric a  0 75", "Metric b  0 25"], Text(result));
        Assert.All(result, e => Assert.Equal(LedgerFlags.OverReported, e.Flags));
    }
}
