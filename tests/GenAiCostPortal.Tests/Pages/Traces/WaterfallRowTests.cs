using Xunit;

namespace GenAiCostPortal.Pages.Traces;

public sealed class WaterfallRowTests
{
    private static WaterfallRow Row(double at, double width, string label) => new("a1", "chat", "", 0, at, width, label, "", "", "", "call", "", "", -1, "");

    [Fact]
    public void The_axis_leaves_room_for_the_label_of_a_bar_that_is_as_long_as_the_trace()
    {
        // "1 min 55 s" takes 0.03 + 10 × 0.0145 = 17.5 % of the axis: 115 s ÷ 0.825 = 139.4 s.
        Assert.Equal(139_394, Math.Round(WaterfallDrawing.RoomMs([(0, 115_000, "1 min 55 s"), (110_000, 112_000, "2.0 s")])));
        // A short bar at the end has its label on its left: a tenth is enough.
        Assert.Equal(110_000, Math.Round(WaterfallDrawing.RoomMs([(0, 10_000, "10 s"), (99_000, 100_000, "1.0 s")])));
    }

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
