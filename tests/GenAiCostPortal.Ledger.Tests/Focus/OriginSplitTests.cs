using Xunit;

namespace GenAiCostPortal.Ledger.Focus;

public sealed class OriginSplitTests
{
    [Fact]
    public void A_tagged_part_comes_from_the_lines_with_its_tag_and_the_rest_is_shared()
    {
        // Lines: 60 tagged 11, 30 and 10 untagged. Parts: 60 by tag 11, 30 and 10 by calls.
        var origins = OriginSplit.Of([(60, 11), (30, 0), (10, 0)], [(60, 11), (30, 0), (10, 0)])!;
        Assert.Contains(new Origin(0, 0, 60, true), origins);
        // The untagged 40 are given 3 : 1 out of lines that stand 3 : 1, so 22.5, 7.5, 7.5, 2.5 in whole nano-USD.
        Assert.Equal([22, 8, 8, 2], origins.Where(o => o.Line > 0).Select(o => o.NanoUsd));
        Assert.All(origins.Where(o => o.Line > 0), o => Assert.False(o.IsExact));
    }

    [Fact]
    public void A_single_line_is_the_origin_of_all_its_parts()
    {
        var origins = OriginSplit.Of([(100, 0)], [(25, 0), (75, 0)])!;
        Assert.Equal([new Origin(0, 0, 25, true), new Origin(0, 1, 75, true)], origins);
    }

    [Fact]
    public void A_bill_that_its_parts_do_not_make_waits_for_its_ledger() => Assert.Null(OriginSplit.Of([(100, 0)], [(99, 0)]));

    [Fact]
    public void Lines_of_nothing_keep_a_row_for_their_quantity() => Assert.Single(OriginSplit.Of([(0, 0)], [(0, 0)])!);

    [Fact]
    public void Rows_add_up_to_each_line_and_to_each_part_whatever_they_are()
    {
        var dice = new Random(20261122);
        for (var round = 0; round < 500; round++)
        {
            var sign = dice.Next(3) switch { 0 => -1, _ => 1 };
            var mixed = dice.Next(5) == 0;
            long Amount() => (mixed && dice.Next(2) == 0 ? -sign : sign) * dice.NextInt64(0, dice.Next(4) == 0 ? 5 : 3_000_000_000_000);
            var lines = Enumerable.Range(0, dice.Next(1, 8)).Select(_ => (Amount(), dice.Next(3))).ToList();
            var parts = Enumerable.Range(0, dice.Next(1, 8)).Select(_ => (Amount(), dice.Next(3))).ToList();
            parts[^1] = (parts[^1].Item1 + lines.Sum(l => l.Item1) - parts.Sum(p => p.Item1), parts[^1].Item2);
            var origins = OriginSplit.Of(lines, parts)!;
            for (var i = 0; i < lines.Count; i++) Assert.Equal(lines[i].Item1, origins.Where(o => o.Line == i).Sum(o => o.NanoUsd));
            for (var j = 0; j < parts.Count; j++) Assert.Equal(parts[j].Item1, origins.Where(o => o.Part == j).Sum(o => o.NanoUsd));
        }
    }
}
