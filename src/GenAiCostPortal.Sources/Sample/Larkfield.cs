using static GenAiCostPortal.Sources.Sample.SenderStyle;

namespace GenAiCostPortal.Sources.Sample;

/// <summary>Larkfield: who uses which model where, and how much on a usual weekday.</summary>
internal static class Larkfield
{
    public static readonly SampleAccount Production = new("442103556107", "Larkfield Production");
    public static readonly SampleAccount SearchPlatform = new("518846220934", "Larkfield Search");
    public static readonly SampleAccount NonProduction = new("730335481266", "Larkfield Non-production");

    public static readonly IReadOnlyList<SampleAccount> Accounts = [Production, SearchPlatform, NonProduction];

    /// <summary>Regions with GenAI usage; nothing is recorded in us-west-2.</summary>
    public static readonly IReadOnlyList<string> Regions = ["us-east-1", "eu-west-1", "us-west-2"];

    /// <summary>Regions in which an account uses a model.</summary>
    public static IEnumerable<string> RegionsOf(SampleAccount account) =>
        Regions.Where(region => Workloads.Any(w => w.Account == account.Id && w.Region == region));

    public static string UsagePrefix(string region) => region switch { "us-east-1" => "USE1", "us-west-2" => "USW2", _ => "EUW1" };

    /// <summary>Cost of contract-summary's calls follows the story; the others are set so that a usual weekday is the story's.</summary>
    public static IReadOnlyList<Workload> Workloads { get; } = [ContractSummary(), .. Support(), .. Others(), .. NotProduction(), .. Unseen()];

    private static Workload ContractSummary() => new(
        "contract-summary", Story.Told.Feature, Story.Told.Team, "contracts", "contract-api", "prod", Production.Id, "us-east-1",
        LangChainPython, Story.Told.Workflow, "/v1/contracts/{id}/summary", DayShape.Office, Story.Told.UsualDay.Requests, 0.20,
        true, 0.7m, 1m, 400, (double)Story.Told.Usual.ThrottledShareOfCalls,
        [new(Story.Told.ReleaseBefore, 400)], ContractSteps(Story.Told.Usual, "sonnet")) { Users = 46 };

    /// <summary>plan, the checks of the clauses, write: the looped step is the one whose count differs.</summary>
    public static Step[] ContractSteps(StoryFigures f, string model) =>
    [
        new("plan", model, (f.CallsPerRequest - f.LoopedStepCalls) / 2.0, f.InputTokensPerCall, f.OutputTokensPerCall, f.CacheReadTokensPerCall, f.CacheWriteTokensPerCall),
        new(Story.Told.LoopedStep, model, f.LoopedStepCalls, f.InputTokensPerCall, f.OutputTokensPerCall, f.CacheReadTokensPerCall, f.CacheWriteTokensPerCall),
        new("write", model, (f.CallsPerRequest - f.LoopedStepCalls) / 2.0, f.InputTokensPerCall, f.OutputTokensPerCall, f.CacheReadTokensPerCall, f.CacheWriteTokensPerCall),
    ];

    private static Workload[] Support()
    {
        Workload Copilot(string key, string region, string haiku, double requests) => new(
            key, "support-copilot", "Support", "support", "copilot", "prod", Production.Id, region,
            Strands, "answer-ticket", "/v1/tickets/{id}/answer", DayShape.Office, requests, 0.60, true, 0.90m, 1m, 400, 0.003,
            [new("7.3.0", 33), new("7.2.4", 400)],
            [new("understand", haiku, 1, 38_000, 400), new("answer", "sonnet", 1.2, 20_000, 1_300, 38_000, 2_200)]) { Users = 38 };

        return
        [
            Copilot("support-copilot", "us-east-1", "haiku", 140),
            Copilot("support-copilot-eu", "eu-west-1", "haiku-eu", 73),
            new("ticket-triage", "ticket-triage", "Support", "support", "triage", "prod", Production.Id, "us-east-1",
                OpenInference, "triage", "/v1/tickets", DayShape.Office, 60, 0.40, true, 0m, 1m, 400, 0,
                [new("3.1.2", 21), new("3.1.1", 400)],
                [new("classify", "haiku", 1, 46_000, 300), new("label", "nova-lite", 1, 12_000, 200)]),
        ];
    }

    private static Workload[] Others() =>
    [
        new("invoice-extraction", "invoice-extraction", "Billing", "invoices", "invoice-worker", "prod", Production.Id, "us-east-1",
            DotNet, "extract-invoice", "/v1/invoices", DayShape.Office, 140, 0.10, true, 1m, 1m, 400, 0.002,
            [new("1.14.3", 45), new("1.14.2", 400)],
            [new("classify", "classifier", 0.3, 1_200, 20), new("read", "pixtral", 0.15, 20_000, 1_500), new("extract", "nova-pro", 1, 60_000, 2_500)]),
        new("product-search", "product-search", "Search", "search", "search-api", "prod", SearchPlatform.Id, "us-east-1",
            AwsSdkJs, "search", "/v1/search", DayShape.Shop, 120, 0.90, true, 0m, 1m, 400, 0.002,
            [new("12.8.1", 9), new("12.8.0", 400)],
            [new("embed", "titan", 1, 8_000, 0, Operation: "embeddings"), new("rewrite", "nova-lite", 1, 3_000, 200), new("rank", "haiku", 1, 40_000, 300)]),
        new("catalog-enrichment", "catalog-enrichment", "Search", "catalog", "catalog-batch", "prod", SearchPlatform.Id, "us-east-1",
            OpenLlmetry, "enrich-products", "", DayShape.Night, 13, 1.0, true, 0m, 1m, 40, 0,
            [new("0.9.0", 400)],
            [new("enrich", "llama", 10, 61_000, 6_000)]),
        new("campaign-copy", "campaign-copy", "Growth", "campaigns", "copywriter", "prod", Production.Id, "us-east-1",
            VercelAi, "write-campaign", "/api/campaigns", DayShape.Office, 64, 0.08, true, 0m, 1m, 400, 0,
            [new("1.9.0", 26), new("1.8.2", 400)],
            [new("ideas", "gpt-oss", 1, 6_000, 2_000), new("draft", "nova-pro", 2, 12_000, 3_500), new("polish", "opus", 1, 8_000, 1_800), new("headline", "direct", 0.5, 6_000, 800)]) { Users = 9 },
    ];

    private static Workload[] NotProduction() =>
    [
        new("contract-summary-staging", Story.Told.Feature, Story.Told.Team, "contracts", "contract-api", "staging", NonProduction.Id, "us-east-1",
            LangChainPython, Story.Told.Workflow, "/v1/contracts/{id}/summary", DayShape.Office, 4, 0.25, true, 0m, 0m, 400, 0,
            [new("2.5.0-rc.1", 2), new("2.4.1", 12), new("2.4.0", 400)], ContractSteps(Story.Told.Usual, "sonnet")),
        new("support-copilot-dev", "support-copilot", "Support", "support", "copilot", "dev", NonProduction.Id, "us-east-1",
            Strands, "answer-ticket", "/v1/tickets/{id}/answer", DayShape.Office, 4, 0, true, 0m, 0m, 400, 0,
            [new("7.4.0-dev", 400)],
            [new("understand", "nova-micro", 1, 38_000, 400), new("answer", "sonnet", 1.25, 20_000, 1_300, 38_000, 2_200)]),
    ];

    /// <summary>Usage that no call is recorded of: a region without tracing, and a console playground beside the traced services.</summary>
    private static Workload[] Unseen() =>
    [
        new("west-reports", "", "", "", "", "prod", Production.Id, "us-west-2",
            DotNet, "", "", DayShape.Night, 18, 0.9, false, 0m, 0m, 400, 0, [new("", 400)],
            [new("report", "haiku", 1, 112_000, 1_800)]),
        new("playground", "", "", "", "", "prod", Production.Id, "us-east-1",
            DotNet, "", "", DayShape.Office, 14, 0.1, false, 0m, 0m, 400, 0, [new("", 400)],
            [new("try", "sonnet", 1, 12_000, 1_200)]),
    ];
}
