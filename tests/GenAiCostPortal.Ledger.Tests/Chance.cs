using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace GenAiCostPortal.Ledger;

/// <summary>
/// Random cases of a property: the same at every run, so that nothing fails by luck of the day. <c>PROPERTY_TIMES=50</c> in the
/// environment takes new ones, and fifty times as many.
/// </summary>
internal static class Chance
{
    private static readonly int Times = int.Parse(Environment.GetEnvironmentVariable("PROPERTY_TIMES") ?? "0", CultureInfo.InvariantCulture);
    private static readonly Replay Seed = new(new Rnd(20261122, 4711), FSharpOption<int>.None);

    public static void Holds(this Property property) => Check.One(Runs(), property);

    /// <summary>For a property of which more or fewer than a hundred cases are wanted.</summary>
    public static Config Runs(int cases = 100) => Times > 0
        ? Config.QuickThrowOnFailure.WithMaxTest(cases * Times)
        : Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(new FSharpOption<Replay>(Seed));
}
