using System.Globalization;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>What the ledger of a day was built from, each part as a fingerprint.</summary>
/// <param name="Rules">Owner and split rules in force, and the rules of the build itself.</param>
/// <param name="Owners">Tags and capacities of resources.</param>
/// <param name="Calls">What recorded calls say about the day.</param>
/// <param name="Bill">The bill; empty until the day is built.</param>
internal sealed record DayPrint(string Rules, string Owners, string Calls, string Bill)
{
    public bool SaysTheSameAs(DayPrint? other) => other is not null && this with { Bill = other.Bill } == other;

    public static DayPrint? Read(string text) => text.Split('.') is [var rules, var owners, var calls, var bill] ? new DayPrint(rules, owners, calls, bill) : null;

    /// <summary>A short mark of a text; texts that differ have other marks.</summary>
    public static string Mark(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = unchecked((hash ^ c) * 1099511628211);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    public override string ToString() => $"{Rules}.{Owners}.{Calls}.{Bill}";
}

/// <summary>
/// Which days are built from what, and which accounts have closed a day since it was built: the build that closes is the first
/// result, a later one of another result is an adjustment.
/// </summary>
internal sealed class BuiltDays
{
    private const string InputsFact = "ledger.inputs", ClosingFact = "ledger.closing";

    public Dictionary<DateOnly, DayPrint> Prints { get; private init; } = [];
    public HashSet<(DateOnly Day, int Account)> Closing { get; private init; } = [];

    public static async Task<BuiltDays> ReadAsync(LedgerDb db, CancellationToken cancel)
    {
        var facts = await db.Facts.AsNoTracking().Where(f => f.Name == InputsFact || f.Name == ClosingFact).ToDictionaryAsync(f => f.Name, f => f.Value, cancel);
        var built = new BuiltDays();
        foreach (var (day, text) in Pairs(facts.GetValueOrDefault(InputsFact)))
            if (DayPrint.Read(text) is { } print) built.Prints[Day(day)] = print;
        foreach (var (day, account) in Pairs(facts.GetValueOrDefault(ClosingFact))) built.Closing.Add((Day(day), int.Parse(account, CultureInfo.InvariantCulture)));
        return built;
    }

    /// <summary>Puts both into the running save of <paramref name="db"/>.</summary>
    public async Task KeepAsync(LedgerDb db, CancellationToken cancel)
    {
        await KeepAsync(db, InputsFact, string.Join(';', Prints.OrderBy(p => p.Key).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key.DayNumber}:{p.Value}"))), cancel);
        await KeepAsync(db, ClosingFact, string.Join(';', Closing.Order().Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Day.DayNumber}:{c.Account}"))), cancel);
    }

    private static async Task KeepAsync(LedgerDb db, string name, string value, CancellationToken cancel)
    {
        if (await db.Facts.FindAsync([name], cancel) is { } fact) fact.Value = value;
        else db.Facts.Add(new StoreFact { Name = name, Value = value });
    }

    private static IEnumerable<(string Day, string Text)> Pairs(string? text) =>
        (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split(':', 2)).Where(p => p.Length == 2).Select(p => (p[0], p[1]));

    private static DateOnly Day(string number) => DateOnly.FromDayNumber(int.Parse(number, CultureInfo.InvariantCulture));
}
