namespace GenAiCostPortal.Ledger.Assessment;

/// <summary>The four areas of the assessment, in order.</summary>
public enum AssessmentArea { Visibility, Architecture, Observability, Guardrails }

/// <summary>Which literal answer is the good one.</summary>
public enum Polarity { YesIsGood, YesIsBad }

/// <summary>What to do when the answer is bad.</summary>
/// <param name="Title">The first step as an instruction.</param>
/// <param name="Steps">How, in order.</param>
/// <param name="PagePath">Page of the portal that helps; empty when none does yet.</param>
public sealed record Playbook(string Title, IReadOnlyList<string> Steps, string PagePath = "");

/// <summary>A question of the assessment. Ids are stable: submissions refer to them for ever.</summary>
/// <param name="Number">1–16, as shown.</param>
/// <param name="Guidance">What a "yes" means in practice.</param>
/// <param name="HowMeasured">The rule by which the portal measures it (algorithms §12).</param>
public sealed record Question(
    string Id, int Number, AssessmentArea Area, string Text, Polarity Polarity, string Guidance, string HowMeasured, Playbook Playbook)
{
    /// <summary>Whether an answer counts for the score.</summary>
    public bool IsGood(AnswerChoice choice) => choice == (Polarity == Polarity.YesIsGood ? AnswerChoice.Yes : AnswerChoice.No);
}

/// <summary>The sixteen questions.</summary>
public static class Questionnaire
{
    public static readonly IReadOnlyList<Question> Questions =
    [
        new("V1", 1, AssessmentArea.Visibility, "Can GenAI spend be attributed to applications or features?", Polarity.YesIsGood,
            "Yes, if almost every billed dollar has a feature that somebody answers for, found by tags, logs or traces and not by estimate.",
            "measured share of billed dollars ≥ 90 % over 30 days",
            new("Give every call a feature",
                ["Set the span attribute genai.feature where requests enter the application.",
                 "Call models through application inference profiles that carry the GenAI:Workload tag.",
                 "Turn on model invocation logging in each region in use.",
                 "Look at the Unattributed row of Spend: its reasons say what is left."], "/spend")),
        new("V2", 2, AssessmentArea.Visibility, "Are the models in use known, each with a reason for its choice?", Polarity.YesIsGood,
            "Yes, if somebody can say of each model on the bill why it and not a smaller one is used.",
            "≥ 80 % of spend on models with a recorded reason",
            new("Record why each model is used",
                ["List the models of the last 30 days with their cost.",
                 "Write down for each the task, the quality it needs and the next cheaper model that was tried.",
                 "Look again when a price or a model changes."], "/spend?groupBy=model")),
        new("V3", 3, AssessmentArea.Visibility, "Can development and production costs be told apart?", Polarity.YesIsGood,
            "Yes, if every dollar carries an environment and no account mixes production with anything else.",
            "environment known for ≥ 95 % of dollars, and no account that mixes environments",
            new("Name the environment everywhere",
                ["Set deployment.environment.name on each service.",
                 "Activate the Environment tag for cost allocation.",
                 "Move experiments out of production accounts."], "/spend?groupBy=environment")),
        new("V4", 4, AssessmentArea.Visibility, "Are cost-allocation tags enabled and enforced?", Polarity.YesIsGood,
            "Yes, if the required tags are activated in the payer account and resources without them are refused or repaired.",
            "required tags on ≥ 90 % of dollars, all of them active",
            new("Activate the tags and refuse what lacks them",
                ["Activate Application, Environment, GenAI:Workload and GenAI:Model as cost-allocation tags.",
                 "Tag inference profiles, endpoints and knowledge bases.",
                 "Enforce with a tag policy or in the deployment pipeline."])),
        new("A1", 5, AssessmentArea.Architecture, "Do always-on endpoints serve workloads with little traffic?", Polarity.YesIsBad,
            "Yes, if an endpoint or provisioned throughput is paid by the hour and stands idle for most of it.",
            "any endpoint or provisioned throughput below 10 % use over 7 days",
            new("Turn off what stands idle",
                ["List endpoints and provisioned throughput with their use.",
                 "Move small workloads to on-demand or serverless inference.",
                 "Scale the rest to zero outside working hours."])),
        new("A2", 6, AssessmentArea.Architecture, "Could serverless inference reduce idle cost?", Polarity.YesIsBad,
            "Yes, if paying per token would be cheaper than the hours now paid for.",
            "a break-even in favour of on-demand exists",
            new("Compare hours with tokens",
                ["Take the tokens of the last 30 days at on-demand prices.",
                 "Set them against the hours billed.",
                 "Move where on-demand is cheaper at today's and at twice today's traffic."])),
        new("A3", 7, AssessmentArea.Architecture, "Are large models used for simple tasks?", Polarity.YesIsBad,
            "Yes, if a premium model classifies, extracts or answers in a sentence.",
            "right-size findings ≥ 5 % of spend",
            new("Try the next smaller model",
                ["Pick the features with short answers on premium models.",
                 "Run a quality check with the next smaller model of the family.",
                 "Route: small model first, large one when it is not sure."], "/spend?groupBy=feature,model")),
        new("A4", 8, AssessmentArea.Architecture, "Are retries and agent loops multiplying token usage?", Polarity.YesIsBad,
            "Yes, if failed attempts are repeated without limit, or agents run the same step over and over.",
            "cost of retries and loops ≥ 2 % of spend",
            new("Limit steps and attempts",
                ["Open the dearest traces with a loop or retries.",
                 "Give each agent a step limit and each call a number of attempts, with growing pauses.",
                 "Send the reason of a failed step back to the agent instead of asking again."], "/traces?hasLoop=true&sort=-costUsd")),
        new("O1", 9, AssessmentArea.Observability, "Are token counts known per feature?", Polarity.YesIsGood,
            "Yes, if for each feature the input, cached and output tokens of a day can be told.",
            "≥ 90 % of tokens with a feature over 30 days",
            new("Send tokens with a feature",
                ["Instrument model calls with OpenTelemetry and send them here.",
                 "Set genai.feature on the root span or the resource.",
                 "See on Sources which senders give no feature or no tokens."], "/sources")),
        new("O2", 10, AssessmentArea.Observability, "Are retries and failures visible?", Polarity.YesIsGood,
            "Yes, if a failed, throttled or repeated call leaves a trace with its reason.",
            "error data for ≥ 90 % of calls",
            new("Record each attempt",
                ["Make one span per attempt, with its status and error.type.",
                 "Turn off retries inside the SDK, or record their number.",
                 "Watch throttles per model."], "/traces?hasErrors=true")),
        new("O3", 11, AssessmentArea.Observability, "Can a user action be traced to its model call?", Polarity.YesIsGood,
            "Yes, if a request of a user and the calls it caused are in one trace.",
            "≥ 90 % of calls in a trace whose root is not the call itself",
            new("Start the trace where the user acts",
                ["Create the root span at the entry of the request.",
                 "Pass the trace context through queues and workflows.",
                 "Name the root after the workflow."], "/traces")),
        new("O4", 12, AssessmentArea.Observability, "Are usage spikes connected with cost increases?", Polarity.YesIsGood,
            "Yes, if a rise in tokens is explained in dollars, and the bill confirms it later.",
            "≥ 80 % of spikes explained and confirmed by the bill",
            new("Explain each spike in dollars",
                ["Compare the day with the days before by feature and model.",
                 "Say what moved: requests, calls per request, prompt length, price.",
                 "Check it against the bill when it arrives."], "/spend")),
        new("G1", 13, AssessmentArea.Guardrails, "Are budgets defined for GenAI?", Polarity.YesIsGood,
            "Yes, if teams or features have a limit for the month that somebody watches.",
            "≥ 90 % of spend under a budget",
            new("Give each team a budget",
                ["Take the last three months by team.",
                 "Agree on a limit and on who decides when it is reached.",
                 "Start with the dearest feature."], "/spend?groupBy=team")),
        new("G2", 14, AssessmentArea.Guardrails, "Do alerts arrive before a spike escalates?", Polarity.YesIsGood,
            "Yes, if somebody hears of an unusual hour on the same day, not with the bill.",
            "median alert at least 12 h before the bill",
            new("Alert on hours, not on bills",
                ["Send traces or metrics, so that cost is seen within minutes.",
                 "Name who is told for each team.",
                 "Rehearse: who stops a feature at night?"])),
        new("G3", 15, AssessmentArea.Guardrails, "Are prompt sizes bounded?", Polarity.YesIsGood,
            "Yes, if each feature has a longest prompt that its code enforces.",
            "every feature ≥ 1 % of spend declares a bound, none violated",
            new("Declare a longest prompt for each feature",
                ["Look at the longest prompts of the dearest feature.",
                 "Cut retrieved context and history to a number of tokens.",
                 "Refuse or shorten what is longer, and count how often."], "/traces?sort=-tokens")),
        new("G4", 16, AssessmentArea.Guardrails, "Are rate limits and timeouts enforced?", Polarity.YesIsGood,
            "Yes, if a feature cannot call more often or wait longer than declared.",
            "every feature ≥ 1 % of spend declares both, none violated",
            new("Set a rate limit and a timeout",
                ["Declare calls per minute and a longest wait for each feature.",
                 "Enforce them in the client or a gateway.",
                 "Count what they stop."], "/traces?sort=-durationMs")),
    ];

    private static readonly Dictionary<string, Question> ById = Questions.ToDictionary(q => q.Id, StringComparer.Ordinal);

    /// <summary>The question of an id, or null.</summary>
    public static Question? Find(string id) => ById.GetValueOrDefault(id);
}
