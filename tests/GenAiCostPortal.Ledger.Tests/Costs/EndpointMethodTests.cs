using GenAiCostPortal.Ledger.Inventory;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What runs and costs whether it is used or not: endpoints and guardrails on a day of their own (algorithms §4).</summary>
public sealed class EndpointMethodTests : MadeDay
{
    private ResourceUse Endpoint(string id, string team, int? hours, params int[] models) =>
        new(Account, Region, ResourceKinds.SageMakerEndpoint, id, new PartOwner { TeamId = Names[DimensionKind.Team, team] }, 0, hours) { Models = models.ToHashSet() };

    [Fact]
    public void An_endpoint_is_paid_by_those_who_called_it_and_its_idle_hours_by_its_owner()
    {
        // 24 USD-like units for 24 hours; invoked in 6 of them, by a 30 and b 10 tokens: 4.5 and 1.5; 18 hours idle.
        var served = Names[DimensionKind.Model, "classifier"];
        var inputs = Inputs([Other(24_000, CostComponent.Hosting)], Calls("a", 30) with { ModelId = served }, Calls("b", 10) with { ModelId = served }) with
        {
            Resources = [Endpoint("doc-classifier", "Billing", 6, served)],
        };
        var result = LedgerDay.Build(inputs).Billed;
        Assert.Equal(["Resource  Billing 0 18000", "Resource a  0 4500", "Resource b  0 1500"], Text(result));
        Assert.Equal(LedgerFlags.Idle, result.Single(e => e.FeatureId == 0).Flags);
    }

    [Fact]
    public void An_endpoint_without_metrics_is_its_owners_and_nothing_is_called_idle()
    {
        var result = LedgerDay.Build(Inputs([Other(24, CostComponent.Hosting)]) with { Resources = [Endpoint("doc-classifier", "Billing", null)] }).Billed;
        Assert.Equal(["Resource  Billing 0 24"], Text(result));
        Assert.Equal(LedgerFlags.None, Assert.Single(result).Flags);
    }

    [Fact]
    public void Which_of_two_endpoints_a_line_is_about_only_the_line_can_say()
    {
        var endpoints = new[] { Endpoint("one", "Billing", 24), Endpoint("two", "Search", 24) };
        Assert.Equal(["Unattributed   0 24"], Text(LedgerDay.Build(Inputs([Other(24, CostComponent.Hosting)]) with { Resources = endpoints }).Billed));
        var named = Other(24, CostComponent.Hosting, resource: "arn:aws:sagemaker:us-east-1:111111111111:endpoint/two");
        var inputs = Inputs([named]) with { Resources = endpoints, ResourceById = new Dictionary<int, ResourceUse> { [named.ResourceId] = endpoints[1] } };
        Assert.Equal(["Resource  Search 0 24"], Text(LedgerDay.Build(inputs).Billed));
    }

    [Fact]
    public void Guardrail_units_go_to_the_owners_of_the_guardrails_by_their_text_units()
    {
        // 3 : 1 of 1,000; the second guardrail has no owner and goes on to the rule.
        var inputs = Inputs([Other(1000, CostComponent.Guardrails)]) with
        {
            Resources =
            [
                new ResourceUse(Account, Region, ResourceKinds.Guardrail, "g1", new PartOwner { FeatureId = Feature("support"), TeamId = Names[DimensionKind.Team, "Support"] }, 300),
                new ResourceUse(Account, Region, ResourceKinds.Guardrail, "g2", default, 100),
            ],
        };
        Assert.Equal(["Resource support Support 0 750", "Unattributed   0 250"], Text(LedgerDay.Build(inputs).Billed));
        Assert.Equal(["Resource support Support 0 750", "Rule rest  3 250"], Text(LedgerDay.Build(inputs with { Rules = Rules(Rule(3, "rest", null)) }).Billed));
    }

    [Fact]
    public void Idle_capacity_that_nobody_owns_keeps_its_mark_whoever_a_ruleNames()
    {
        var inputs = Inputs([Other(24, CostComponent.Hosting)]) with { Resources = [Endpoint("e", "", 0)], Rules = Rules(Rule(3, "r", null)) };
        var entry = Assert.Single(LedgerDay.Build(inputs).Billed);
        Assert.Equal((AllocationMethod.Rule, LedgerFlags.Idle), (entry.Method, entry.Flags));
    }
}
