using System.Text.Json;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Store;
using Xunit;

namespace GenAiCostPortal.Ledger.Owners;

public sealed class KeptTagsTests
{
    [Theory]
    [InlineData("GenAI:Workload")]
    [InlineData("user_genai_workload")]
    [InlineData("user:GenAI:Workload")]
    [InlineData("resourceTags/user:GenAI:Workload")]
    [InlineData("resourceTags/GenAI:Workload")]
    [InlineData("iamPrincipal/genai-workload")]
    [InlineData("GENAI.WORKLOAD")]
    public void A_key_means_the_same_however_a_source_writes_it(string key)
    {
        Assert.Equal("genaiworkload", TagNames.Canonical(key));
        Assert.True(TagNames.AreSame(key, "GenAI:Workload"));
        Assert.Equal("GenAI:Workload", new KeptTags(new OwnerTagKeys(), []).NameOf(key));
    }

    [Fact]
    public void Keys_of_punctuation_alone_are_no_tag_and_a_key_that_is_only_a_head_stays()
    {
        Assert.False(TagNames.AreSame("--", "::"));
        Assert.Equal("user", TagNames.Canonical("user_"));
    }

    [Fact]
    public void Only_tags_that_can_say_an_owner_are_kept_and_the_resource_goes_before_its_caller()
    {
        var kept = new KeptTags(new OwnerTagKeys(), ["cost-center"]);
        var tags = kept.Of(
        [
            new("iamPrincipal/Team", "callers"), new("resourceTags/user_team", "owners"), new("user_cost_center", "4711"), new("Name", "web-1"),
            new("aws:cloudformation:stack-id", "x"), new("user_genai_workload", " chat "), new("iamPrincipal/genai_workload", "other"), new("Environment", " "),
        ], [new("Business Unit", "Retail")]);

        Assert.Equal("""{"Business Unit":"Retail","GenAI:Workload":"chat","Team":"owners","cost-center":"4711"}""", TagSet.Write(tags));
        Assert.Equal("chat", kept.FeatureOf(tags));
    }

    [Fact]
    public void A_set_is_one_name_whatever_the_order_and_reads_back()
    {
        var one = TagSet.Write(new Dictionary<string, string> { ["b"] = "2 \"quoted\"", ["a"] = "ü" });
        Assert.Equal(one, TagSet.Write(new Dictionary<string, string> { ["a"] = "ü", ["b"] = "2 \"quoted\"" }));
        Assert.Equal("2 \"quoted\"", TagSet.Find(TagSet.Read(one), "user_B"));
        Assert.Empty(TagSet.Read("(other)"));
        Assert.Equal("", TagSet.Write(new Dictionary<string, string>()));
    }

    [Fact]
    public void A_long_set_ends_whole_at_its_length()
    {
        var long1 = Enumerable.Range(0, 100).ToDictionary(i => $"key-{i:000}", i => new string('"', 50));
        var name = TagSet.Write(long1);
        Assert.InRange(name.Length, 500, TagSet.LengthAtMost);
        Assert.All(TagSet.Read(name), t => Assert.Equal(long1[t.Key], t.Value));
    }

    [Fact]
    public async Task Tags_that_owner_and_split_rules_name_are_kept()
    {
        await using var f = await LedgerFixture.CreateAsync();
        await using (var db = await f.OpenAsync())
        {
            db.OwnerRules.Add(new OwnerRule { Name = "one", Conditions = JsonSerializer.Serialize(new[] { new RuleCondition(RuleSubject.Tag, RuleMatch.Is, "x", "CostCenter") }) });
            db.SplitRules.Add(new SplitRule { Name = "two", Conditions = """[{"subject":"tag","match":"is","value":"y","key":"Product Line"}]""" });
            db.SplitRules.Add(new SplitRule { Name = "three", Conditions = "not json" });
            await db.SaveChangesAsync();
        }
        await using var read = await f.OpenAsync();
        var kept = await KeptTags.ReadAsync(read, new OwnerKeys());
        Assert.Equal(("CostCenter", "Product Line", null), (kept.NameOf("user_cost_center"), kept.NameOf("resourceTags/product_line"), kept.NameOf("Name")));
        Assert.NotEqual(kept.Fingerprint, new KeptTags(new OwnerTagKeys(), []).Fingerprint);
    }

    [Fact]
    public async Task Lines_that_differ_in_tags_resource_or_principal_are_lines_of_their_own()
    {
        await using var f = await TestBill.FixtureAsync();
        var day = new DateOnly(2026, 11, 10);
        var line = TestBill.Input(day, 1_000_000);
        BilledLineRead[] lines =
        [
            line, line with { Tags = new Dictionary<string, string> { ["Team"] = "a" } }, line with { ResourceId = "arn:aws:bedrock:us-east-1:1:application-inference-profile/x" },
            line with { Principal = "arn:aws:iam::111111111111:role/agent" }, line with { Principal = "arn:aws:iam::111111111111:role/agent" },
        ];
        var read = TestBill.Read(day, day.AddDays(1), new DateTime(2026, 11, 12, 6, 0, 0, DateTimeKind.Utc), lines);
        await f.Get<BillWriter>().ReplaceAsync(read);
        var ids = await f.ScalarAsync("SELECT SUM(Id) FROM billed_line");
        await f.Get<BillWriter>().ReplaceAsync(read with { ReadAt = read.ReadAt.AddHours(1) });

        Assert.Equal(4, await f.ScalarAsync("SELECT COUNT(*) FROM billed_line"));
        Assert.Equal(ids, await f.ScalarAsync("SELECT SUM(Id) FROM billed_line"));
        Assert.Equal(120_000_000, await f.ScalarAsync("SELECT AmountNanoUsd FROM billed_line WHERE PrincipalId > 0"));
        Assert.Equal(1, await f.ScalarAsync("""SELECT COUNT(*) FROM billed_line l JOIN dimension d ON d.Id = l.TagSetId WHERE d.Name = '{"Team":"a"}'"""));
    }
}
