namespace GenAiCostPortal.Sources.Sample;

/// <summary>
/// Makes the requests of a workload on a day. Token counts vary from call to call, yet the calls of a step in a part of the day
/// add up exactly to count × mean, so that a day costs what the plan says it costs.
/// </summary>
internal sealed class RequestMaker(SampleCalendar calendar, int seed)
{
    /// <summary>Requests of the day that had ended by <see cref="SampleCalendar.Now"/>, in order of their start.</summary>
    public IReadOnlyList<MadeRequest> Make(Workload workload, DateOnly day)
    {
        var requests = new List<MadeRequest>();
        var index = 0;
        foreach (var part in DayPlan.Of(workload, day, calendar, seed))
        {
            var dice = Dice.For(seed, $"{workload.Key}/{index++}", day);
            requests.AddRange(MakePart(workload, day, part, dice));
        }
        if (day == calendar.Today) requests.RemoveAll(r => r.End > calendar.Now);
        return requests;
    }

    private List<MadeRequest> MakePart(Workload workload, DateOnly day, DayPart part, Dice dice)
    {
        var starts = RequestTimes.Make(day, part, workload.Shape, dice).ToList();
        var calls = starts.Select(_ => new List<MadeCall>()).ToList();
        var failures = new Failures(part);
        foreach (var step in part.Steps) AddStep(step, failures, calls, dice);

        var requests = new List<MadeRequest>(starts.Count);
        for (var i = 0; i < starts.Count; i++)
        {
            var request = new MadeRequest
            {
                Workload = workload, Start = starts[i], Calls = calls[i], Seed = dice.Next(),
                Release = part.Release ?? workload.ReleaseAt(starts[i], calendar.Now),
            };
            Clock.Run(request, dice);
            requests.Add(request);
        }
        return requests;
    }

    private static void AddStep(Step step, Failures failures, List<List<MadeCall>> calls, Dice dice)
    {
        var total = (int)Math.Round(calls.Count * step.CallsPerRequest);
        var (throttled, timedOut) = failures.Of(total);
        var (throttledFrom, timedOutFrom) = ((int)(dice.Share() * total), (int)(dice.Share() * total));
        var billed = new List<(MadeCall Call, double Weight)>(total + timedOut);
        var made = 0;
        for (var i = 0; i < calls.Count; i++)
        {
            var until = (int)((long)total * (i + 1) / calls.Count);
            for (var number = 1; made < until; made++, number++)
            {
                // Longer with each repetition, as an agent's conversation grows.
                var weight = dice.Between(0.82, 1.18) * (1 + 0.004 * number);
                if (IsHit(made, throttledFrom, throttled, total)) calls[i].Add(Attempt(step, number, MadeOutcome.Throttled));
                if (IsHit(made, timedOutFrom, timedOut, total)) Bill(calls[i], MadeOutcome.TimedOut, number, weight);
                Bill(calls[i], MadeOutcome.Answered, number, weight);
            }
        }
        SpreadTokens(step, billed, dice);

        void Bill(List<MadeCall> request, MadeOutcome outcome, int number, double weight)
        {
            var call = Attempt(step, number, outcome);
            request.Add(call);
            billed.Add((call, weight));
        }
    }

    /// <summary>Failed attempts of a part, step by step, rounded over all steps so that the part has its share exactly.</summary>
    private sealed class Failures(DayPart part)
    {
        private int _calls, _throttled, _timedOut;

        public (int Throttled, int TimedOut) Of(int calls)
        {
            _calls += calls;
            var throttled = (int)Math.Round(_calls * part.ThrottledShare) - _throttled;
            var timedOut = (int)Math.Round(_calls * part.TimedOutShare) - _timedOut;
            _throttled += throttled;
            _timedOut += timedOut;
            return (throttled, timedOut);
        }
    }

    private static MadeCall Attempt(Step step, int number, MadeOutcome outcome) =>
        new() { Step = step, Model = SampleModel.All[step.Model], Number = number, Outcome = outcome };

    /// <summary>Exactly <paramref name="hits"/> of <paramref name="total"/> places, evenly spread, counted from a place of their own.</summary>
    private static bool IsHit(int place, int from, int hits, int total)
    {
        var at = (long)((place + from) % total);
        return (at + 1) * hits / total > at * hits / total;
    }

    private static void SpreadTokens(Step step, List<(MadeCall Call, double Weight)> billed, Dice dice)
    {
        var count = billed.Count;
        if (count == 0) return;
        var prompts = Spread(step.Input, billed.ConvertAll(b => b.Weight));
        var outputs = Spread(step.Output, billed.ConvertAll(_ => dice.Between(0.7, 1.3)));
        for (var i = 0; i < count; i++)
            billed[i].Call.Tokens = new MadeTokens(prompts[i], step.CacheRead, step.CacheWrite, outputs[i]);
    }

    /// <summary>Whole numbers in proportion to the weights that add up to count × mean.</summary>
    private static long[] Spread(long mean, List<double> weights)
    {
        var total = mean * weights.Count;
        var sum = weights.Sum();
        var parts = new long[weights.Count];
        var (given, passed) = (0L, 0.0);
        for (var i = 0; i < parts.Length; i++)
        {
            passed += weights[i];
            var until = i == parts.Length - 1 ? total : (long)Math.Round(total * (passed / sum));
            parts[i] = until - given;
            given = until;
        }
        return parts;
    }
}
