namespace GenAiCostPortal.Sources.DataExports;

/// <summary>What a CUR line costs in the chosen metric; amortised costs by AWS's own rules for reservations and savings plans.</summary>
internal sealed class Cur2Costs
{
    private readonly bool _isAmortised;
    private readonly int _unblended, _net, _reservationArn;
    private readonly int _planEffective, _planCommitment, _planUsed, _reservationEffective, _unusedUpfront, _unusedRecurring;

    public Cur2Costs(ExportColumns columns, string metric)
    {
        var isNet = metric.StartsWith("Net", StringComparison.OrdinalIgnoreCase);
        _isAmortised = metric.EndsWith("AmortizedCost", StringComparison.OrdinalIgnoreCase);
        _unblended = columns.Find("line_item_unblended_cost");
        // AWS has net columns only where discounts apply at all.
        _net = isNet ? columns.Find("line_item_net_unblended_cost") : -1;
        if (_unblended < 0 && _net < 0)
            throw new ExportFaultException("The export lacks line_item_unblended_cost.", "Add the column to the export's query, or choose all columns.");
        if (!_isAmortised) return;
        int Either(string net, string plain) => isNet ? columns.Find(net, plain) : columns.Find(plain);
        _planEffective = Either("savings_plan_net_savings_plan_effective_cost", "savings_plan_savings_plan_effective_cost");
        _planCommitment = columns.Find("savings_plan_total_commitment_to_date");
        _planUsed = columns.Find("savings_plan_used_commitment");
        _reservationArn = columns.Find("reservation_reservation_a_r_n");
        _reservationEffective = Either("reservation_net_effective_cost", "reservation_effective_cost");
        _unusedUpfront = Either("reservation_net_unused_amortized_upfront_fee_for_billing_period", "reservation_unused_amortized_upfront_fee_for_billing_period");
        _unusedRecurring = Either("reservation_net_unused_recurring_fee", "reservation_unused_recurring_fee");
    }

    /// <exception cref="FormatException">A cost is no number.</exception>
    public decimal Of(IExportRow row, string type)
    {
        if (!_isAmortised) return Plain(row);
        return type switch
        {
            "SavingsPlanCoveredUsage" when _planEffective >= 0 => Number(row, _planEffective),
            "SavingsPlanRecurringFee" when _planCommitment >= 0 && _planUsed >= 0 => Number(row, _planCommitment) - Number(row, _planUsed),
            "SavingsPlanNegation" or "SavingsPlanUpfrontFee" when _planEffective >= 0 => 0,
            "DiscountedUsage" when _reservationEffective >= 0 => Number(row, _reservationEffective),
            "RIFee" when _unusedRecurring >= 0 => Number(row, _unusedUpfront) + Number(row, _unusedRecurring),
            "Fee" when _reservationArn >= 0 && row[_reservationArn].Length > 0 => 0,
            _ => Plain(row),
        };
    }

    private decimal Plain(IExportRow row) => _net >= 0 && ExportColumns.Number(row[_net]) is { } net ? net : Number(row, _unblended);

    private static decimal Number(IExportRow row, int column) => ExportColumns.Number(row[column]) ?? 0;
}
