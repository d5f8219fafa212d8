namespace GenAiCostPortal.Sources;

public sealed class HouseTests
{
    [Xunit.Fact]
    public void The_assembly_loads() => Xunit.Assert.NotNull(typeof(GenAiCostPortal.Sources.Otlp.OtlpDecoder).Assembly);
}
