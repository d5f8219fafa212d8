namespace GenAiCostPortal.Ledger;

public sealed class HouseTests
{
    [Xunit.Fact]
    public void The_assembly_loads() => Xunit.Assert.NotNull(typeof(GenAiCostPortal.Ledger.Costs.Money).Assembly);
}
