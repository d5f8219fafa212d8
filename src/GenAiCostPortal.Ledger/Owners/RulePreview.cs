using GenAiCostPortal.Ledger.Costs;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>A change of the rules to be tried out.</summary>
/// <param name="Id">Which rule; 0 = a new one.</param>
/// <param name="Draft">What it would say; null = it would be removed.</param>
/// <param name="Position">Place of a new rule; null = last.</param>
public sealed record RuleProposal(RuleKind Kind, int Id, RuleDraft? Draft, int? Position = null);

/// <summary>Money that would go from one feature to another.</summary>
/// <param name="From">Empty = unattributed.</param>
/// <param name="To">Empty = unattributed.</param>
public sealed record MovedUsd(string From, string To, decimal Usd);

/// <summary>What an owner (or a method) has as stored and as proposed.</summary>
/// <param name="Name">Empty = none.</param>
public sealed record ShareMoved(string Name, decimal StoredUsd, decimal ProposedUsd)
{
    public decimal Usd => ProposedUsd - StoredUsd;
}

/// <summary>What a proposal would do to the ledger of some billed days. Money only moves: the differences of each list add up to zero.</summary>
/// <param name="Days">Billed days that were tried.</param>
/// <param name="DaysTouched">Days on which anything would change.</param>
/// <param name="DecidedUsd">What the proposed rule would decide, whoever owns it today.</param>
/// <param name="MovedUsd">What would get another owner.</param>
public sealed record RuleEffect(
    DateOnly From, DateOnly To, int Days, int DaysTouched, decimal BilledUsd, decimal DecidedUsd, decimal MovedUsd, IReadOnlyList<MovedUsd> Moves,
    IReadOnlyList<ShareMoved> Features, IReadOnlyList<ShareMoved> Teams, IReadOnlyList<ShareMoved> Applications, IReadOnlyList<ShareMoved> Environments, IReadOnlyList<ShareMoved> Methods)
{
    /// <summary>What it would do to the border of the bill; these dollars are in none of the other figures.</summary>
    public BorderEffect Border { get; init; } = BorderEffect.None;
}

/// <summary>Shows what a change of the rules would move, by building the days with it and keeping nothing.</summary>
public sealed class RulePreview(RuleDesk desk, LedgerTrial trial, BorderPreview border, TimeProvider clock)
{
    /// <summary>Tries a proposal on the last 30 days.</summary>
    public Task<(RuleAnswer Answer, RuleEffect? Effect)> TryAsync(RuleProposal proposal, CancellationToken cancel = default)
    {
        var (from, to) = RuleReport.LastDays(clock);
        return TryAsync(proposal, from, to, cancel);
    }

    /// <summary>Tries a proposal; <paramref name="to"/> exclusive. No effect when the proposal itself has a mistake.</summary>
    public async Task<(RuleAnswer Answer, RuleEffect? Effect)> TryAsync(RuleProposal proposal, DateOnly from, DateOnly to, CancellationToken cancel = default)
    {
        var edit = new RuleEdit(await desk.ReadAsync(cancel));
        var answer = proposal.Draft is not { } draft ? edit.Remove(proposal.Kind, proposal.Id)
            : proposal.Id == 0 ? edit.Add(draft, proposal.Position) : edit.Change(proposal.Id, draft);
        if (!answer.IsDone) return (answer, null);
        var rules = edit.Result;
        var outcome = await trial.BuildAsync(from, to, RuleRows.Owners(rules), RuleRows.Splits(rules), cancel: cancel);
        var effect = Effect(outcome, proposal);
        // Split rules share out what is in the scope; they bring nothing in.
        return (answer, proposal.Kind == RuleKind.Split ? effect : effect with { Border = await border.TryAsync(RuleRows.Owners(rules), proposal.Draft, from, to, cancel) });
    }

    private static RuleEffect Effect(TrialOutcome outcome, RuleProposal proposal)
    {
        // A rule without a number is the only one of its kind, so it was tried as -1.
        var number = proposal.Id == 0 ? -1 : proposal.Id;
        bool IsOfRule(TrialRow r) => r.RuleId == number && (r.Method == AllocationMethod.Shared) == (proposal.Kind == RuleKind.Split);
        var features = Shares(outcome.Rows, r => r.Feature);
        var owners = Shares(outcome.Rows, r => (r.Feature, r.Team, r.Application, r.Environment).ToString());
        return new RuleEffect(outcome.From, outcome.To, outcome.Days, outcome.DaysTouched, outcome.BilledUsd, outcome.Rows.Where(IsOfRule).Sum(r => r.ProposedUsd),
            owners.Where(s => s.Usd > 0).Sum(s => s.Usd), Moves(features), features, Shares(outcome.Rows, r => r.Team),
            Shares(outcome.Rows, r => r.Application), Shares(outcome.Rows, r => r.Environment), Shares(outcome.Rows, r => r.Method.ToString()));
    }

    private static List<ShareMoved> Shares(IReadOnlyList<TrialRow> rows, Func<TrialRow, string> of) =>
    [
        .. rows.GroupBy(of).Select(g => new ShareMoved(g.Key, g.Sum(r => r.StoredUsd), g.Sum(r => r.ProposedUsd)))
            .OrderByDescending(s => Math.Abs(s.Usd)).ThenByDescending(s => s.StoredUsd).ThenBy(s => s.Name, StringComparer.Ordinal),
    ];

    /// <summary>Who loses to whom: exact where one side is one feature, else in proportion.</summary>
    internal static IReadOnlyList<MovedUsd> Moves(IReadOnlyList<ShareMoved> shares)
    {
        var losers = shares.Where(s => s.Usd < 0).OrderBy(s => s.Usd).ThenBy(s => s.Name, StringComparer.Ordinal).ToList();
        var gainers = shares.Where(s => s.Usd > 0).OrderByDescending(s => s.Usd).ThenBy(s => s.Name, StringComparer.Ordinal).ToList();
        if (losers.Count == 0 || gainers.Count == 0) return [];
        var moves = new List<MovedUsd>();
        var left = gainers.Select(g => Money.ToNanoUsd(g.Usd)).ToArray();
        foreach (var loser in losers)
        {
            var lost = Money.ToNanoUsd(-loser.Usd);
            var parts = left.Sum() is > 0 and var sum ? Money.Split(Math.Min(lost, sum), [.. left.Select(l => (decimal)l)]) : new long[left.Length];
            for (var i = 0; i < parts.Length; i++)
            {
                left[i] -= parts[i];
                if (parts[i] != 0) moves.Add(new MovedUsd(loser.Name, gainers[i].Name, Money.ToUsd(parts[i])));
            }
        }
        return [.. moves.OrderByDescending(m => m.Usd)];
    }
}
