using Bunit;
using GenAiCostPortal.Ledger.Owners;
using Xunit;

namespace GenAiCostPortal.Pages.Settings;

public sealed class TagEffectViewTests
{
    [Theory]
    [InlineData("Feature", "Workload", true)]
    [InlineData("Feature", "GenAI:Workload", false)]
    [InlineData("Team", "Squad", false)]
    public async Task A_new_feature_key_says_that_stored_days_are_read_again(string part, string key, bool isSaid)
    {
        await using var context = new BunitContext();
        var view = context.Render<TagEffectView>(p => p
            .Add(v => v.Effect, new TagEffect(part, key, 0, 0, [], [], TagActivation.NotRead, null, 100))
            .Add(v => v.InForce, "GenAI:Workload"));
        Assert.Equal(isSaid, view.Markup.Contains("It has the stored days read again: by the next run of Cost Explorer as far back as AWS keeps them", StringComparison.Ordinal));
        Assert.Equal(isSaid, view.Markup.Contains("Until then they keep what GenAI:Workload named.", StringComparison.Ordinal));
    }
}
