using System.Runtime.CompilerServices;
using Xunit;

namespace GenAiCostPortal.Sources.Sample;

public sealed class MadeBordersTests
{
    [Fact]
    public void The_sample_knows_neither_the_store_nor_a_writer_nor_the_price_book()
    {
        string[] forbidden = ["Ledger.Store", "LedgerDb", "DbContext", "TraceWriter", "BillWriter", "MeterWriter", "PriceFinder", "PriceBook", "Ledger.Prices", "WriteGate"];
        var files = Directory.GetFiles(Folder(), "*.cs");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            Assert.All(forbidden, word => Assert.False(text.Contains(word, StringComparison.Ordinal), $"{Path.GetFileName(file)} names {word}"));
        }
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/GenAiCostPortal.Sources/Sample"));
}
