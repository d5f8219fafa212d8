using System.Globalization;
using GenAiCostPortal.Ledger.Traces;

namespace GenAiCostPortal.Ledger.Usage;

/// <summary>How a call ended, from the error's name, the HTTP status and the status message, in this order.</summary>
internal static class CallOutcome
{
    private static readonly (string Part, CallStatus Status)[] Names =
    [
        ("throttl", CallStatus.Throttled), ("toomanyrequests", CallStatus.Throttled), ("ratelimit", CallStatus.Throttled),
        ("servicequota", CallStatus.Throttled), ("quotaexceeded", CallStatus.Throttled), ("insufficientquota", CallStatus.Throttled),
        ("resourceexhausted", CallStatus.Throttled), ("overloaded", CallStatus.Throttled), ("slowdown", CallStatus.Throttled),
        ("accessdenied", CallStatus.Denied), ("unauthori", CallStatus.Denied), ("notauthori", CallStatus.Denied),
        ("unauthenticated", CallStatus.Denied), ("authentication", CallStatus.Denied), ("forbidden", CallStatus.Denied),
        ("permission", CallStatus.Denied), ("unrecognizedclient", CallStatus.Denied), ("expiredtoken", CallStatus.Denied),
        ("invalidsignature", CallStatus.Denied), ("invalidapikey", CallStatus.Denied), ("credential", CallStatus.Denied),
        ("timeout", CallStatus.Timeout), ("timedout", CallStatus.Timeout), ("deadline", CallStatus.Timeout),
        ("cancel", CallStatus.Cancelled), ("abort", CallStatus.Cancelled), ("generatorexit", CallStatus.Cancelled),
        ("validation", CallStatus.Invalid), ("badrequest", CallStatus.Invalid), ("invalidrequest", CallStatus.Invalid),
        ("notfound", CallStatus.Invalid), ("unprocessable", CallStatus.Invalid), ("contextlength", CallStatus.Invalid),
        ("toolarge", CallStatus.Invalid), ("unsupported", CallStatus.Invalid), ("invalidparameter", CallStatus.Invalid),
    ];

    private static readonly (string Part, CallStatus Status)[] Messages =
    [
        ("rate limit", CallStatus.Throttled), ("too many requests", CallStatus.Throttled), ("throttl", CallStatus.Throttled),
        ("access denied", CallStatus.Denied), ("don't have access", CallStatus.Denied), ("not authorized", CallStatus.Denied),
        ("timed out", CallStatus.Timeout), ("timeout", CallStatus.Timeout), ("cancel", CallStatus.Cancelled), ("aborted", CallStatus.Cancelled),
    ];

    public static CallStatus Of(Span span, SpanFacts facts)
    {
        var type = facts.Text(SpanField.ErrorType);
        var http = facts.Count(SpanField.HttpStatus) ?? 0;
        if (span.Status != SpanStatus.Error && type is null && http < 400) return CallStatus.Ok;
        return OfName(type) ?? OfHttp(http) ?? OfMessage(span.StatusMessage) ?? CallStatus.Error;
    }

    private static CallStatus? OfName(string? type)
    {
        if (type is null) return null;
        if (long.TryParse(type, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return OfHttp(number);
        // RateLimitError, rate_limit_error and "rate limit" are one name.
        var name = type.Length > 256 ? type[..256] : type;
        name = name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return Match(Names, name);
    }

    private static CallStatus? OfHttp(long status) => status switch
    {
        429 or 529 => CallStatus.Throttled,
        401 or 403 or 407 => CallStatus.Denied,
        400 or 404 or 405 or 409 or 413 or 415 or 422 => CallStatus.Invalid,
        408 or 504 => CallStatus.Timeout,
        499 => CallStatus.Cancelled,
        _ => null,
    };

    private static CallStatus? OfMessage(string message)
    {
        if (message.Length >= 3 && (message.Length == 3 || !char.IsAsciiDigit(message[3]))
            && long.TryParse(message.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && OfHttp(status) is { } found) return found;
        return Match(Messages, message);
    }

    private static CallStatus? Match((string Part, CallStatus Status)[] table, string text)
    {
        foreach (var (part, status) in table)
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase)) return status;
        return null;
    }
}
