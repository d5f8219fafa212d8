namespace GenAiCostPortal.Sources.DataExports;

/// <summary>Callers as the ledger keeps them.</summary>
internal static class ExportPrincipals
{
    /// <summary>
    /// An assumed role without its session: a session is a task or a moment, and there is no end of them. Where people sign in
    /// through IAM Identity Center, the session is the person and stays.
    /// </summary>
    public static string Of(string arn)
    {
        const string assumed = ":assumed-role/";
        var at = arn.IndexOf(assumed, StringComparison.Ordinal);
        if (at < 0 || arn.AsSpan(at + assumed.Length).StartsWith("AWSReservedSSO_", StringComparison.Ordinal)) return arn;
        var session = arn.IndexOf('/', at + assumed.Length);
        return session < 0 ? arn : arn[..session];
    }
}
