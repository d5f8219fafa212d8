using System.Globalization;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.Aws;
using Xunit;
using static GenAiCostPortal.Sources.CostExplorer.BorderBench;

namespace GenAiCostPortal.Sources.CostExplorer;

/// <summary>The border by rules made at random.</summary>
public sealed class BorderOfAnyRulesTests
{
    [Fact]
    public async Task Whatever_the_rules_in_scope_and_outside_are_the_whole_and_Cost_Explorer_decides_as_an_export_does()
    {
        await using var bench = await OpenAsync();
        var random = new Random(20261122);
        string[] services = ["Amazon Bedrock", Lambda, Search, S3], types = ["EU-SearchOCU", "Lambda-GB-Second", "Request"], accounts = [Payer, Product], centers = ["", "ai", "web", "AI-lab"];
        T Any<T>(T[] of) => of[random.Next(of.Length)];
        for (var round = 0; round < 12; round++)
        {
            // Above $1 an account, so that tags are asked for everywhere.
            TestLine[] lines = [.. Enumerable.Range(0, 40).Select(_ => new TestLine($"2026-11-{random.Next(10, 13)}", Any(accounts), Any(services), Any(types), 2 + random.Next(1, 4000) / 100m, random.Next(1, 99), "Units",
                Tag: random.Next(4) == 0 ? "chat" : "") { Tags = Any(centers) is { Length: > 0 } c ? Tags(c) : new Dictionary<string, string>() })];
            bench.Server.Bill.Lines.Clear();
            bench.Server.Bill.Lines.AddRange(lines);
            var rules = Enumerable.Range(1, random.Next(1, 5)).Select(i => Rule(i)).ToList();
            var read = await ReadAsync(bench, rules);
            foreach (var day in lines.GroupBy(l => l.Day))
            {
                var date = DateOnly.ParseExact(day.Key, "yyyy-MM-dd", CultureInfo.InvariantCulture);
                var inScope = read.Lines.Where(l => l.Day == date).Sum(l => l.AmountUsd);
                Assert.Equal(day.Sum(l => l.Usd), inScope + read.OutsideScope.Where(o => o.Day == date).Sum(o => o.AmountUsd));
                // Decided line by line, as an export is.
                var border = await bench.Portal.Get<BorderReader>().ReadAsync(rules);
                Assert.Equal(day.Where(l => border.IsListed(l.Service) || l.Tag.Length > 0
                    || border.Of(new BorderLine(date, l.Account, "", l.Service, l.UsageType, TagSet.Write(l.Tags))) is not null).Sum(l => l.Usd), inScope);
            }
        }

        OwnerRule Rule(int id)
        {
            var conditions = new List<RuleCondition>();
            if (random.Next(2) == 0) conditions.Add(new(RuleSubject.Tag, Any([RuleMatch.Is, RuleMatch.StartsWith, RuleMatch.Contains]), Any(["ai", "web", "a"]), "CostCenter"));
            if (conditions.Count == 0 || random.Next(2) == 0) conditions.Add(new(RuleSubject.Service, Any([RuleMatch.Is, RuleMatch.Contains]), Any([Lambda, Search, "Amazon Simple Storage Service"])));
            if (random.Next(2) == 0) conditions.Add(new(RuleSubject.Account, Any([RuleMatch.Is, RuleMatch.IsNot]), Any(accounts)));
            if (random.Next(2) == 0) conditions.Add(new(RuleSubject.UsageType, Any([RuleMatch.Contains, RuleMatch.IsNot]), Any(types)));
            return new OwnerRule { Id = id, Position = id, Name = $"rule {id}", Feature = "f", Conditions = RuleText.Of(conditions), EffectiveFrom = random.Next(3) == 0 ? new DateOnly(2026, 11, 11) : null };
        }
    }
}
