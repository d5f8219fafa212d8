namespace GenAiCostPortal.Sources.Sample;

/// <summary>Runs a made request: its calls one after the other, with the waits between them.</summary>
internal static class Clock
{
    private const double ThrottleMs = 340, BackoffMs = 900;

    public static void Run(MadeRequest request, Dice dice)
    {
        var at = request.Start.AddMilliseconds(Math.Round(dice.Between(60, 260)));
        foreach (var call in request.Calls)
        {
            call.Start = at;
            call.DurationMs = Math.Round(Duration(call, dice));
            var pause = call.Outcome == MadeOutcome.Answered ? dice.Between(20, 90) : BackoffMs + dice.Between(0, 400);
            at = call.End.AddMilliseconds(Math.Round(pause));
        }
        request.End = at.AddMilliseconds(Math.Round(dice.Between(15, 60)));
    }

    private static double Duration(MadeCall call, Dice dice)
    {
        if (call.Outcome == MadeOutcome.Throttled) return ThrottleMs * dice.Between(0.7, 1.3);
        if (call.Step.Operation == "embeddings") return dice.Between(60, 160);
        var perOutputToken = call.Model.Key switch { "opus" => 16.0, "sonnet" => 7.5, "llama" => 4.5, "nova-micro" or "nova-lite" => 2.2, _ => 4.0 };
        return (350 + call.Tokens.Prompt * 0.012 + call.Tokens.Output * perOutputToken) * dice.Between(0.85, 1.2);
    }
}
