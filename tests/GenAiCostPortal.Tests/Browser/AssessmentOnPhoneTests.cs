using GenAiCostPortal.Ledger.Assessment;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace GenAiCostPortal.Browser;

/// <summary>The sixteen questions, answered with a thumb.</summary>
[Collection(SamplePortal.Name)]
public sealed class AssessmentOnPhoneTests(SamplePortal portal)
{
    // By hand: Visibility 3 of 4 good; Architecture 2 of 3 applicable ("yes" is bad there); Observability 1 of 4; Guardrails 4 of 4; 10 of 15 overall, both 66.7 %.
    private static readonly (string Id, string Answer)[] Answers =
    [
        ("V1", "Yes"), ("V2", "Yes"), ("V3", "Yes"), ("V4", "No"),
        ("A1", "No"), ("A2", "NotApplicable"), ("A3", "Yes"), ("A4", "No"),
        ("O1", "Yes"), ("O2", "NotSure"), ("O3", "No"), ("O4", "No"),
        ("G1", "Yes"), ("G2", "Yes"), ("G3", "Yes"), ("G4", "Yes"),
    ];

    private static readonly Dictionary<string, string> Scores = new()
    {
        ["Visibility"] = "75 %", ["Architecture"] = "67 %", ["Observability"] = "25 %", ["Guardrails"] = "100 %", ["Overall"] = "67 %",
    };

    [Fact]
    public async Task Sixteen_answers_and_a_note_survive_a_reload_are_submitted_and_stay_in_the_history()
    {
        Assert.Equal(Questionnaire.Questions.Select(q => q.Id), Answers.Select(a => a.Id));
        await using var tab = await portal.OpenAsync(isPhone: true);
        var assessment = new AssessmentScreen(tab);
        await assessment.GoAsync();
        await Expect(assessment.Submit).ToHaveCountAsync(0);
        foreach (var (id, answer) in Answers) await assessment.AnswerAsync(id, answer);
        await assessment.NoteAsync("O2", "Nobody has looked yet");
        await Expect(tab.Page.Locator("#q-O2 .qmore > summary")).ToHaveTextAsync("Guidance · your note");
        await tab.AssertNoSidewaysScrollAsync();

        await tab.ReloadAsync();
        foreach (var (id, answer) in Answers) Assert.True(await assessment.IsAnsweredAsync(id, answer), id);
        await tab.Page.Locator("#q-O2 .qmore > summary").TapAsync();
        await Expect(tab.Page.Locator("#q-O2 textarea")).ToHaveValueAsync("Nobody has looked yet");
        Assert.Equal(Scores, await assessment.ScoresAsync());

        await assessment.Submit.TapAsync();
        await tab.WaitForAddressAsync("/assessment/");
        await tab.WaitForPageAsync("Assessment of 21 Nov 2026");
        Assert.Equal(Scores, await assessment.ScoresAsync());
        await Expect(tab.Page.Locator("#q-O2 .qnote")).ToHaveTextAsync("Nobody has looked yet");
        await tab.AssertNoSidewaysScrollAsync();

        await assessment.GoAsync();
        await Expect(assessment.History).ToHaveCountAsync(1);
        await Expect(assessment.History.First).ToContainTextAsync("67 %");
        await assessment.History.First.Locator("a").TapAsync();
        await tab.WaitForPageAsync("Assessment of 21 Nov 2026");
        tab.AssertQuiet();
    }
}
