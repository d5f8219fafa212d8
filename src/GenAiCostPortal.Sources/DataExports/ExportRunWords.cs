using System.Globalization;
using GenAiCostPortal.Ledger.Feeds;
using GenAiCostPortal.Sources.Schedule;

namespace GenAiCostPortal.Sources.DataExports;

/// <summary>What a run over an export did, in words.</summary>
internal sealed class ExportRunWords
{
    private readonly List<string> _faults = [];
    private int _periods, _files;
    private long _lines, _cells, _moved, _capped;
    private string _cure = "";

    /// <summary>Periods whose delivery was read before.</summary>
    public int Unchanged { get; set; }

    public void Read(ExportPeriod period, int cells)
    {
        _periods++;
        _files += period.Files;
        _lines += period.Cells.Lines;
        _cells += cells;
        _moved += period.Cells.Moved;
        _capped += period.Cells.Capped;
    }

    public void Failed(ExportDelivery delivery, ExportFaultException fault)
    {
        _faults.Add($"{delivery.Period}: {fault.Message}");
        _cure = fault.Cure;
    }

    /// <summary>Sets outcome, message and cure of the run.</summary>
    public void End(JobRun run)
    {
        run.Outcome = _faults.Count > 0 ? (_periods + Unchanged > 0 ? FeedOutcome.Partial : FeedOutcome.Failed) : _periods > 0 ? FeedOutcome.Succeeded : FeedOutcome.NothingToDo;
        run.Cure = _cure;
        var words = new List<string>();
        if (_periods > 0) words.Add(string.Create(CultureInfo.InvariantCulture, $"{Count(_lines, "line")} of {Count(_files, "file")} read into {Count(_cells, "line")} of the bill, {Count(_periods, "billing period")}."));
        if (Unchanged > 0) words.Add($"{Count(Unchanged, "billing period")} unchanged.");
        if (_moved > 0) words.Add($"{Count(_moved, "line")} dated outside their billing period count on its first or last day.");
        if (_capped > 0) words.Add($"{Count(_capped, "line")} beyond {ExportCells.CellsAtMost.ToString("N0", CultureInfo.InvariantCulture)} combinations a month: their resources and callers are summed up.");
        if (_faults.Count > 0) words.Add(string.Join(" ", _faults.Take(3)));
        run.Message = words.Count > 0 ? string.Join(" ", words) : "No billing period lies in these days.";
    }

    private static string Count(long number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}{(number == 1 ? "" : "s")}");
}
