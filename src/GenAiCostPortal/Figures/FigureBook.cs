namespace GenAiCostPortal.Figures;

/// <summary>Which numbers stand behind a figure.</summary>
public enum FigureInputs
{
    /// <summary>Bill and ledger of the period: billed, estimated, methods.</summary>
    Bill,
    /// <summary>Recorded calls of the period: calls, tokens, requests, unpriced ones.</summary>
    Calls,
    /// <summary>What the page itself hands over.</summary>
    Given,
}

/// <summary>What a figure is, in words. The whole rule stands on the docs page.</summary>
/// <param name="Formula">The rule in one or two sentences.</param>
/// <param name="Section">Anchor of the docs page.</param>
public sealed record FigureDefinition(string Id, string Title, string Formula, FigureInputs Inputs, string Section);

/// <summary>Every figure that can say how it was made.</summary>
public static class FigureBook
{
    private static readonly Dictionary<string, FigureDefinition> ById = new FigureDefinition[]
    {
        new("spend.total", "Spend of the period", "Billed dollars of the ledger, plus what is recorded or metered above the bill on days that are still open, at the price of the day.", FigureInputs.Bill, "ledger"),
        new("spend.billed", "Billed", "The lines of the AWS bill in the GenAI scope. Each line is split among owners; the parts of a line add up to it to the nano-dollar.", FigureInputs.Bill, "ledger"),
        new("spend.estimated", "Not yet billed", "Tokens that were recorded by calls or metered by CloudWatch and are above the quantity billed so far, times the price of their kind at that time.", FigureInputs.Bill, "open-days"),
        new("bill.explained", "Explained share of the bill", "Billed usage dollars with an owner ÷ all billed usage dollars in the GenAI scope. Measured: by tag, principal, invocation log, trace, metric or resource; Trace (sampled), where it is switched on, is measured with an estimate and shown apart. Declared: by owner rule or split rule.", FigureInputs.Bill, "methods"),
        new("bill.billed", "The AWS bill, GenAI scope", "Sum of the lines of the bill: every line of a GenAI service, and tagged usage of other services. Read from AWS, never changed here.", FigureInputs.Bill, "scope"),
        new("bill.measured", "Measured dollars", "Billed dollars whose owner was found by tag, principal, invocation log, trace, metric or resource.", FigureInputs.Bill, "methods"),
        new("bill.declared", "Declared dollars", "Billed dollars whose owner somebody declared: by an owner rule, or by a split rule for shared costs.", FigureInputs.Bill, "methods"),
        new("bill.unattributed", "Unattributed dollars", "What is left of the bill after every method. Each dollar carries its reason.", FigureInputs.Bill, "reasons"),
        new("unit.request", "Cost per 1,000 requests", "Cost of the calls inside recorded traces at the price of their time ÷ requests × 1,000. Never the bill ÷ requests: calls without a trace belong to no request. A request of a sampled trace counts 1 ÷ its sampling probability, and so does its cost, where the sender says that probability; where it does not, a sampled trace cannot be told from another.", FigureInputs.Calls, "unit-costs"),
        new("unit.request-p95", "Cost of a request, 95th percentile", "95 of 100 recorded requests cost at most this. Read from the requests themselves, never from averages of percentiles.", FigureInputs.Calls, "percentiles"),
        new("unit.call", "Cost per 1,000 calls", "Estimated cost of recorded calls ÷ billable calls × 1,000. Throttled and refused calls cost nothing and are not billable.", FigureInputs.Calls, "unit-costs"),
        new("unit.tokens", "Cost per 1 M tokens", "Estimated cost of recorded calls ÷ all their tokens, prompt and output together.", FigureInputs.Calls, "unit-costs"),
        new("unit.user", "Cost per user", "Cost of the requests that name a user ÷ distinct users over whole UTC days. Users are counted within 2 %; their names are not kept.", FigureInputs.Calls, "unit-costs"),
        new("unit.floor", "Fixed overhead per call", "10th percentile of the prompt tokens of a call: what even the shortest calls send, usually the system prompt and tool descriptions.", FigureInputs.Calls, "unit-costs"),
        new("unit.priced", "Calls with a known cost", "Billable calls that have token counts and a price for every kind of token ÷ billable calls. A missing price is never zero.", FigureInputs.Calls, "prices"),
        new("usage.burn", "Token burn", "Tokens of the calls recorded in the last whole hour; compared with the same hour a week before.", FigureInputs.Calls, "tokens"),
        new("usage.tokens", "Tokens", "Uncached input + cache reads + cache writes + output of recorded calls, and what metrics count beyond them. The kinds do not overlap; reasoning is part of the output.", FigureInputs.Calls, "tokens"),
        new("usage.requests", "Requests", "Traces with at least one model call, counted once, at the start of their root.", FigureInputs.Calls, "usage"),
        new("usage.calls", "Calls", "Every attempt to call a model, failed and throttled ones included. An agent's span that only sums up its calls is none.", FigureInputs.Calls, "tokens"),
        new("usage.cache", "Cache hit ratio", "Prompt tokens read from a cache ÷ (uncached input + cache reads + cache writes).", FigureInputs.Calls, "usage"),
        new("usage.latency", "Call duration", "Percentiles from a histogram of all recorded calls, within 1 %. Percentiles of groups are merged from their histograms, never averaged.", FigureInputs.Calls, "percentiles"),
        new("usage.errors", "Failed calls", "Failed attempts ÷ calls. Throttled calls are part of them.", FigureInputs.Calls, "usage"),
        new("trace.cost", "Cost of a trace", "Sum over its calls of tokens × the price of their kind at the time of the call. Spans that only repeat the sum of others are left out.", FigureInputs.Given, "traces"),
        new("trace.calls", "Model calls", "Calls that were answered; failed attempts are counted beside them.", FigureInputs.Given, "tokens"),
        new("trace.tokens", "Tokens of a trace", "Disjoint kinds of all its calls: uncached input, cache reads, cache writes, output.", FigureInputs.Given, "tokens"),
        new("trace.duration", "Duration", "From the start of the first span to the end of the last; the share is the time in which at least one model call was under way.", FigureInputs.Given, "traces"),
        new("trace.loop", "Loop", "The same step (agent, tool or keyed prompt, and model) five times or more in a trace. Its cost is what is above the usual number of rounds.", FigureInputs.Given, "retries"),
        new("trace.retries", "Retries", "Failed attempts that a later sibling repeats within 120 s. Wasted is the cost of their billable tokens.", FigureInputs.Given, "retries"),
        new("evidence", "Evidence", "Measured over the last 30 days.", FigureInputs.Given, "assessment"),
    }.ToDictionary(f => f.Id);

    /// <exception cref="KeyNotFoundException">No figure has that id.</exception>
    public static FigureDefinition Of(string id) => ById[id];

    public static IReadOnlyCollection<FigureDefinition> All => ById.Values;
}
