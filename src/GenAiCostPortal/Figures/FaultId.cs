using System.Security.Cryptography;

namespace GenAiCostPortal.Figures;

/// <summary>A short id that is on the screen and in the log, in place of an exception's text.</summary>
public static class FaultId
{
    public static string New() => RandomNumberGenerator.GetHexString(8, lowercase: true);
}
