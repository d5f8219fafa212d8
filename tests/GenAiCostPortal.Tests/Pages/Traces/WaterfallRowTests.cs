using Xunit;

namespace GenAiCostPortal.Pages.Traces;

public sealed class WaterfallRowTests
{
    private static WaterfallRow Row(double at, double width, string label) => new("a1", "chat", "", 0, at, width, label, "", "", "", "call", "", "", -1, "");

    [Theory]
    // A bar in the middle has its label behind it.
    [InlineData(0.2, 0.3, "1 min 55 s", false, 0.5)]
    // A long bar up to the right edge has it inside its end.
    [InlineData(0.0, 0.909, "1 min 55 s", true, 0.909)]
    // A short one there has it before its start.
    [InlineData(0.89, 0.019, "1 min 55 s", true, 0.89)]
    [InlineData(0.0, 0.909, "12 s", false, 0.909)]
    public void A_label_is_never_cut_at_the_right_edge(double at, double width, string label, bool isBefore, double labelAt)
    {
        var row = Row(at, width, label);
        Assert.Equal((isBefore, labelAt), (row.LabelIsBefore, Math.Round(row.LabelAt, 3)));
    }
}
