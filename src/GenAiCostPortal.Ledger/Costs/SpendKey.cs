using System.Runtime.CompilerServices;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>One number per <see cref="SpendDimension"/>: a dimension value's id, or an enum's value + 1. 0 = not known.</summary>
[InlineArray(Size)]
internal struct SpendKey
{
    public const int Size = 16;
    private int _first;

    public int this[SpendDimension dimension]
    {
        readonly get => this[(int)dimension];
        set => this[(int)dimension] = value;
    }
}
