using Xunit;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>The story as the raw bodies tell it, against the factors of story.json.</summary>
public sealed class StoryTests
{
    private static readonly Story Story = Story.Told;

    [Fact]
    public void Usual_times_factors_is_dear()
    {
        Assert.Equal(Story.Dear.RequestsInWindow, Story.Usual.RequestsInWindow * Story.Factors.Requests);
        Assert.Equal(Story.Dear.CallsPerRequest, Story.Usual.CallsPerRequest * Story.Factors.CallsPerRequest);
        Assert.Equal(Story.Dear.PromptTokensPerCall, Story.Usual.PromptTokensPerCall * Story.Factors.PromptTokensPerCall);
        Assert.Equal(Story.Dear.OutputTokensPerCall, Story.Usual.OutputTokensPerCall * Story.Factors.OutputTokensPerCall);
        Assert.Equal(Story.Dear.BilledAttemptsPerCall, Story.Usual.BilledAttemptsPerCall * Story.Factors.BilledAttemptsPerCall);
    }

    [Fact]
    public void The_told_amounts_follow_from_the_told_figures_at_list_price()
    {
        // Claude Sonnet 4.6, USD per million: input 3, cache read 0.30, cache write 3.75, output 15 (public list, 2026-08-01).
        static decimal Call(StoryFigures f) => (f.InputTokensPerCall * 3m + f.CacheReadTokensPerCall * 0.30m + f.CacheWriteTokensPerCall * 3.75m + f.OutputTokensPerCall * 15m) / 1_000_000m;
        var usual = Story.UsualDay.Requests * Story.Usual.CallsPerRequest * Call(Story.Usual);
        var outside = (Story.UsualDay.Requests - Story.UsualDay.RequestsInWindow) * Story.Usual.CallsPerRequest * Call(Story.Usual);
        var dear = outside + Story.Dear.RequestsInWindow * Story.Dear.CallsPerRequest * Story.Dear.BilledAttemptsPerCall * Call(Story.Dear);
        Assert.Equal(Story.UsualDay.FeatureUsd, usual, 2);
        Assert.InRange(dear, Story.DearDay.FeatureUsd - 0.01m, Story.DearDay.FeatureUsd + 0.01m);
        Assert.Equal(Story.UsualDay.FeatureShare, Story.UsualDay.FeatureUsd / Story.UsualDay.TotalUsd, 2);
        Assert.Equal(Story.DearDay.TimesUsual, Story.DearDay.TotalUsd / Story.UsualDay.TotalUsd, 1);
    }

    [Fact]
    public void Release_2_4_1_sent_what_the_story_says()
    {
        var calls = MadeInputs.SentCalls.Where(c => c.Feature == Story.Feature && c.Release == Story.ReleaseDear && c.Account == MadeInputs.Payer).ToList();
        Assert.All(calls, c => Assert.InRange(TimeOnly.FromDateTime(c.Start), Story.ReleasedAt, Story.RolledBackAt.AddMinutes(10)));
        Assert.All(calls, c => Assert.Equal(MadeInputs.StoryDay, DateOnly.FromDateTime(c.Start)));
        var answered = calls.Where(c => c.Error.Length == 0).ToList();
        var billed = calls.Where(c => c.Error != "ThrottlingException").ToList();
        var requests = calls.Select(c => c.Trace).Distinct().Count();

        Assert.Equal(Story.Dear.RequestsInWindow, requests);
        Assert.Equal(Story.Dear.CallsPerRequest * requests, answered.Count);
        Assert.Equal(Story.Dear.BilledAttemptsPerCall * answered.Count, billed.Count);
        Assert.Equal((long)Story.Dear.PromptTokensPerCall * billed.Count, billed.Sum(c => c.Prompt));
        Assert.Equal((long)Story.Dear.OutputTokensPerCall * billed.Count, billed.Sum(c => c.Output));
        Assert.Equal(Story.Dear.ThrottledShareOfCalls * answered.Count, calls.Count - billed.Count);
        Assert.All(answered.GroupBy(c => c.Trace), trace => Assert.Equal(Story.Dear.LoopedStepCalls, trace.Count(c => c.Name == Story.LoopedStep)));
    }

    [Fact]
    public void A_failed_attempt_is_followed_by_one_that_answers()
    {
        foreach (var trace in MadeInputs.SentCalls.GroupBy(c => c.Trace))
        {
            var calls = trace.OrderBy(c => c.Start).ToList();
            for (var i = 0; i < calls.Count; i++)
                if (calls[i].Error.Length > 0)
                    Assert.Contains(calls.Skip(i + 1), later => later.Name == calls[i].Name && later.Model == calls[i].Model && (later.Start - calls[i].Start).TotalSeconds < 120);
        }
    }

    [Fact]
    public void Before_and_after_the_dear_hours_the_feature_is_what_it_was()
    {
        var usual = MadeInputs.SentCalls.Where(c => c.Feature == Story.Feature && c.Release != Story.ReleaseDear && c.Account == MadeInputs.Payer && c.Error.Length == 0).ToList();
        Assert.Equal([Story.ReleaseBefore, Story.ReleaseFixed], usual.Select(c => c.Release).Distinct().Order());
        Assert.InRange(usual.Average(c => c.Prompt), Story.Usual.PromptTokensPerCall - 1, Story.Usual.PromptTokensPerCall + 1);
        Assert.All(usual.GroupBy(c => c.Trace), trace => Assert.Equal(Story.Usual.CallsPerRequest, trace.Count()));
        var fixedFrom = usual.Where(c => c.Release == Story.ReleaseFixed).Min(c => c.Start);
        Assert.InRange(fixedFrom, MadeInputs.StoryDay.AddDays(1).ToDateTime(Story.FixedNextDayAt), MadeInputs.StoryDay.AddDays(1).ToDateTime(Story.FixedNextDayAt).AddHours(1));
    }
}
