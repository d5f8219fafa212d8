using System.Text.Json;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Owners;

/// <summary>A change of the rules as the history shows it.</summary>
/// <param name="Name">Of the rule; empty when the order changed.</param>
/// <param name="Text">What was done, in words.</param>
/// <param name="Before">Null = it was added, or the order changed.</param>
/// <param name="After">Null = it was removed, or the order changed.</param>
public sealed record RuleChangeSeen(int Id, DateTime At, string Who, RuleKind Kind, int RuleId, string Name, string Text, RuleSheet? Before, RuleSheet? After, DateTime? UndoneAt);

/// <summary>Reads and changes owner rules and split rules. Each change is in the history, can be undone, and has the ledger built anew.</summary>
public sealed class RuleDesk(IDbContextFactory<LedgerDb> stores, WriteGate gate, LedgerChanges changes, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _editing = new(1, 1);

    /// <summary>All rules, each kind in its order.</summary>
    public async Task<RuleLists> ReadAsync(CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await RuleRows.ReadAsync(db, cancel);
    }

    /// <summary>Adds a rule.</summary>
    /// <param name="position">1 is asked first; null = last.</param>
    public Task<RuleAnswer> AddAsync(RuleDraft draft, string who, int? position = null, CancellationToken cancel = default) =>
        EditAsync(who, (edit, _) => Task.FromResult(edit.Add(draft, position)), cancel);

    /// <summary>Makes a rule say something else; also switches it on and off.</summary>
    public Task<RuleAnswer> ChangeAsync(int id, RuleDraft draft, string who, CancellationToken cancel = default) =>
        EditAsync(who, (edit, _) => Task.FromResult(edit.Change(id, draft)), cancel);

    /// <summary>Removes a rule.</summary>
    public Task<RuleAnswer> RemoveAsync(RuleKind kind, int id, string who, CancellationToken cancel = default) =>
        EditAsync(who, (edit, _) => Task.FromResult(edit.Remove(kind, id)), cancel);

    /// <summary>Puts the rules of a kind into this order; every one must be named once.</summary>
    public Task<RuleAnswer> OrderAsync(RuleKind kind, IReadOnlyList<int> ids, string who, CancellationToken cancel = default) =>
        EditAsync(who, (edit, _) => Task.FromResult(edit.Order(kind, ids)), cancel);

    /// <summary>Takes a change back. Refused when the same rule has changed since.</summary>
    public Task<RuleAnswer> UndoAsync(int change, string who, CancellationToken cancel = default) => EditAsync(who, async (edit, db) =>
    {
        if (await db.RuleChanges.FirstOrDefaultAsync(c => c.Id == change, cancel) is not { } row) return RuleAnswer.Missing(FormattableString.Invariant($"There is no change {change}."));
        var later = await db.RuleChanges.AsNoTracking().Where(c => c.Id > change && c.Kind == row.Kind && (c.RuleId == row.RuleId || row.RuleId == 0)).OrderByDescending(c => c.Id).FirstOrDefaultAsync(cancel);
        var answer = RuleUndo.Undo(edit, row, later);
        if (answer.IsDone) row.UndoneAt = clock.GetUtcNow().UtcDateTime;
        return answer;
    }, cancel);

    /// <summary>What an import would do; empty = the rules are those of the file already.</summary>
    public async Task<IReadOnlyList<RuleImportStep>> PreviewImportAsync(RuleFile file, CancellationToken cancel = default)
    {
        var edit = new RuleEdit(await ReadAsync(cancel));
        RuleImport.Into(edit, file);
        return RuleImport.Describe(edit.Steps);
    }

    /// <summary>Makes the rules those of the file: adds, changes, removes and orders. Returns what was done.</summary>
    public async Task<IReadOnlyList<RuleImportStep>> ImportAsync(RuleFile file, string who, CancellationToken cancel = default)
    {
        IReadOnlyList<RuleImportStep> steps = [];
        await EditAsync(who, (edit, _) =>
        {
            RuleImport.Into(edit, file);
            steps = RuleImport.Describe(edit.Steps);
            return Task.FromResult(RuleAnswer.Done());
        }, cancel);
        return steps;
    }

    /// <summary>The newest changes, newest first; of one kind or of both.</summary>
    public async Task<IReadOnlyList<RuleChangeSeen>> HistoryAsync(RuleKind? kind = null, int count = 100, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var word = kind?.ToString();
        var rows = await db.RuleChanges.AsNoTracking().Where(c => word == null || c.Kind == word).OrderByDescending(c => c.Id).Take(count).ToListAsync(cancel);
        return [.. rows.Select(Seen)];
    }

    public void Dispose() => _editing.Dispose();

    private async Task<RuleAnswer> EditAsync(string who, Func<RuleEdit, LedgerDb, Task<RuleAnswer>> change, CancellationToken cancel)
    {
        // Reading and thinking are outside the writers' turn; this lock keeps two edits from reading the same rules.
        await _editing.WaitAsync(cancel);
        try
        {
            await using var db = await stores.CreateDbContextAsync(cancel);
            var edit = new RuleEdit(await RuleRows.ReadAsync(db, cancel));
            var answer = await change(edit, db);
            if (!answer.IsDone || edit.Steps.Count == 0) return answer;
            var entry = answer.Rule is { } rule ? edit.Of(rule.Draft.Kind)[rule.Position - 1] : null;
            await StoreAsync(db, edit, who, cancel);
            changes.Say(LedgerPart.Rules);
            return entry is null ? answer : RuleAnswer.Done(edit.Placed(entry));
        }
        finally
        {
            _editing.Release();
        }
    }

    private async Task StoreAsync(LedgerDb db, RuleEdit edit, string who, CancellationToken cancel)
    {
        var owners = await db.OwnerRules.ToDictionaryAsync(r => r.Id, cancel);
        var splits = await db.SplitRules.ToDictionaryAsync(r => r.Id, cancel);
        var at = clock.GetUtcNow().UtcDateTime;
        using var turn = await gate.EnterAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var added = Sync(db, edit, owners, splits);
        await db.SaveChangesAsync(cancel);
        // New rules have their numbers now.
        foreach (var (entry, number) in added) entry.Id = number();
        db.RuleChanges.AddRange(edit.Steps.Select(s => new RuleChange
        {
            At = at, Who = who, Kind = s.Kind.ToString(), RuleId = s.Rule?.Id ?? 0,
            Before = s.Rule is null ? Ids(s.OrderBefore) : s.Before?.ToJson(), After = s.Rule is null ? Ids(s.OrderAfter) : s.After?.ToJson(),
        }));
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static List<(RuleEdit.Entry Entry, Func<int> Number)> Sync(LedgerDb db, RuleEdit edit, Dictionary<int, OwnerRule> owners, Dictionary<int, SplitRule> splits)
    {
        var added = new List<(RuleEdit.Entry, Func<int>)>();
        foreach (var (position, entry) in edit.Of(RuleKind.Owner).Index())
        {
            var draft = (OwnerRuleDraft)entry.Draft;
            if (!owners.Remove(entry.Id, out var row)) db.OwnerRules.Add(row = RuleRows.New(draft, entry.Id));
            RuleRows.Fill(row, draft, position + 1);
            if (entry.Id == 0) added.Add((entry, () => row.Id));
        }
        foreach (var (position, entry) in edit.Of(RuleKind.Split).Index())
        {
            var draft = (SplitRuleDraft)entry.Draft;
            if (!splits.Remove(entry.Id, out var row)) db.SplitRules.Add(row = RuleRows.New(draft, entry.Id));
            RuleRows.Fill(row, draft, position + 1);
            if (entry.Id == 0) added.Add((entry, () => row.Id));
        }
        db.OwnerRules.RemoveRange(owners.Values);
        db.SplitRules.RemoveRange(splits.Values);
        return added;
    }

    private static string Ids(IEnumerable<RuleEdit.Entry> order) => JsonSerializer.Serialize(order.Select(r => r.Id));

    private static RuleChangeSeen Seen(RuleChange row)
    {
        var kind = Enum.Parse<RuleKind>(row.Kind);
        if (row.RuleId == 0) return new RuleChangeSeen(row.Id, row.At, row.Who, kind, 0, "", "The order was changed.", null, null, row.UndoneAt);
        var (before, after) = (row.Before is null ? null : RuleSheet.FromJson(row.Before), row.After is null ? null : RuleSheet.FromJson(row.After));
        var text = (before?.Read(kind), after?.Read(kind)) switch
        {
            (null, { } now) => "Added: " + RuleWords.Whole(now),
            ({ } then, null) => "Removed: " + RuleWords.Whole(then),
            ({ } then, { } now) => "Changed: " + RuleWords.Difference(then, now),
            _ => "",
        };
        return new RuleChangeSeen(row.Id, row.At, row.Who, kind, row.RuleId, (after ?? before)?.Name ?? "", text, before, after, row.UndoneAt);
    }
}
