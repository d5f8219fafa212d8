using System.Text.Json;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Owners;

public sealed class OwnerRulesTests
{
    private static readonly DateOnly Day = new(2026, 11, 10);
    private readonly MadeNames _names = new();

    private static OwnerRule Rule(int id, string feature, params RuleCondition[] conditions) =>
        new() { Id = id, Position = id, Name = "rule " + id, Feature = feature, Conditions = JsonSerializer.Serialize(conditions) };

    private RuleFacts Line => new()
    {
        AccountId = _names[DimensionKind.Account, "111111111111"], RegionId = _names[DimensionKind.Region, "eu-west-1"],
        ServiceId = _names[DimensionKind.BilledService, "Amazon OpenSearch Service"], UsageTypeId = _names[DimensionKind.UsageType, "EUW1-SearchOCU"],
        Component = CostComponent.NetworkAndStorage, ModelId = _names[DimensionKind.Model, "amazon.nova-lite"],
        TagSetId = _names[DimensionKind.TagSet, """{"resourceTags/user:Cost-Centre":"CC-17","iamPrincipal/squad":"Blue"}"""],
        ResourceId = _names[DimensionKind.Resource, "arn:aws:bedrock:eu-west-1:111111111111:application-inference-profile/abc123"],
        PrincipalId = _names[DimensionKind.Principal, "arn:aws:sts::111111111111:assumed-role/InvoiceWorker/i-0abc"],
    };

    private bool Holds(RuleSubject subject, RuleMatch match, string value, string key = "")
    {
        var rules = OwnerRules.For(Day, [Rule(1, "f", new RuleCondition(subject, match, value, key))], _names.Rules);
        return rules.Of(Line).Rules.Count == 1;
    }

    [Theory]
    [InlineData(RuleSubject.Account, RuleMatch.Is, "111111111111")]
    [InlineData(RuleSubject.Account, RuleMatch.IsNot, "222222222222")]
    [InlineData(RuleSubject.Region, RuleMatch.StartsWith, "EU-")]
    [InlineData(RuleSubject.Service, RuleMatch.Contains, "opensearch")]
    [InlineData(RuleSubject.UsageType, RuleMatch.Pattern, "*-searchocu")]
    [InlineData(RuleSubject.Component, RuleMatch.Is, "Network and storage")]
    [InlineData(RuleSubject.Model, RuleMatch.Is, "amazon.nova-lite")]
    [InlineData(RuleSubject.Tag, RuleMatch.Is, "cc-17", "user_cost_centre")]
    [InlineData(RuleSubject.Tag, RuleMatch.IsPresent, "", "CostCentre")]
    [InlineData(RuleSubject.Tag, RuleMatch.IsNot, "prod", "Environment")]
    [InlineData(RuleSubject.Tag, RuleMatch.Is, "blue", "iamPrincipal/squad")]
    [InlineData(RuleSubject.Resource, RuleMatch.Is, "abc123")]
    [InlineData(RuleSubject.Profile, RuleMatch.Pattern, "arn:aws:bedrock:*:application-inference-profile/*")]
    [InlineData(RuleSubject.Principal, RuleMatch.Is, "InvoiceWorker")]
    [InlineData(RuleSubject.Principal, RuleMatch.Is, "InvoiceWorker/i-0abc")]
    public void A_condition_holds(RuleSubject subject, RuleMatch match, string value, string key = "") => Assert.True(Holds(subject, match, value, key));

    [Theory]
    [InlineData(RuleSubject.Account, RuleMatch.Is, "222222222222")]
    [InlineData(RuleSubject.Account, RuleMatch.IsNot, "111111111111")]
    [InlineData(RuleSubject.Region, RuleMatch.StartsWith, "west")]
    [InlineData(RuleSubject.UsageType, RuleMatch.Pattern, "searchocu")]
    [InlineData(RuleSubject.UsageType, RuleMatch.Pattern, "EUW1.SearchOCU")]
    [InlineData(RuleSubject.Tag, RuleMatch.IsPresent, "", "Team")]
    [InlineData(RuleSubject.Project, RuleMatch.IsPresent, "")]
    [InlineData(RuleSubject.Principal, RuleMatch.Is, "Invoice")]
    public void A_condition_does_not_hold(RuleSubject subject, RuleMatch match, string value, string key = "") => Assert.False(Holds(subject, match, value, key));

    [Fact]
    public void The_first_rule_in_order_decides_and_only_where_all_its_conditions_hold()
    {
        var account = new RuleCondition(RuleSubject.Account, RuleMatch.Is, "111111111111");
        var rules = OwnerRules.For(Day,
        [
            Rule(3, "last", account),
            Rule(1, "never", account, new RuleCondition(RuleSubject.Region, RuleMatch.Is, "us-east-1")),
            Rule(2, "first", account),
        ], _names.Rules);
        Assert.Equal("first", _names.Name(OwnerRules.Decide(rules.Of(Line), default)!.FeatureId));
    }

    [Fact]
    public void A_rule_holds_from_its_first_day_to_the_day_before_its_end_and_only_when_enabled()
    {
        var rule = Rule(1, "f");
        (rule.EffectiveFrom, rule.EffectiveTo) = (Day, Day.AddDays(2));
        Assert.Equal([false, true, true, false], Enumerable.Range(-1, 4).Select(i => OwnerRules.IsInForce(rule, Day.AddDays(i))));
        rule.IsEnabled = false;
        Assert.False(OwnerRules.IsInForce(rule, Day));
    }

    [Fact]
    public void A_rule_whose_conditions_cannot_be_read_never_holds()
    {
        var rule = Rule(1, "f");
        rule.Conditions = "not json";
        Assert.Empty(OwnerRules.For(Day, [rule], _names.Rules).Of(Line).Rules);
    }

    [Fact]
    public void Rules_about_calls_hold_for_what_calls_say()
    {
        var rules = OwnerRules.For(Day, [Rule(1, "copilot", new RuleCondition(RuleSubject.Application, RuleMatch.Is, "Copilot"),
            new RuleCondition(RuleSubject.Attribute, RuleMatch.StartsWith, "pro", "deployment.environment.name"))], _names.Rules);
        var calls = new PartOwner { ApplicationId = _names[DimensionKind.Application, "copilot"], EnvironmentId = _names[DimensionKind.Environment, "prod"] };
        Assert.Null(OwnerRules.Decide(rules.Of(Line), default));
        Assert.Null(OwnerRules.Decide(rules.Of(Line), calls with { EnvironmentId = 0 }));
        Assert.Equal(1, OwnerRules.Decide(rules.Of(Line), calls)?.Id);
    }

    [Fact]
    public void A_rule_that_names_a_place_beside_an_owner_places_calls_that_do_not_say_theirs()
    {
        var rules = OwnerRules.For(Day, [Rule(1, "", new RuleCondition(RuleSubject.Application, RuleMatch.Is, "copilot"), new RuleCondition(RuleSubject.Account, RuleMatch.Is, "111111111111"))], _names.Rules);
        var calls = new RuleFacts { ApplicationId = _names[DimensionKind.Application, "copilot"] };
        Assert.Equal((_names[DimensionKind.Account, "111111111111"], 0), rules.PlaceOf(calls));
        Assert.Equal((0, 0), rules.PlaceOf(calls with { ApplicationId = 0 }));
        Assert.Equal((0, 0), rules.PlaceOf(calls with { AccountId = _names[DimensionKind.Account, "222222222222"] }));
    }

    [Fact]
    public void A_changed_rule_changes_only_the_days_it_reaches()
    {
        var tags = new OwnerTagKeys();
        OwnerRule old = Rule(1, "f"), changed = Rule(1, "g");
        (old.EffectiveFrom, changed.EffectiveFrom) = (Day, Day);
        var (before, after) = (new RuleBook([old], []), new RuleBook([changed], []));
        Assert.Equal(before.Fingerprint(Day.AddDays(-1), tags), after.Fingerprint(Day.AddDays(-1), tags));
        Assert.NotEqual(before.Fingerprint(Day, tags), after.Fingerprint(Day, tags));
    }

    [Theory]
    [InlineData("""[{"Subject":1,"Match":1,"Value":"a","Key":"Team"}]""")]
    [InlineData("""[{"subject":"Tag","match":"StartsWith","value":"a","key":"Team"}]""")]
    public void Conditions_are_read_as_numbers_and_as_words(string text) =>
        Assert.Equal(new RuleCondition(RuleSubject.Tag, RuleMatch.StartsWith, "a", "Team"), Assert.Single(RuleText.Conditions(text)!));
}
