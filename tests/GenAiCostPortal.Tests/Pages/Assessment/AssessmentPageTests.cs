using Bunit;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Assessment;
using GenAiCostPortal.Ledger.Traces;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace GenAiCostPortal.Pages.Assessment;

public sealed class AssessmentPageTests
{
    private static IEnumerable<Answer> All(AnswerChoice choice) => Questionnaire.Questions.Select(q => new Answer(q.Id, choice));

    private static async Task<PageBench> BenchAsync(IEnumerable<Answer>? answers = null)
    {
        var bench = await PageBench.OpenAsync();
        foreach (var answer in answers ?? []) await bench.Get<AssessmentDesk>().SaveAsync("", answer, "Ada");
        return bench;
    }

    [Fact]
    public async Task Sixteen_questions_stand_with_evidence_and_four_answers_each()
    {
        await using var bench = await BenchAsync();
        var page = bench.Render<AssessmentPage>("/assessment");
        page.WaitForElement(".q");
        Assert.Equal(16, page.FindAll(".q").Count);
        Assert.All(page.FindAll(".q"), q => Assert.Equal(4, q.QuerySelectorAll("fieldset input[type=radio]").Length));
        Assert.All(page.FindAll(".q .ev .tag"), e => Assert.Equal("not measurable yet", e.TextContent));
        Assert.Contains("0 of 16 answered", page.Find(".sub").TextContent, StringComparison.Ordinal);
        Assert.Equal(4, page.FindAll(".pol").Count);
    }

    [Fact]
    public async Task An_answer_is_saved_as_it_is_given_and_counts_at_once()
    {
        await using var bench = await BenchAsync();
        var page = bench.Render<AssessmentPage>("/assessment");
        page.WaitForElement("#q-A1");
        await page.InvokeAsync(() => page.Find("#q-A1 input[value=No]").ChangeAsync(new ChangeEventArgs { Value = "No" }));
        page.WaitForAssertion(() => Assert.Contains("saved 14:20", page.Find(".saved").TextContent, StringComparison.Ordinal));
        Assert.Equal("100\u00a0%", page.Find(".big").TextContent);
        Assert.Equal([new Answer("A1", AnswerChoice.No)], (await bench.Get<AssessmentDesk>().DraftAsync("")).Answers);
        await page.InvokeAsync(() => page.Find("#q-V1 input[value=NotSure]").ChangeAsync(new ChangeEventArgs { Value = "NotSure" }));
        page.WaitForAssertion(() => Assert.Equal("50\u00a0%", page.Find(".big").TextContent));
        Assert.Equal("Emerging", page.Find(".band").TextContent);
    }

    [Fact]
    public async Task A_note_is_kept_when_it_is_left_and_the_answer_stays()
    {
        await using var bench = await BenchAsync([new("V2", AnswerChoice.No)]);
        var page = bench.Render<AssessmentPage>("/assessment");
        page.WaitForElement("#q-V2 textarea");
        await page.InvokeAsync(() => page.Find("#q-V2 textarea").InputAsync(new ChangeEventArgs { Value = "Nova Pro has none" }));
        await page.InvokeAsync(() => page.Find("#q-V2 textarea").BlurAsync(new()));
        Assert.Equal([new Answer("V2", AnswerChoice.No, "Nova Pro has none")], (await bench.Get<AssessmentDesk>().DraftAsync("")).Answers);
    }

    [Fact]
    public async Task Evidence_against_an_answer_is_shown_and_one_click_takes_its_side()
    {
        await using var bench = await BenchAsync([new("O1", AnswerChoice.No)]);
        var trace = new TraceId(1, 1);
        await bench.WriteAsync(MadeSpans.Root(trace), MadeSpans.Call(trace, 2, 1, 10, 1_000, 100));
        var page = bench.Render<AssessmentPage>("/assessment");
        page.WaitForElement(".q.contra");
        Assert.Equal("q-O1", page.Find(".q.contra").Id);
        Assert.Contains("You answered no; 100.0\u00a0% of tokens have a feature.", page.Find(".clash").TextContent, StringComparison.Ordinal);
        Assert.Contains("counted by its evidence: 100\u00a0%", page.Find(".score small").TextContent, StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find(".clash button").ClickAsync(new()));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".q.contra")));
        Assert.Equal(AnswerChoice.Yes, (await bench.Get<AssessmentDesk>().DraftAsync("")).Answers.Single().Choice);
    }

    [Fact]
    public async Task It_is_submitted_only_when_all_are_answered_and_leads_to_what_was_frozen()
    {
        await using var bench = await BenchAsync(All(AnswerChoice.Yes).Skip(1));
        var page = bench.Render<AssessmentPage>("/assessment");
        page.WaitForElement(".q");
        Assert.DoesNotContain(page.FindAll("button"), b => b.TextContent == "Submit");
        Assert.EndsWith("#q-V1", page.Find(".head a.control").GetAttribute("href"), StringComparison.Ordinal);
        await page.InvokeAsync(() => page.Find("#q-V1 input[value=Yes]").ChangeAsync(new ChangeEventArgs { Value = "Yes" }));
        page.WaitForState(() => page.FindAll("button").Any(b => b.TextContent == "Submit"));
        await page.InvokeAsync(() => page.FindAll("button").Single(b => b.TextContent == "Submit").ClickAsync(new()));
        var submission = Assert.Single(await bench.Get<AssessmentDesk>().HistoryAsync(""));
        Assert.EndsWith($"/assessment/{submission.Id}", bench.Get<NavigationManager>().Uri, StringComparison.Ordinal);
        // Yes everywhere: 12 good, the 4 of Architecture bad.
        Assert.Equal(new Score(12, 16), submission.Score);
        // One row for all of it: the answers on the way are no actions of their own.
        Assert.True(Assert.Single(await bench.Get<ActionLog>().RecentAsync()) is { Action: "Submit the assessment", Outcome: "done", Who: "Ada" });

        var frozen = bench.Render<SubmissionPage>($"/assessment/{submission.Id}", p => p.Add(x => x.Id, submission.Id));
        frozen.WaitForElement(".given");
        Assert.Equal("75\u00a0%", frozen.Find(".big").TextContent);
        Assert.Empty(frozen.FindAll("input"));
    }

    [Fact]
    public async Task A_viewer_reads_but_changes_nothing()
    {
        await using var bench = await BenchAsync();
        bench.SignIn.SetPolicies(nameof(PortalRole.Viewer));
        var page = bench.Render<AssessmentPage>("/assessment");
        page.WaitForElement("#q-V1");
        await page.InvokeAsync(() => page.Find("#q-V1 input[value=Yes]").ChangeAsync(new ChangeEventArgs { Value = "Yes" }));
        Assert.Empty((await bench.Get<AssessmentDesk>().DraftAsync("")).Answers);
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".ans .on")));
    }

    [Fact]
    public async Task History_brings_the_trend_the_comparison_and_the_next_actions()
    {
        await using var bench = await BenchAsync([new("G1", AnswerChoice.No), new("A4", AnswerChoice.Yes)]);
        await bench.Get<AssessmentDesk>().SubmitAsync("", [.. All(AnswerChoice.No)], "Ada");
        await bench.Get<AssessmentDesk>().SaveAsync("", new("G1", AnswerChoice.No), "Ada");
        var page = bench.Render<AssessmentPage>("/assessment");
        page.WaitForElement(".trend");
        Assert.Contains("Score: 25 per cent", page.Find(".trend").GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Equal("Give each team a budget", page.Find(".next b").TextContent);
        Assert.Single(page.FindAll("a[href^='/assessment/']"));
    }

    [Fact]
    public async Task A_failing_store_gives_Retry_and_a_slow_one_a_skeleton()
    {
        await using var bench = await BenchAsync();
        bench.Stores.IsBroken = true;
        var page = bench.Render<AssessmentPage>("/assessment");
        page.WaitForElement("[role=alert]");
        bench.Stores.IsBroken = false;
        await page.InvokeAsync(() => page.Find("[role=alert] button").ClickAsync(new()));
        page.WaitForElement(".q");
        bench.Stores.Shut();
        var slow = bench.Render<AssessmentPage>("/assessment");
        slow.WaitForElement("[aria-busy=true] .skeleton");
        bench.Stores.Open();
        slow.WaitForElement(".q");
    }

    [Fact]
    public async Task A_submission_that_is_not_there_says_so()
    {
        await using var bench = await BenchAsync();
        var page = bench.Render<SubmissionPage>("/assessment/99", p => p.Add(x => x.Id, 99));
        page.WaitForAssertion(() => Assert.Equal("There is no submission with this number", page.Find(".state h2").TextContent));
    }
}
