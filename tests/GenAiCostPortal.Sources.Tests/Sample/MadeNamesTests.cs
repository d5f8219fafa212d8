using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.ModelNames;
using Xunit;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>The portal understands the made bill's words, and they are the words of the calls.</summary>
public sealed class MadeNamesTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    [Fact]
    public async Task Every_usage_type_of_a_model_is_understood()
    {
        var (groups, _) = await MadeInputs.BillAsync(new(2026, 9, 1), Today, "SERVICE", "USAGE_TYPE", """{"Dimensions":{"Key":"RECORD_TYPE","Values":["Usage"]}}""");
        foreach (var (service, usageType) in groups.Where(g => MadeBillTests.IsGenAi(g.Key1)).Select(g => (g.Key1, g.Key2)).Distinct())
        {
            var meaning = UsageTypeClassifier.Read(service, usageType);
            Assert.True(meaning.IsUnderstood, $"{service} {usageType}");
            Assert.True(meaning.Kind is null || meaning.Model is { IsResolved: true }, $"{service} {usageType}");
        }
    }

    [Fact]
    public async Task Bill_and_calls_name_a_model_alike()
    {
        var (groups, _) = await MadeInputs.BillAsync(new(2026, 11, 8), Today, "SERVICE", "USAGE_TYPE", """{"Dimensions":{"Key":"RECORD_TYPE","Values":["Usage"]}}""");
        var billed = groups.Select(g => UsageTypeClassifier.Read(g.Key1, g.Key2)).Where(m => m.Kind is not null).Select(m => m.Model!.Canonical).Distinct().Order();
        var called = MadeInputs.SentCalls.Where(c => c.Model is not ("claude-sonnet-4-5-20250929" or "larkfield-doc-classifier-v2"))
            .Select(c => ModelNameReader.Read(c.Model, "aws.bedrock").Canonical).Distinct().Order();
        Assert.Equal(called, billed);
    }
}
