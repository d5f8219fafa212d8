using System.Text.RegularExpressions;
using GenAiCostPortal.Sources.Aws;
using Xunit;

namespace GenAiCostPortal.Sources.Schedule;

/// <summary>The roles that people are told to make allow what the feeds' plans need, feed by feed, and nothing else.</summary>
public sealed partial class RoleFilesTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public async Task CloudFormation_allows_exactly_what_the_plans_need()
    {
        var text = Read("docs/aws/role.yaml");
        var sections = Regex.Matches(text, @"(?ms)^  (\w+)Policy:\n(.*?)(?=^  \w|^\w|\z)");
        await AssertSameAsync("docs/aws/role.yaml", sections.ToDictionary(s => s.Groups[1].Value, s => Actions(s.Groups[2].Value)));
        foreach (Match section in sections)
        {
            var feed = section.Groups[1].Value;
            // A switch each: a parameter, its condition, and the policy under it.
            Assert.Matches($@"(?m)^  {feed}:\n    Type: String", text);
            Assert.Contains($"  {feed}IsOn: !Equals [!Ref {feed}, \"true\"]", text, StringComparison.Ordinal);
            Assert.Contains($"    Condition: {feed}IsOn\n", section.Value, StringComparison.Ordinal);
            Assert.Contains($"      PolicyName: {feed}\n", section.Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Terraform_allows_exactly_what_the_plans_need()
    {
        var text = Read("docs/aws/role.tf");
        var sections = Regex.Matches(text, @"(?ms)^    (\w+) = \[\n(.*?)^    \]").ToDictionary(s => s.Groups[1].Value, s => Actions(s.Groups[2].Value));
        await AssertSameAsync("docs/aws/role.tf", sections);
        var allowed = Regex.Match(text, @"setsubtract\(var\.feeds, \[(.*?)\]").Groups[1].Value;
        Assert.Equal(sections.Keys.Order(StringComparer.Ordinal), Regex.Matches(allowed, @"\w+").Select(m => m.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_policy_of_the_README_is_that_of_all_feeds()
    {
        var policy = Regex.Match(Read("README.md"), @"(?s)""Sid"": ""GenAiCostPortalReads"".*?```").Value;
        var needs = (await NeedsAsync()).Values.SelectMany(n => n).ToHashSet(StringComparer.Ordinal);
        var wrong = Differences("README.md", "all feeds", Actions(policy), needs);
        Assert.True(wrong is "", wrong);
    }

    private static async Task AssertSameAsync(string file, Dictionary<string, HashSet<string>> allowed)
    {
        var needs = await NeedsAsync();
        var wrong = needs.Keys.Union(allowed.Keys).Order(StringComparer.Ordinal)
            .Select(feed => Differences(file, feed, allowed.GetValueOrDefault(feed) ?? [], needs.GetValueOrDefault(feed) ?? []));
        // Not Equal: it would cut the list short.
        Assert.True(string.Concat(wrong) is "", string.Concat(wrong));
    }

    private static string Differences(string file, string feed, HashSet<string> allowed, HashSet<string> needed)
    {
        var missing = string.Join(", ", needed.Except(allowed).Order(StringComparer.Ordinal));
        var extra = string.Join(", ", allowed.Except(needed).Order(StringComparer.Ordinal));
        return (missing.Length > 0 ? $"{file} lacks for {feed}: {missing}\n" : "") + (extra.Length > 0 ? $"{file} allows for {feed} what its plan does not need: {extra}\n" : "");
    }

    /// <summary>Ways to set the feeds up: what a plan needs may follow from them. A feed with two ways has both here.</summary>
    private static IEnumerable<AwsOptions> SetUps()
    {
        yield return new AwsOptions();
        yield return new AwsOptions { Connections = [new AwsConnectionOptions { Name = "Payer" }], PriceList = { Connection = "Payer" } };
    }

    /// <summary>What the plans of every registered feed name; feeds on nothing of AWS need no role.</summary>
    private static async Task<Dictionary<string, HashSet<string>>> NeedsAsync()
    {
        var needs = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var options in SetUps())
        {
            await using var portal = await TestPortal.OpenAsync(options, TimeProvider.System);
            foreach (var plan in portal.Get<IEnumerable<IScheduledJob>>().SelectMany(j => j.Plans("", () => null)).Where(p => p.Needs.Count > 0))
                if (needs.TryGetValue(plan.Feed, out var known)) known.UnionWith(plan.Needs);
                else needs[plan.Feed] = [.. plan.Needs];
        }
        return needs;
    }

    private static HashSet<string> Actions(string text) => [.. Action().Matches(text).Select(m => m.Groups[1].Value)];

    private static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "GenAiCostPortal.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests run outside the repository.");
    }

    // An item of YAML, or a text of Terraform or JSON; arn:… and sts:ExternalId are none.
    [GeneratedRegex(@"(?m)(?:^\s*- |"")([a-z][a-z0-9-]*:[A-Z][A-Za-z]+)(?:""|$)")]
    private static partial Regex Action();
}
