using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Access;

/// <summary>The action log: who did what, when, with what outcome. Rows are only added.</summary>
public sealed class ActionLog(IDbContextFactory<LedgerDb> stores, WriteGate gate, TimeProvider clock)
{
    private const int TextLimit = 500;

    /// <summary>Adds a row. Never put a secret or prompt text in it.</summary>
    public async Task WriteAsync(string who, string action, string target, string outcome, CancellationToken cancel = default)
    {
        var row = new ActionRecord { At = clock.GetUtcNow().UtcDateTime, Who = Cut(who), Action = Cut(action), Target = Cut(target), Outcome = Cut(outcome) };
        using var turn = await gate.EnterAsync(cancel);
        await using var db = await stores.CreateDbContextAsync(cancel);
        db.Actions.Add(row);
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>The newest rows, newest first.</summary>
    public async Task<IReadOnlyList<ActionRecord>> RecentAsync(int count = 100, CancellationToken cancel = default)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.Actions.AsNoTracking().OrderByDescending(a => a.Id).Take(count).ToListAsync(cancel);
    }

    private static string Cut(string text) => text.Length <= TextLimit ? text : text[..TextLimit];
}
