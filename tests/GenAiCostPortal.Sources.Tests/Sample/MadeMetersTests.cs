using System.Text.Json;
using Xunit;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>What was metered, billed and called is the same usage: the ledger can close.</summary>
public sealed class MadeMetersTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);
    private const string East = "us-east-1", West = "us-west-2";

    [Fact]
    public async Task Billed_quantities_are_the_metered_tokens()
    {
        var from = new DateOnly(2026, 9, 1);
        foreach (var account in MadeInputs.Organisation.Accounts)
        {
            var billed = (await MadeInputs.BillAsync(from, Today.AddDays(-1), "SERVICE", "USAGE_TYPE", $$$"""
                {"And":[{"Dimensions":{"Key":"LINKED_ACCOUNT","Values":["{{{account.Id}}}"]}},{"Dimensions":{"Key":"RECORD_TYPE","Values":["Usage"]}}]}
                """)).Groups;
            // Marketplace lines count millions of tokens, AWS's own thousands (facts on usage types).
            var input = billed.Where(b => IsToken(b, "InputTokenCount", "input-tokens")).Sum(b => b.Quantity * Scale(b));
            var output = billed.Where(b => IsToken(b, "OutputTokenCount", "output-tokens")).Sum(b => b.Quantity * Scale(b));
            Assert.Equal((decimal)await MeteredAsync(account.Id, "InputTokenCount", from, Today.AddDays(-1)), input);
            Assert.Equal((decimal)await MeteredAsync(account.Id, "OutputTokenCount", from, Today.AddDays(-1)), output);
        }
    }

    [Fact]
    public async Task Recorded_calls_are_the_metered_tokens_but_for_what_nobody_recorded()
    {
        var from = new DateOnly(2026, 11, 8);
        var bedrock = MadeInputs.SentCalls.Where(c => c.Model is not ("claude-sonnet-4-5-20250929" or "larkfield-doc-classifier-v2") && DateOnly.FromDateTime(c.Start) < Today).ToList();
        foreach (var account in MadeInputs.Organisation.Accounts)
            foreach (var region in new[] { East, "eu-west-1", West })
                foreach (var (model, metered) in await ByModelAsync(account.Id, region, "OutputTokenCount", from, Today))
                {
                    var recorded = bedrock.Where(c => c.Account == account.Id && c.Region == region && c.Model == model).Sum(c => c.Output);
                    if (region == West) Assert.Equal(0, recorded);
                    else if (account.Id == MadeInputs.Payer && model.Contains("sonnet", StringComparison.Ordinal) && region == East) Assert.InRange(recorded / metered, 0.95, 0.995);
                    else Assert.Equal(metered, recorded);
                }
    }

    [Fact]
    public async Task Metered_in_five_minutes_is_metered_in_hours()
    {
        var hours = await MeteredAsync(MadeInputs.Payer, "InputTokenCount", Today.AddDays(-3), Today.AddDays(1));
        var minutes = await MeteredAsync(MadeInputs.Payer, "InputTokenCount", Today.AddDays(-3), Today.AddDays(1), 300);
        Assert.Equal(hours, minutes);
    }

    private static bool IsToken(BilledGroup line, string marketplace, string aws) =>
        line.Key2.Contains("_" + marketplace, StringComparison.Ordinal) || line.Key2.EndsWith("-" + aws, StringComparison.Ordinal);

    private static decimal Scale(BilledGroup line) => line.Key2.Contains("-MP:", StringComparison.Ordinal) ? 1_000_000m : 1_000m;

    private static async Task<double> MeteredAsync(string account, string metric, DateOnly from, DateOnly to, int period = 3600)
    {
        var sum = 0.0;
        foreach (var region in new[] { East, "eu-west-1", West })
            sum += (await ByModelAsync(account, region, metric, from, to, period)).Sum(m => m.Value);
        return sum;
    }

    private static async Task<List<(string Model, double Value)>> ByModelAsync(string account, string region, string metric, DateOnly from, DateOnly to, int period = 3600)
    {
        using var list = JsonDocument.Parse(await MadeInputs.AskAsync("monitoring", region, "GraniteServiceVersion20100801.ListMetrics",
            $$"""{"Namespace":"AWS/Bedrock","MetricName":"{{metric}}"}""", account));
        var models = list.RootElement.GetProperty("Metrics").EnumerateArray().Select(m => m.GetProperty("Dimensions")[0].GetProperty("Value").GetString()!).ToList();
        var found = new List<(string, double)>();
        foreach (var model in models)
        {
            string? token = null;
            var sum = 0.0;
            do
            {
                using var data = JsonDocument.Parse(await MadeInputs.AskAsync("monitoring", region, "GraniteServiceVersion20100801.GetMetricData", $$$"""
                    {"StartTime":{{{Seconds(from)}}},"EndTime":{{{Seconds(to)}}},"MaxDatapoints":500{{{(token is null ? "" : $",\"NextToken\":\"{token}\"")}}},
                    "MetricDataQueries":[{"Id":"q","MetricStat":{"Metric":{"Namespace":"AWS/Bedrock","MetricName":"{{{metric}}}",
                    "Dimensions":[{"Name":"ModelId","Value":"{{{model}}}"}]},"Period":{{{period}}},"Stat":"Sum"}}]}
                    """, account));
                foreach (var result in data.RootElement.GetProperty("MetricDataResults").EnumerateArray()) sum += result.GetProperty("Values").EnumerateArray().Sum(v => v.GetDouble());
                token = data.RootElement.TryGetProperty("NextToken", out var next) ? next.GetString() : null;
            }
            while (token is not null);
            found.Add((model, sum));
        }
        return found;
    }

    private static long Seconds(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds();
}
