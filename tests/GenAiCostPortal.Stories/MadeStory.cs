namespace GenAiCostPortal.Stories;

/// <summary>What one feature's calls on one model used in one hour, and what they cost by the story's own price list (USD per million tokens).</summary>
public sealed record HourOfCalls(
    DateTime Hour, string Feature, string Model, string Release, long Requests, long FirstCalls, long RetriedCalls,
    long InputTokens, long CacheReadTokens, long OutputTokens, decimal InputPrice, decimal CacheReadPrice, decimal OutputPrice)
{
    public decimal CostUsd => (InputTokens * InputPrice + CacheReadTokens * CacheReadPrice + OutputTokens * OutputPrice) / 1_000_000m;
}

/// <summary>A planted cause: the factor of the explanation that must be named, by how much it moved, and the release it came with.</summary>
/// <param name="Factor">requests, callsPerRequest, retries, promptLength, outputLength, cachedShare, mix, unitPrice or new.</param>
/// <param name="Times">Later ÷ earlier, of the figure that the factor is.</param>
public sealed record PlantedCause(string Factor, double Times, string Feature, string Release);

/// <summary>Four usual weeks and a window in which something happened.</summary>
public sealed record MadeStory(int Number, DateTime From, DateTime To, IReadOnlyList<HourOfCalls> Hours, PlantedCause Cause);

/// <summary>
/// Random stories: three features on one or two models, four weeks with small noise, a window of 2 to 9 hours with one large cause and
/// often a small second one. It knows nothing of how changes are explained.
/// </summary>
public static class StoryMaker
{
    private static readonly string[] Causes = ["requests", "callsPerRequest", "retries", "promptLength", "outputLength", "cachedShare", "mix", "unitPrice", "new"];

    public static IReadOnlyList<MadeStory> Make(int count, int seed, DateTime monday) => [.. Enumerable.Range(0, count).Select(i => Make(i, new Random(seed * 7919 + i), monday))];

    /// <summary>What a feature does in an hour, before noise.</summary>
    private sealed record Habit(
        double Requests, double CallsPerRequest, double RetryShare, double Prompt, double CachedShare, double Output, double DearShare, double PriceTimes, string Release);

    private static MadeStory Make(int number, Random dice, DateTime monday)
    {
        var cause = Causes[number % Causes.Length];
        var from = monday.AddDays(28 + dice.Next(0, 5)).AddHours(dice.Next(8, 13));
        var to = from.AddHours(dice.Next(2, 10));
        var hours = new List<HourOfCalls>();
        PlantedCause? planted = null;
        for (var f = 0; f < 3; f++)
        {
            var feature = $"story-{number}-{(char)('a' + f)}";
            var usual = new Habit(Between(dice, 200, 500), Between(dice, 2, 5), Between(dice, 0.02, 0.05), Between(dice, 2_000, 8_000),
                Between(dice, 0.3, 0.7), Between(dice, 200, 500), Between(dice, 0.1, 0.2), 1, "1.0.0");
            var isCause = f == 0;
            var (dear, times, isReleased) = isCause ? Plant(dice, cause, usual) : (usual, 1, false);
            if (isCause) planted = new PlantedCause(cause, times, feature, isReleased ? dear.Release : "");
            for (var week = -4; week < 0; week++)
            {
                if (isCause && cause == "new") break;
                for (var h = from; h < to; h = h.AddHours(1)) AddHour(hours, dice, feature, h.AddDays(7 * week), usual);
            }
            // The release before is seen in the hours before the window.
            if (!(isCause && cause == "new")) for (var h = from.AddHours(-6); h < from; h = h.AddHours(1)) AddHour(hours, dice, feature, h, usual);
            for (var h = from; h < to; h = h.AddHours(1)) AddHour(hours, dice, feature, h, dear);
        }
        return new MadeStory(number, from, to, hours, planted!);
    }

    private static (Habit Dear, double Times, bool IsReleased) Plant(Random dice, string cause, Habit usual)
    {
        var times = Between(dice, 2, 5);
        // A small second thing happens in half of the stories.
        var beside = dice.Next(2) == 0 ? usual : usual with { Requests = usual.Requests * Between(dice, 1.03, 1.12) };
        var release = dice.Next(2) == 0;
        if (release) beside = beside with { Release = "1.1.0" };
        return cause switch
        {
            "requests" => (usual with { Requests = usual.Requests * times }, times, false),
            "callsPerRequest" => (beside with { CallsPerRequest = usual.CallsPerRequest * times }, times, release),
            "retries" => (beside with { RetryShare = 0.8 }, (1 + 0.8) / (1 + usual.RetryShare), false),
            "promptLength" => (beside with { Prompt = usual.Prompt * times }, times, release),
            "outputLength" => (beside with { Output = usual.Output * times * 2 }, times * 2, release),
            "cachedShare" => (beside with { CachedShare = 0 }, 0, release),
            "mix" => (beside with { DearShare = 0.9 }, 0.9 / usual.DearShare, false),
            "unitPrice" => (beside with { PriceTimes = times }, times, false),
            _ => (usual, double.PositiveInfinity, false),
        };
    }

    private static void AddHour(List<HourOfCalls> hours, Random dice, string feature, DateTime hour, Habit habit)
    {
        double Noise() => Between(dice, 0.985, 1.015);
        var requests = (long)Math.Round(habit.Requests * Noise());
        var first = (long)Math.Round(requests * habit.CallsPerRequest * Noise());
        var dear = (long)Math.Round(first * habit.DearShare);
        foreach (var (model, calls, inputPrice, outputPrice) in new[] { ("story-small", first - dear, 0.8m, 4m), ("story-large", dear, 15m, 75m) })
        {
            var retried = (long)Math.Round(calls * habit.RetryShare * Noise());
            var prompt = (long)Math.Round((calls + retried) * habit.Prompt * Noise());
            var cached = (long)Math.Round(prompt * habit.CachedShare);
            var output = (long)Math.Round((calls + retried) * habit.Output * Noise());
            var times = (decimal)habit.PriceTimes;
            hours.Add(new HourOfCalls(hour, feature, model, habit.Release, model == "story-small" ? requests : 0, calls, retried,
                prompt - cached, cached, output, inputPrice * times, inputPrice * times / 10, outputPrice * times));
        }
    }

    private static double Between(Random dice, double low, double high) => low + (high - low) * dice.NextDouble();
}
