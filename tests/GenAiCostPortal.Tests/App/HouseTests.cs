using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace GenAiCostPortal.App;

/// <summary>The borders that the compiler does not hold by itself (architecture, invariant 5), and the words of folders.</summary>
public sealed partial class HouseTests
{
    private static readonly string Root = FindRoot();

    [Theory]
    [InlineData("Microsoft.AspNetCore")]
    [InlineData("AWSSDK")]
    [InlineData("Radzen")]
    [InlineData("Quartz")]
    [InlineData("Google.Protobuf")]
    public void The_ledger_references_no_web_cloud_or_interface_package(string forbidden) =>
        Assert.DoesNotContain(References("GenAiCostPortal.Ledger"), r => r.StartsWith(forbidden, StringComparison.Ordinal));

    [Fact]
    public void The_sources_know_no_page() =>
        Assert.DoesNotContain(References("GenAiCostPortal.Sources"), r => r is "GenAiCostPortal" || r.StartsWith("Radzen", StringComparison.Ordinal));

    [Fact]
    public void The_check_of_references_sees_what_is_there() =>
        Assert.Contains(References("GenAiCostPortal.Sources"), r => r.StartsWith("Quartz", StringComparison.Ordinal));

    [Fact]
    public void Pages_name_no_store_context_and_no_cloud_type()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Root, "src", "GenAiCostPortal", "Pages"), "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        Assert.Empty(files.Where(f => Breaks(File.ReadAllText(f))).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("@inject IDbContextFactory<LedgerDb> Stores", true)]
    [InlineData("using Microsoft.EntityFrameworkCore;", true)]
    [InlineData("using Amazon.Runtime;", true)]
    [InlineData("@inject SpendReport Report", false)]
    public void The_check_of_pages_tells_a_breach_from_a_report(string line, bool breaks) => Assert.Equal(breaks, Breaks(line));

    [Fact]
    public void Folders_are_words_of_the_field()
    {
        var folders = Directory.EnumerateDirectories(Path.Combine(Root, "src"), "*", SearchOption.AllDirectories).Select(Path.GetFileName);
        Assert.DoesNotContain(folders, f => f is "Services" or "Helpers" or "Utils" or "Common" or "Dtos" or "Managers" or "Infrastructure");
    }

    [Fact]
    public void No_source_file_has_more_than_300_lines()
    {
        var long_ = Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.*", SearchOption.AllDirectories)
            .Where(f => (f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal))
                && !f.Contains("Migrations", StringComparison.Ordinal) && !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(f => File.ReadLines(f).Count() > 300).Select(Path.GetFileName);
        Assert.Empty(long_);
    }

    private static bool Breaks(string text) => Forbidden().IsMatch(text);

    private static List<string> References(string assembly) => [.. Assembly.Load(assembly).GetReferencedAssemblies().Select(r => r.Name ?? "")];

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "GenAiCostPortal.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests run outside the source tree.");
    }

    [GeneratedRegex(@"Microsoft\.EntityFrameworkCore|\bLedgerDb\b|DbContext|\bAmazon\.|OpenTelemetry\.Proto")]
    private static partial Regex Forbidden();
}
