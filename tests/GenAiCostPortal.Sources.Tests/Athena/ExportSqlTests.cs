using System.Text.RegularExpressions;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Sources.Aws;
using GenAiCostPortal.Sources.DataExports;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace GenAiCostPortal.Sources.Athena;

/// <summary>The text of the query over an export. What it means was compared once with the reader of files on another engine (docs/decisions.md).</summary>
public sealed class ExportSqlTests
{
    private static readonly DateOnly Period = new(2026, 11, 1);
    private static readonly TableColumn[] Cur =
    [
        new("line_item_usage_start_date", "timestamp(3)"), new("line_item_usage_account_id", "string"), new("line_item_line_item_type", "string"), new("line_item_usage_type", "string"),
        new("line_item_product_code", "string"), new("line_item_unblended_cost", "double"), new("resource_tags", "map<string,string>"), new("bill_billing_period_start_date", "timestamp"),
    ];
    private static readonly TableColumn[] Focus =
        [new("chargeperiodstart", "timestamp"), new("chargecategory", "string"), new("servicename", "string"), new("tags", "map<string,string>"), new("billedcost", "double"), new("billingperiodstart", "timestamp")];

    private static string CurSql(IEnumerable<TableColumn> columns, ScopeBorder? border = null, params string[] tags) =>
        new ExportSql([.. columns], [], new KeptTags(new OwnerTagKeys(), tags), border ?? ScopeBorder.WithoutRules(new OwnerKeys())).Of("db", "t", ExportFormat.Cur2, Period);

    private static OwnerRule Rule(int id, params RuleCondition[] conditions) => new() { Id = id, Name = $"r{id}", Feature = "f", Conditions = RuleText.Of(conditions) };

    private static async Task<string> SqlOfRulesAsync(IEnumerable<TableColumn> columns, params OwnerRule[] rules)
    {
        await using var bench = await ExportBench.OpenAsync();
        return CurSql(columns, await bench.Portal.Get<BorderReader>().ReadAsync(rules));
    }

    [Fact]
    public void The_query_has_the_ledgers_grain_and_only_what_the_table_has()
    {
        var sql = CurSql(Cur, null, "Cost Center'; DROP");
        Assert.Contains("sum(CAST(\"line_item_unblended_cost\" AS decimal(38, 12))) AS \"line_item_unblended_cost\"", sql, StringComparison.Ordinal);
        Assert.EndsWith("GROUP BY 1, 2, 3, 4, 5, 6, 7", sql, StringComparison.Ordinal);
        Assert.Contains("WHERE substr(CAST(\"bill_billing_period_start_date\" AS varchar), 1, 7) = '2026-11'", sql, StringComparison.Ordinal);
        Assert.Contains("IN ('application', 'costcenterdrop', 'environment', 'genaimodel', 'genaiworkload', 'team')", sql, StringComparison.Ordinal);
        Assert.DoesNotContain("iam_principal", sql, StringComparison.Ordinal);
        Assert.DoesNotContain("product\"", sql.Replace("product_", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var fault = Assert.Throws<ExportFaultException>(() => new ExportSql(Cur, [], new KeptTags(new OwnerTagKeys(), []), ScopeBorder.WithoutRules(new OwnerKeys())).Of("db", "t", ExportFormat.Focus, Period));
        Assert.Contains("chargeperiodstart", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_rule_says_means_nothing_to_SQL()
    {
        await using var bench = await ExportBench.OpenAsync();
        var border = await bench.Portal.Get<BorderReader>().ReadAsync(
            [Rule(1, new(RuleSubject.Service, RuleMatch.Pattern, "a') OR ('1'='1*.$"), new(RuleSubject.Tag, RuleMatch.Is, "v'", "Cost'Center"))]);
        var sql = new ExportSql(Focus, [], new KeptTags(new OwnerTagKeys(), ["Cost'Center"]), border).Of("db", "t", ExportFormat.Focus, Period);
        Assert.Contains("'(?is)^a.. OR ..1...1.*..$'", sql, StringComparison.Ordinal);
        Assert.Contains(" = 'costcenter' AND v <> ''", sql, StringComparison.Ordinal);
        Assert.DoesNotContain("v'", sql.Replace("'v'", "", StringComparison.Ordinal), StringComparison.Ordinal);
        // The same expression means the same to .NET: it takes what the list takes.
        var list = Regex.Match(sql, @"regexp_like\(portal_service, '(.*?)'\)").Groups[1].Value;
        foreach (var service in new[] { "Amazon Bedrock", "Claude 4 (Amazon Bedrock Edition)", "Amazon QuickSight", "Amazon Q Business", "AWS Lambda" })
            Assert.Equal(border.IsListed(service), Regex.IsMatch(service, list));
        // Numbers of letters are written differently for each engine of expressions: none are in it.
        Assert.DoesNotContain(@"\x", sql, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_names_no_product_is_named_as_the_reader_of_files_names_it()
    {
        var sql = CurSql([.. Cur, new("product", "map<string,string>")]);
        Assert.Contains("coalesce(nullif(element_at(\"product\", 'product_name'), ''), nullif(element_at(\"product\", 'ProductName'), ''), CASE \"line_item_product_code\" WHEN 'AmazonBedrock' THEN 'Amazon Bedrock' ", sql, StringComparison.Ordinal);
        Assert.Contains("WHEN 'AmazonKendra' THEN 'Amazon Kendra'", sql, StringComparison.Ordinal);
        Assert.Contains("ELSE \"line_item_product_code\" END, '') AS portal_service", sql, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_that_have_columns_of_their_own_are_kept_and_bring_their_lines_in()
    {
        var sql = CurSql([.. Cur.Where(c => c.Name != "resource_tags"), new("resource_tags_user_gen_a_i__workload", "string"), new("resource_tags_user_noise", "string"), new("cost_category_dept", "string")]);
        Assert.Contains("coalesce(\"resource_tags_user_gen_a_i__workload\", '') <> ''", sql, StringComparison.Ordinal);
        Assert.Contains("THEN coalesce(\"resource_tags_user_gen_a_i__workload\", '') ELSE '' END AS \"resource_tags_user_gen_a_i__workload\"", sql, StringComparison.Ordinal);
        Assert.Contains("AS \"cost_category_dept\"", sql, StringComparison.Ordinal);
        Assert.DoesNotContain("noise", sql, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_over_text_files_has_numbers_that_may_be_empty()
    {
        var sql = CurSql([.. Cur.Where(c => c.Name != "line_item_unblended_cost"), new("line_item_unblended_cost", "string"), new("line_item_net_unblended_cost", "double")]);
        Assert.Contains("sum(CAST(CASE WHEN \"line_item_unblended_cost\" IN ('', 'NULL', 'null') THEN NULL ELSE \"line_item_unblended_cost\" END AS decimal(38, 12)))", sql, StringComparison.Ordinal);
        // A line without a net cost costs what it costs, line by line.
        Assert.Contains("sum(coalesce(CAST(\"line_item_net_unblended_cost\" AS decimal(38, 12)), CAST(CASE", sql, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_for_a_resource_brings_only_the_lines_of_that_resource_in_whole()
    {
        var rule = Rule(1, new RuleCondition(RuleSubject.Resource, RuleMatch.Contains, "rag-indexer"));
        var sql = await SqlOfRulesAsync([.. Cur, new("line_item_resource_id", "string")], rule);
        Assert.Contains("OR ((regexp_like(coalesce(\"line_item_resource_id\", ''), '(?is)rag.indexer')))", sql, StringComparison.Ordinal);
        Assert.DoesNotContain("OR true", sql, StringComparison.Ordinal);
        // Without the column no line can meet it.
        Assert.Contains("OR (false)", await SqlOfRulesAsync(Cur, rule), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_is_also_found_by_the_name_that_people_gave_it()
    {
        await using var bench = await ExportBench.OpenAsync();
        await using (var db = await bench.Portal.Get<IDbContextFactory<LedgerDb>>().CreateDbContextAsync())
        {
            db.Resources.Add(new() { Arn = "arn:aws:lambda:us-east-1:1:function:fn7", Name = "rag-indexer", Kind = "lambda" });
            await db.SaveChangesAsync();
        }
        var border = await bench.Portal.Get<BorderReader>().ReadAsync([Rule(1, new RuleCondition(RuleSubject.Resource, RuleMatch.Is, "Rag-Indexer"))]);
        Assert.Contains("(?is)^(arn.aws.lambda.us.east.1.1.function.fn7)$", CurSql([.. Cur, new("line_item_resource_id", "string")], border), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_text_of_many_rules_is_short_enough_for_Athena()
    {
        var rules = Enumerable.Range(1, 200).Select(i => Rule(i, new(RuleSubject.Service, RuleMatch.Is, $"AWS Lambda {i}"), new(RuleSubject.Tag, RuleMatch.Is, "v", $"Key{i}"))).ToArray();
        // Athena takes 262,144 bytes.
        Assert.InRange((await SqlOfRulesAsync([.. Cur, new("product", "map<string,string>"), new("line_item_resource_id", "string"), new("pricing_unit", "string")], rules)).Length, 1_000, 200_000);
    }

    [Fact]
    public void Money_back_and_money_paid_are_not_added_up()
    {
        var sql = new ExportSql(Focus, [], new KeptTags(new OwnerTagKeys(), []), ScopeBorder.WithoutRules(new OwnerKeys())).Of("db", "t", ExportFormat.Focus, Period);
        Assert.Contains("CASE WHEN lower(\"chargecategory\") = 'adjustment' THEN CASE WHEN CAST(\"billedcost\" AS decimal(38, 12)) < 0 THEN 'back' ELSE 'paid' END ELSE '' END AS \"adjusts_billedcost\"", sql, StringComparison.Ordinal);
    }
}
