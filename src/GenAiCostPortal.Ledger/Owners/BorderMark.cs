using System.Globalization;
using System.Text.Json;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>What a border was made of when days were read with it, so that a later border can tell which days it reads otherwise.</summary>
public sealed record BorderMark(IReadOnlyList<BorderMark.Piece> Pieces)
{
    /// <summary>One thing that moves the border from where it usually is.</summary>
    /// <param name="To">Exclusive; null = without end.</param>
    public sealed record Piece(string What, DateOnly? From, DateOnly? To);

    /// <summary>The usual list and no rule.</summary>
    public static BorderMark Usual { get; } = new([]);

    /// <summary>What makes a border. Names and owners of rules do not: only which lines they bring in.</summary>
    public static BorderMark Of(ScopeBorder border) => new(
    [
        .. border.Listed.Except(GenAiServices.Usual, StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase).Select(p => new Piece("+" + p, null, null)),
        .. GenAiServices.Usual.Except(border.Listed, StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase).Select(p => new Piece("-" + p, null, null)),
        .. border.Rules.Select(r => new Piece(RuleText.Of(r.Conditions), r.From, r.To)).Distinct().OrderBy(p => p.What, StringComparer.Ordinal).ThenBy(p => p.From).ThenBy(p => p.To),
    ]);

    /// <summary>Reads what <see cref="ToText"/> wrote; what cannot be read is the usual border.</summary>
    public static BorderMark Read(string? text)
    {
        try
        {
            return text is { Length: > 0 } && JsonSerializer.Deserialize<List<Piece>>(text) is { } pieces ? new BorderMark(pieces) : Usual;
        }
        catch (JsonException)
        {
            return Usual;
        }
    }

    /// <summary>The mark as text.</summary>
    public string ToText() => JsonSerializer.Serialize(Pieces);

    /// <summary>One word for what reaches into a period, <paramref name="end"/> exclusive; empty for the usual border.</summary>
    public string Within(DateOnly first, DateOnly end)
    {
        var pieces = Pieces.Where(p => (p.From is not { } from || from < end) && (p.To is not { } to || to > first)).Select(p => string.Create(CultureInfo.InvariantCulture,
            $"{p.What}\t{(p.From is { } from && from > first ? from : first):yyyy-MM-dd}\t{(p.To is { } to && to < end ? to : end):yyyy-MM-dd}")).ToList();
        return pieces.Count == 0 ? "" : Costs.DayPrint.Mark(string.Join('\n', pieces));
    }

    /// <summary>The days, first to last (exclusive), on which two borders may differ; null when they never do.</summary>
    public (DateOnly From, DateOnly To)? DifferenceTo(BorderMark other)
    {
        var (from, to) = (DateOnly.MaxValue, DateOnly.MinValue);
        void Take(DateOnly first, DateOnly end)
        {
            if (first >= end) return;
            if (first < from) from = first;
            if (end > to) to = end;
        }
        foreach (var what in Pieces.Concat(other.Pieces).Select(p => p.What).Distinct())
        {
            var (mine, theirs) = (Spans(this, what), Spans(other, what));
            // Of one span on either side only the ends that moved matter.
            if (mine is [var a] && theirs is [var b] && a.From < b.To && b.From < a.To)
            {
                Take(a.From < b.From ? a.From : b.From, a.From < b.From ? b.From : a.From);
                Take(a.To < b.To ? a.To : b.To, a.To < b.To ? b.To : a.To);
            }
            else if (!mine.SequenceEqual(theirs))
            {
                foreach (var (first, end) in mine.Concat(theirs)) Take(first, end);
            }
        }
        return from < to ? (from, to) : null;
    }

    private static List<(DateOnly From, DateOnly To)> Spans(BorderMark mark, string what) =>
        [.. mark.Pieces.Where(p => p.What == what).Select(p => (p.From ?? DateOnly.MinValue, p.To ?? DateOnly.MaxValue)).Order()];
}
