using GenAiCostPortal.Ledger.Usage;
using Microsoft.Data.Sqlite;

namespace GenAiCostPortal.Ledger.Store;

/// <summary>
/// The roll-up of calls by guardrail on SQLite. Few calls pass one, so it is moved by what a transaction changed, without cells in
/// memory. A row goes when its last call was taken out.
/// </summary>
internal sealed class SqliteGuardrails(SqliteConnection connection) : IDisposable
{
    private readonly record struct Moved(long Calls, long CallsWithoutTokens, long PromptTokens, long OutputTokens);

    private readonly SqliteStatement _move = new(connection, """
        INSERT INTO guardrail_rollup(Day,SeriesId,GuardrailId,Calls,CallsWithoutTokens,PromptTokens,OutputTokens) VALUES(?,?,?,?,?,?,?)
        ON CONFLICT(Day,SeriesId,GuardrailId) DO UPDATE SET Calls=Calls+excluded.Calls, CallsWithoutTokens=CallsWithoutTokens+excluded.CallsWithoutTokens,
        PromptTokens=PromptTokens+excluded.PromptTokens, OutputTokens=OutputTokens+excluded.OutputTokens
        """);
    private readonly SqliteStatement _delete = new(connection, "DELETE FROM guardrail_rollup WHERE Day=? AND SeriesId=? AND GuardrailId=? AND Calls<=0");
    private readonly SortedDictionary<(int Day, int Series, int Guardrail), Moved> _moved = [];

    /// <summary>Adds a call (sign 1) or takes it out again (sign -1); nothing for a call without a guardrail.</summary>
    public void Book(CallRow call, int sign)
    {
        if (call.GuardrailId == 0) return;
        var at = (UtcTime.DayOfUnixMs(call.StartUnixMs).DayNumber, call.CostSeriesId, call.GuardrailId);
        var was = _moved.GetValueOrDefault(at);
        _moved[at] = new Moved(
            was.Calls + sign, was.CallsWithoutTokens + (call.TokenState == TokenState.Unknown ? sign : 0),
            was.PromptTokens + sign * call.Tokens.Prompt, was.OutputTokens + sign * call.Tokens.Output);
    }

    /// <summary>Writes what moved.</summary>
    public void Write()
    {
        foreach (var (at, by) in _moved)
        {
            if (by == default) continue;
            _move.Add(at.Day).Add(at.Series).Add(at.Guardrail).Add(by.Calls).Add(by.CallsWithoutTokens).Add(by.PromptTokens).Add(by.OutputTokens).Run();
            if (by.Calls < 0) _delete.Add(at.Day).Add(at.Series).Add(at.Guardrail).Run();
        }
        _moved.Clear();
    }

    public void Dispose()
    {
        _move.Dispose();
        _delete.Dispose();
    }
}
