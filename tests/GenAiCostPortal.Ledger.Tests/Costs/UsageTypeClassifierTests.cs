using GenAiCostPortal.Ledger.ModelNames;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Ledger.Usage;
using Xunit;

namespace GenAiCostPortal.Ledger.Costs;

public sealed class UsageTypeClassifierTests
{
    private const string Bedrock = "Amazon Bedrock";
    private const string Sonnet46 = "Claude Sonnet 4.6 (Amazon Bedrock Edition)";
    private const ServiceTier Standard = ServiceTier.Standard;
    private const RoutingScope Regional = RoutingScope.InRegion;
    private const RoutingScope Global = RoutingScope.Global;

    [Theory]
    // Model in the usage type.
    [InlineData(Bedrock, "USE1-Nova2.0Lite-input-tokens-flex", "amazon.nova-2-lite", TokenKind.Input, ServiceTier.Flex, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-Nova2.0Lite-input-tokens-cross-region-global", "amazon.nova-2-lite", TokenKind.Input, Standard, Global, "us-east-1")]
    [InlineData(Bedrock, "USE1-Nova2.0Lite-cache-read-input-token-count-cross-region-global", "amazon.nova-2-lite", TokenKind.CacheRead, Standard, Global, "us-east-1")]
    [InlineData(Bedrock, "USE1-Nova2.0Lite-output-tokens-custom-model", "amazon.nova-2-lite", TokenKind.Output, Standard, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-Claude4.6Sonnet-input-tokens", "anthropic.claude-sonnet-4-6", TokenKind.Input, Standard, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-Claude4.6Sonnet-cache-read-input-token-count", "anthropic.claude-sonnet-4-6", TokenKind.CacheRead, Standard, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-Claude4.6Sonnet-cache-write-input-token-count", "anthropic.claude-sonnet-4-6", TokenKind.CacheWrite5m, Standard, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-Claude4.6Sonnet-output-tokens-cross-region-global", "anthropic.claude-sonnet-4-6", TokenKind.Output, Standard, Global, "us-east-1")]
    [InlineData(Bedrock, "USE1-NovaPro-output-tokens", "amazon.nova-pro", TokenKind.Output, Standard, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-NovaPro-cache-read-input-token-count", "amazon.nova-pro", TokenKind.CacheRead, Standard, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-NovaPro-cache-write-input-token-count", "amazon.nova-pro", TokenKind.CacheWrite5m, Standard, Regional, "us-east-1")]
    [InlineData(Bedrock, "EU-NovaMicro-input-tokens-batch", "amazon.nova-micro", TokenKind.Input, ServiceTier.Batch, Regional, "eu-west-1")]
    [InlineData(Bedrock, "EUC1-Llama3-3-70B-output-tokens", "meta.llama3-3-70b-instruct", TokenKind.Output, Standard, Regional, "eu-central-1")]
    [InlineData(Bedrock, "USE2-Llama3-1-70B-LatencyOptimized-input-tokens", "meta.llama3-1-70b-instruct", TokenKind.Input, ServiceTier.LatencyOptimised, Regional, "us-east-2")]
    [InlineData(Bedrock, "USE1-Llama4-Maverick-17B-input-tokens-batch", "meta.llama4-maverick-17b-instruct", TokenKind.Input, ServiceTier.Batch, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-GPT-OSS-Safeguard-20B-input-tokens-priority", "openai.gpt-oss-safeguard-20b", TokenKind.Input, ServiceTier.Priority, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-Gemma-3-4B-IT-input-tokens-flex", "google.gemma-3-4b-it", TokenKind.Input, ServiceTier.Flex, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-MistralSmall-input-tokens-batch", "mistral.mistral-small-2402", TokenKind.Input, ServiceTier.Batch, Regional, "us-east-1")]
    [InlineData(Bedrock, "USW2-TitanEmbeddingV2-Text-input-tokens", "amazon.titan-embed-text-v2", TokenKind.Input, Standard, Regional, "us-west-2")]
    [InlineData(Bedrock, "UGW1-NovaPro-input-tokens", "amazon.nova-pro", TokenKind.Input, Standard, Regional, "us-gov-west-1")]
    // OpenAI-compatible endpoint.
    [InlineData(Bedrock, "USE1-openai.gpt-oss-120b-mantle-input-tokens-standard", "openai.gpt-oss-120b", TokenKind.Input, Standard, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-openai.gpt-oss-120b-mantle-output-tokens-priority", "openai.gpt-oss-120b", TokenKind.Output, ServiceTier.Priority, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-openai.gpt-oss-120b-mantle-cache-read-tokens-flex", "openai.gpt-oss-120b", TokenKind.CacheRead, ServiceTier.Flex, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-openai.gpt-5.6-sol-mantle-cache-write-tokens-30m-standard", "openai.gpt-5.6-sol", TokenKind.CacheWrite30m, Standard, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-qwen.qwen3-32b-mantle-input-tokens-standard", "qwen.qwen3-32b", TokenKind.Input, Standard, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-qwen.qwen3-coder-next-input-tokens-batch", "qwen.qwen3-coder-next", TokenKind.Input, ServiceTier.Batch, Regional, "us-east-1")]
    [InlineData(Bedrock, "USE1-qwen.qwen3-next-80b-a3b-instruct-mantle-input-tokens-standard", "qwen.qwen3-next-80b-a3b", TokenKind.Input, Standard, Regional, "us-east-1")]
    // Model in the service name.
    [InlineData(Sonnet46, "USE1-MP:USE1_InputTokenCount-Units", "anthropic.claude-sonnet-4-6", TokenKind.Input, Standard, Regional, "us-east-1")]
    [InlineData(Sonnet46, "USE1-MP:USE1_OutputTokenCount-Units", "anthropic.claude-sonnet-4-6", TokenKind.Output, Standard, Regional, "us-east-1")]
    [InlineData(Sonnet46, "USW2-MP:USW2_CacheReadInputTokenCount-Units", "anthropic.claude-sonnet-4-6", TokenKind.CacheRead, Standard, Regional, "us-west-2")]
    [InlineData(Sonnet46, "EUC1-MP:EUC1_CacheWriteInputTokenCount_Global-Units", "anthropic.claude-sonnet-4-6", TokenKind.CacheWrite5m, Standard, Global, "eu-central-1")]
    [InlineData(Sonnet46, "USE1-MP:USE1_CacheWrite1hInputTokenCount-Units", "anthropic.claude-sonnet-4-6", TokenKind.CacheWrite1h, Standard, Regional, "us-east-1")]
    [InlineData(Sonnet46, "USE1-MP:USE1_InputTokenCount_Global_Batch-Units", "anthropic.claude-sonnet-4-6", TokenKind.Input, ServiceTier.Batch, Global, "us-east-1")]
    [InlineData(Sonnet46, "USE1-MP:USE1_InputTokenCount_LatencyOptimized-Units", "anthropic.claude-sonnet-4-6", TokenKind.Input, ServiceTier.LatencyOptimised, Regional, "us-east-1")]
    [InlineData(Sonnet46, "USE1-MP:USE1_input_tokens_standard-Units", "anthropic.claude-sonnet-4-6", TokenKind.Input, Standard, Regional, "us-east-1")]
    [InlineData(Sonnet46, "USE1_input_tokens_standard-Units", "anthropic.claude-sonnet-4-6", TokenKind.Input, Standard, Regional, "us-east-1")]
    [InlineData(Sonnet46, "USE1-MP:USE1_input_tokens_global_standard-Units", "anthropic.claude-sonnet-4-6", TokenKind.Input, Standard, Global, "us-east-1")]
    [InlineData(Sonnet46, "USE1-MP:USE1_cache_read_tokens_global_standard-Units", "anthropic.claude-sonnet-4-6", TokenKind.CacheRead, Standard, Global, "us-east-1")]
    [InlineData(Sonnet46, "USE1-MP:USE1_cache_write_tokens_1h_global_standard-Units", "anthropic.claude-sonnet-4-6", TokenKind.CacheWrite1h, Standard, Global, "us-east-1")]
    [InlineData("OpenAI GPT-5.6 Sol (Amazon Bedrock Edition)", "USE1_cache_write_tokens_30m_standard-Units", "openai.gpt-5.6-sol", TokenKind.CacheWrite30m, Standard, Regional, "us-east-1")]
    [InlineData("Claude Opus 5.5 (Amazon Bedrock Edition)", "APN1-MP:APN1_InputTokenCount-Units", "anthropic.claude-opus-5-5", TokenKind.Input, Standard, Regional, "ap-northeast-1")]
    [InlineData("Claude 3 Haiku (Amazon Bedrock Edition)", "USE1-MP:USE1_OutputTokenCount_Batch-Units", "anthropic.claude-3-haiku", TokenKind.Output, ServiceTier.Batch, Regional, "us-east-1")]
    // A marketplace service with the model's own grammar: the service decides.
    [InlineData(Sonnet46, "USE1-Claude4.6Sonnet-input-tokens", "anthropic.claude-sonnet-4-6", TokenKind.Input, Standard, Regional, "us-east-1")]
    public void A_token_line_gives_model_kind_tier_routing_and_region(
        string service, string usageType, string model, TokenKind kind, ServiceTier tier, RoutingScope scope, string region)
    {
        var meaning = UsageTypeClassifier.Read(service, usageType);
        Assert.Equal((true, model, kind, tier, scope, region),
            (meaning.IsUnderstood, meaning.Model?.Canonical, meaning.Kind, meaning.Tier, meaning.Scope, meaning.Region));
        Assert.Equal(ContextBand.Normal, meaning.Band);
        Assert.Equal(CostComponents.Of(model, kind, tier), meaning.Component);
        Assert.True(meaning.Model!.IsResolved);
        Assert.Equal(scope, meaning.Model.Scope);
        Assert.True(new GenAiServices(GenAiServices.Usual).Has(service));
    }

    [Theory]
    [InlineData(Sonnet46, "USE1-MP:USE1_output_tokens_long_ctx_standard-Units", TokenKind.Output, Regional)]
    [InlineData(Sonnet46, "USE1-MP:USE1_input_tokens_long_ctx_global_standard-Units", TokenKind.Input, Global)]
    [InlineData(Bedrock, "USE1-Claude4.5Sonnet-input-tokens-long-context", TokenKind.Input, Regional)]
    [InlineData(Bedrock, "USE1-openai.gpt-5.6-sol-mantle-input-tokens-long-ctx-standard", TokenKind.Input, Regional)]
    public void Long_context_lines_are_a_band_of_their_own(string service, string usageType, TokenKind kind, RoutingScope scope)
    {
        var meaning = UsageTypeClassifier.Read(service, usageType);
        Assert.Equal((true, ContextBand.Long, kind, scope), (meaning.IsUnderstood, meaning.Band, meaning.Kind!.Value, meaning.Scope));
        Assert.True(meaning.Model!.IsResolved);
    }

    [Theory]
    [InlineData(Bedrock, "USE1-Guardrail-ContentPolicyUnitsConsumed", CostComponent.Guardrails)]
    [InlineData(Bedrock, "USE1-Guardrail-TopicPolicyUnitsConsumed", CostComponent.Guardrails)]
    [InlineData(Bedrock, "USE1-Guardrail-WordPolicyUnitsConsumed", CostComponent.Guardrails)]
    [InlineData(Bedrock, "USE1-Guardrail-SensitiveInformationPolicyPaidUnitsConsumed", CostComponent.Guardrails)]
    [InlineData(Bedrock, "USE1-Guardrail-SensitiveInformationPolicyFreeUnitsConsumed", CostComponent.Guardrails)]
    [InlineData(Bedrock, "USE1-Guardrail-AutomatedReasoningPolicyUnitsConsumed", CostComponent.Guardrails)]
    [InlineData(Bedrock, "USE1-GuardrailChecks-ContentFilterCheckUnitsConsumed", CostComponent.Guardrails)]
    [InlineData(Bedrock, "USE1-GuardrailChecks-PromptAttackCheckUnitsConsumed", CostComponent.Guardrails)]
    [InlineData(Bedrock, "USE1-GuardrailChecks-SensitiveInformationCheckUnitsConsumed", CostComponent.Guardrails)]
    [InlineData(Bedrock, "USE1-Nova2.0Lite-ProvisionedThroughput-NoCommit-ModelUnits", CostComponent.ProvisionedThroughput)]
    [InlineData(Bedrock, "USW2-Llama3-3-70B-Customization-Training", CostComponent.Customisation)]
    [InlineData(Bedrock, "USE1-Nova2.0Lite-Customization-Storage", CostComponent.Customisation)]
    [InlineData(Bedrock, "USE1-Nova2.0Lite-RFT-Training-Hours", CostComponent.Customisation)]
    [InlineData(Bedrock, "USW2-AmazonRerank-v1-searchunits", CostComponent.Retrieval)]
    [InlineData(Bedrock, "USE1-KnowledgeBases-StructuredQuery", CostComponent.Retrieval)]
    [InlineData(Bedrock, "USE1-TitanEmbeddingsG1-Image-input-image", CostComponent.Retrieval)]
    [InlineData(Bedrock, "USE1-Nova2.0Lite-nova-grounding", CostComponent.Retrieval)]
    [InlineData(Bedrock, "USE1-NovaCanvas-T2I-1024-Standard", CostComponent.Output)]
    [InlineData(Bedrock, "USE1-Nova2.0Omni-output-image-token-count", CostComponent.Output)]
    [InlineData(Bedrock, "USE1-NovaSonic-input-audio-token-count", CostComponent.Input)]
    [InlineData(Bedrock, "USE1-DataAutomation-Standard-ImagesProcessed", CostComponent.Other)]
    [InlineData(Sonnet46, "USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units", CostComponent.ProvisionedThroughput)]
    [InlineData(Sonnet46, "USE1_created_image-Units", CostComponent.Output)]
    [InlineData("Cohere Rerank v3.5 (Amazon Bedrock Edition)", "USE1-MP:USE1_search_units-Units", CostComponent.Retrieval)]
    [InlineData("Amazon Bedrock AgentCore", "USE1-AgentCore-Runtime-Anything", CostComponent.Orchestration)]
    [InlineData("Amazon SageMaker", "USE1-Host:ml.m5.xlarge", CostComponent.Hosting)]
    [InlineData("Amazon SageMaker", "USE1-Host:ml.m5.2xlarge", CostComponent.Hosting)]
    [InlineData("Amazon SageMaker", "Notebk:ml.t3.medium", CostComponent.Other)]
    [InlineData("Amazon SageMaker", "USE1-Train:ml.g5.xlarge", CostComponent.Customisation)]
    [InlineData("Amazon SageMaker", "USE1-Processing:ml.m5.xlarge", CostComponent.Customisation)]
    [InlineData("Amazon SageMaker", "USE1-Studio:VolumeUsage.gp3", CostComponent.NetworkAndStorage)]
    [InlineData("Amazon SageMaker", "USE1-UnifiedStudio:VolumeUsage.gp3", CostComponent.NetworkAndStorage)]
    [InlineData("Amazon OpenSearch Service", "APN1-IndexingOCU", CostComponent.Retrieval)]
    [InlineData("Amazon OpenSearch Service", "APN1-SearchOCU", CostComponent.Retrieval)]
    [InlineData("Amazon Kendra", "USE1-KendraDeveloperEdition", CostComponent.Retrieval)]
    [InlineData("AWS Lambda", "USE1-Lambda-GB-Second", CostComponent.Orchestration)]
    [InlineData("AmazonCloudWatch", "USE1-CW:GMD-Metrics", CostComponent.Observability)]
    public void A_line_that_is_not_about_text_tokens_gives_its_component_and_no_kind(string service, string usageType, CostComponent component)
    {
        var meaning = UsageTypeClassifier.Read(service, usageType);
        Assert.Equal((true, component, null), (meaning.IsUnderstood, meaning.Component, meaning.Kind));
    }

    [Theory]
    [InlineData("USE1-Nova2.0Lite-ProvisionedThroughput-1month-ModelUnits", "amazon.nova-2-lite", ServiceTier.Provisioned)]
    [InlineData("USW2-Llama3-1-70B-ProvisionedThroughput-NoCommit-ModelUnits", "meta.llama3-1-70b-instruct", ServiceTier.Provisioned)]
    [InlineData("USW2-Llama3-3-70B-Customization-Training", "meta.llama3-3-70b-instruct", Standard)]
    [InlineData("USW2-AmazonRerank-v1-searchunits", "amazon.rerank", Standard)]
    public void Capacity_customisation_and_rerank_lines_name_their_model(string usageType, string model, ServiceTier tier)
    {
        var meaning = UsageTypeClassifier.Read(Bedrock, usageType);
        Assert.Equal((model, tier), (meaning.Model?.Canonical, meaning.Tier));
    }

    [Theory]
    [InlineData(Bedrock, "USE1-SomethingNew")]
    [InlineData(Bedrock, "")]
    [InlineData(Sonnet46, "USE1-MP:USE1_Mystery-Units")]
    [InlineData("Amazon SageMaker", "USE1-Mystery")]
    [InlineData("Amazon Elastic Compute Cloud", "USE1-BoxUsage:m5.large")]
    [InlineData("", "")]
    public void What_no_grammar_fits_is_said_to_be_not_understood(string service, string usageType)
    {
        var meaning = UsageTypeClassifier.Read(service, usageType);
        Assert.Equal((false, CostComponent.Other, null), (meaning.IsUnderstood, meaning.Component, meaning.Kind));
        Assert.Equal(usageType.StartsWith("USE1", StringComparison.Ordinal) ? "us-east-1" : "", meaning.Region);
    }

    [Theory]
    [InlineData("Amazon Bedrock", true)]
    [InlineData("Amazon Bedrock AgentCore", true)]
    [InlineData("Claude Sonnet 4.6 (Amazon Bedrock Edition)", true)]
    [InlineData("OpenAI GPT-5.6 Sol (Amazon Bedrock Edition)", true)]
    [InlineData("Amazon SageMaker", true)]
    [InlineData("Amazon SageMaker Unified Studio", true)]
    [InlineData("Amazon Kendra", true)]
    [InlineData("Amazon Q", true)]
    [InlineData("Amazon Q Developer", true)]
    [InlineData("Amazon QuickSight", false)]
    [InlineData("Amazon Quantum Ledger Database", false)]
    [InlineData("Amazon OpenSearch Service", false)]
    [InlineData("AWS Lambda", false)]
    [InlineData("Amazon Simple Storage Service", false)]
    public void The_border_is_the_list_of_genai_services(string service, bool isInScope) =>
        Assert.Equal(isInScope, new GenAiServices(GenAiServices.Usual).Has(service));

    // 3.30 USD a million. By hand: 829.406 units at 3.30 = 2,737.0398 USD, so a unit is a million tokens.
    [Theory]
    [InlineData("829.406", "Units", "2737.0398", 3_300_000_000L, 829_406_000L)]
    [InlineData("4.77", "1K tokens", "0.015741", 3_300_000_000L, 4_770L)]
    [InlineData("4770", "tokens", "0.015741", 3_300_000_000L, 4_770L)]
    [InlineData("4770", "Units", "0.015741", 3_300_000_000L, 4_770L)]
    [InlineData("4.77", "N/A", "0.015741", 3_300_000_000L, 4_770L)]
    [InlineData("2", "1M tokens", "6.6", 3_300_000_000L, 2_000_000L)]
    [InlineData("2", "Units", "3.3", 3_300_000_000L, 2_000_000L)]
    [InlineData("2", "Units", "3.2", 3_300_000_000L, null)]
    [InlineData("2", "Units", "100", 3_300_000_000L, null)]
    [InlineData("2", "Units", "6.6", null, null)]
    [InlineData("4.77", "1K tokens", "0", 0L, 4_770L)]
    [InlineData("4.77", "1K tokens", "0.001", 3_300_000_000L, 4_770L)]
    [InlineData("4.77", "1K tokens", "0.015741", null, 4_770L)]
    [InlineData("2", "1M tokens", "1", null, 2_000_000L)]
    [InlineData("-2", "Units", "-6.6", 3_300_000_000L, -2_000_000L)]
    [InlineData("0", "Units", "0", 3_300_000_000L, 0L)]
    [InlineData("79000000000000000000000000000", "1M tokens", "1", null, null)]
    public void The_scale_of_a_quantity_follows_from_the_price_it_implies(string quantity, string unit, string amountUsd, long? list, long? tokens) =>
        Assert.Equal(tokens, UsageTypeClassifier.Tokens(decimal.Parse(quantity, null), unit, decimal.Parse(amountUsd, null), list));
}
