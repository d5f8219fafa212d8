using Xunit;

namespace GenAiCostPortal.Charts;

/// <summary>The layout of areas: each in proportion, none on another, all inside.</summary>
public sealed class SquaresTests
{
    private static readonly Box Whole = new(10, 20, 600, 400);

    public static TheoryData<double[]> Sizes => new()
    {
        new double[] { 6, 6, 4, 3, 2, 2, 1 },
        new double[] { 1 },
        new double[] { 1000, 1, 1, 1 },
        new double[] { 0.01, 5, 3, 0.5 },
        Enumerable.Range(1, 60).Select(i => 1000.0 / i).ToArray(),
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Areas_are_in_proportion_inside_and_never_on_each_other(double[] sizes)
    {
        var boxes = Squares.Lay(sizes, Whole);
        Assert.Equal(sizes.Length, boxes.Length);
        for (var i = 0; i < boxes.Length; i++)
        {
            var box = boxes[i];
            Assert.Equal(sizes[i] / sizes.Sum(), box.Width * box.Height / (Whole.Width * Whole.Height), 9);
            Assert.True(box.X >= Whole.X - 1e-6 && box.Y >= Whole.Y - 1e-6 && box.X + box.Width <= Whole.X + Whole.Width + 1e-6 && box.Y + box.Height <= Whole.Y + Whole.Height + 1e-6, $"{box}");
            foreach (var other in boxes[(i + 1)..])
            {
                var wide = Math.Min(box.X + box.Width, other.X + other.Width) - Math.Max(box.X, other.X);
                var high = Math.Min(box.Y + box.Height, other.Y + other.Height) - Math.Max(box.Y, other.Y);
                Assert.False(wide > 1e-6 && high > 1e-6, $"{box} lies on {other}");
            }
        }
    }

    // The example of the paper: 6 × 4 with 6, 6, 4, 3, 2, 2, 1.
    [Fact]
    public void The_first_two_of_the_known_example_share_the_left_half()
    {
        var boxes = Squares.Lay([6, 6, 4, 3, 2, 2, 1], new Box(0, 0, 6, 4));
        Assert.Equal([new Box(0, 0, 3, 2), new Box(0, 2, 3, 2)], boxes[..2].Select(b => new Box(b.X, b.Y, Math.Round(b.Width, 9), Math.Round(b.Height, 9))));
        Assert.True(boxes.Select(b => Math.Max(b.Width / b.Height, b.Height / b.Width)).Max() < 3);
    }
}
