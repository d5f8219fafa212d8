using Xunit;

namespace GenAiCostPortal.Ledger.ModelNames;

public sealed class ModelNameReaderTests
{
    [Theory]
    // Bedrock ids.
    [InlineData("anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6", RoutingScope.InRegion)]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5", "Claude Sonnet 4.5", RoutingScope.InRegion)]
    [InlineData("anthropic.claude-sonnet-4-20250514-v1:0", "anthropic.claude-sonnet-4", "Claude Sonnet 4", RoutingScope.InRegion)]
    [InlineData("anthropic.claude-opus-4-6-v1", "anthropic.claude-opus-4-6", "Claude Opus 4.6", RoutingScope.InRegion)]
    [InlineData("anthropic.claude-3-5-sonnet-20240620-v1:0", "anthropic.claude-3-5-sonnet", "Claude 3.5 Sonnet", RoutingScope.InRegion)]
    [InlineData("anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic.claude-3-5-sonnet-v2", "Claude 3.5 Sonnet v2", RoutingScope.InRegion)]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0:200k", "anthropic.claude-3-haiku", "Claude 3 Haiku", RoutingScope.InRegion)]
    [InlineData("anthropic.claude-v2:1", "anthropic.claude-2-1", "Claude 2.1", RoutingScope.InRegion)]
    [InlineData("anthropic.claude-v2:1:18k", "anthropic.claude-2-1", "Claude 2.1", RoutingScope.InRegion)]
    [InlineData("anthropic.claude-v2", "anthropic.claude-2", "Claude 2", RoutingScope.InRegion)]
    [InlineData("anthropic.claude-instant-v1:2:100k", "anthropic.claude-instant", "Claude Instant", RoutingScope.InRegion)]
    [InlineData("anthropic.claude-mythos-preview", "anthropic.claude-mythos-preview", "Claude Mythos Preview", RoutingScope.InRegion)]
    [InlineData("amazon.nova-lite-v1:0", "amazon.nova-lite", "Nova Lite", RoutingScope.InRegion)]
    [InlineData("amazon.nova-lite-v1:0:300k", "amazon.nova-lite", "Nova Lite", RoutingScope.InRegion)]
    [InlineData("amazon.nova-2-pro-preview-20251202-v1:0", "amazon.nova-2-pro-preview", "Nova 2 Pro (preview)", RoutingScope.InRegion)]
    [InlineData("amazon.titan-embed-text-v1", "amazon.titan-embed-text", "Titan Embeddings G1 Text", RoutingScope.InRegion)]
    [InlineData("amazon.titan-embed-text-v2:0", "amazon.titan-embed-text-v2", "Titan Embeddings V2", RoutingScope.InRegion)]
    [InlineData("cohere.embed-english-v3", "cohere.embed-english-v3", "Embed English v3", RoutingScope.InRegion)]
    [InlineData("cohere.command-r-plus-v1:0", "cohere.command-r-plus", "Command R+", RoutingScope.InRegion)]
    [InlineData("deepseek.r1-v1:0", "deepseek.r1", "DeepSeek-R1", RoutingScope.InRegion)]
    [InlineData("deepseek.v3-v1:0", "deepseek.v3", "DeepSeek-V3.1", RoutingScope.InRegion)]
    [InlineData("meta.llama3-1-70b-instruct-v1:0", "meta.llama3-1-70b-instruct", "Llama 3.1 70B", RoutingScope.InRegion)]
    [InlineData("mistral.mistral-7b-instruct-v0:2", "mistral.mistral-7b-instruct", "Mistral 7B", RoutingScope.InRegion)]
    [InlineData("mistral.mistral-large-2402-v1:0", "mistral.mistral-large-2402", "Mistral Large (24.02)", RoutingScope.InRegion)]
    [InlineData("moonshot.kimi-k2-thinking", "moonshotai.kimi-k2-thinking", "Kimi K2 Thinking", RoutingScope.InRegion)]
    [InlineData("nvidia.nemotron-nano-9b-v2:0", "nvidia.nemotron-nano-9b-v2", "Nemotron Nano 9B v2", RoutingScope.InRegion)]
    [InlineData("openai.gpt-oss-120b-1:0", "openai.gpt-oss-120b", "gpt-oss-120b", RoutingScope.InRegion)]
    [InlineData("openai.gpt-oss-120b", "openai.gpt-oss-120b", "gpt-oss-120b", RoutingScope.InRegion)]
    [InlineData("qwen.qwen3-32b-v1:0", "qwen.qwen3-32b", "Qwen3 32B", RoutingScope.InRegion)]
    [InlineData("zai.glm-4.7", "zai.glm-4.7", "GLM 4.7", RoutingScope.InRegion)]
    // Profiles.
    [InlineData("us.anthropic.claude-3-5-sonnet-20240620-v1:0", "anthropic.claude-3-5-sonnet", "Claude 3.5 Sonnet", RoutingScope.Geographic)]
    [InlineData("eu.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6", RoutingScope.Geographic)]
    [InlineData("apac.amazon.nova-pro-v1:0", "amazon.nova-pro", "Nova Pro", RoutingScope.Geographic)]
    [InlineData("jp.anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5", "Claude Haiku 4.5", RoutingScope.Geographic)]
    [InlineData("au.anthropic.claude-opus-5", "anthropic.claude-opus-5", "Claude Opus 5", RoutingScope.Geographic)]
    [InlineData("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5", "Claude Sonnet 4.5", RoutingScope.Geographic)]
    [InlineData("global.amazon.nova-2-lite-v1:0", "amazon.nova-2-lite", "Nova 2 Lite", RoutingScope.Global)]
    [InlineData("us.meta.llama3-3-70b-instruct-v1:0", "meta.llama3-3-70b-instruct", "Llama 3.3 70B", RoutingScope.Geographic)]
    // Vendors' own names.
    [InlineData("claude-sonnet-4-20250514", "anthropic.claude-sonnet-4", "Claude Sonnet 4", RoutingScope.Unknown)]
    [InlineData("claude-3-5-sonnet-latest", "anthropic.claude-3-5-sonnet-v2", "Claude 3.5 Sonnet v2", RoutingScope.Unknown)]
    [InlineData("claude-3-5-sonnet-20240620", "anthropic.claude-3-5-sonnet", "Claude 3.5 Sonnet", RoutingScope.Unknown)]
    [InlineData("claude-3-5-sonnet-v2@20241022", "anthropic.claude-3-5-sonnet-v2", "Claude 3.5 Sonnet v2", RoutingScope.Unknown)]
    [InlineData("claude-haiku-4-5@20251001", "anthropic.claude-haiku-4-5", "Claude Haiku 4.5", RoutingScope.Unknown)]
    [InlineData("claude-opus-4-0", "anthropic.claude-opus-4", "Claude Opus 4", RoutingScope.Unknown)]
    [InlineData("claude-sonnet-4-5-20250929[1m]", "anthropic.claude-sonnet-4-5", "Claude Sonnet 4.5", RoutingScope.Unknown)]
    [InlineData("claude-2.1", "anthropic.claude-2-1", "Claude 2.1", RoutingScope.Unknown)]
    [InlineData("gpt-4o-2024-11-20", "openai.gpt-4o", "GPT-4o", RoutingScope.Unknown)]
    [InlineData("gpt-4o-mini", "openai.gpt-4o-mini", "GPT-4o mini", RoutingScope.Unknown)]
    [InlineData("gpt-4-0613", "openai.gpt-4", "GPT-4", RoutingScope.Unknown)]
    [InlineData("gpt-3.5-turbo-0125", "openai.gpt-3.5-turbo", "GPT-3.5 Turbo", RoutingScope.Unknown)]
    [InlineData("gpt-35-turbo", "openai.gpt-3.5-turbo", "GPT-3.5 Turbo", RoutingScope.Unknown)]
    [InlineData("o3-mini-2025-01-31", "openai.o3-mini", "o3-mini", RoutingScope.Unknown)]
    [InlineData("text-embedding-3-small", "openai.text-embedding-3-small", "text-embedding-3-small", RoutingScope.Unknown)]
    [InlineData("gemini-2.5-pro", "google.gemini-2.5-pro", "Gemini 2.5 Pro", RoutingScope.Unknown)]
    [InlineData("gemini-2.0-flash-001", "google.gemini-2.0-flash", "Gemini 2.0 Flash", RoutingScope.Unknown)]
    [InlineData("models/gemini-2.5-flash-preview-05-20", "google.gemini-2.5-flash-preview", "Gemini 2.5 Flash Preview", RoutingScope.Unknown)]
    [InlineData("command-r-plus-08-2024", "cohere.command-r-plus", "Command R+", RoutingScope.Unknown)]
    [InlineData("jamba-1.5-large", "ai21.jamba-1-5-large", "Jamba 1.5 Large", RoutingScope.Unknown)]
    [InlineData("codestral-latest", "mistral.codestral", "Codestral", RoutingScope.Unknown)]
    [InlineData("deepseek-chat", "deepseek.v3", "DeepSeek-V3.1", RoutingScope.Unknown)]
    [InlineData("meta-llama/Llama-3.3-70B-Instruct", "meta.llama3-3-70b-instruct", "Llama 3.3 70B", RoutingScope.Unknown)]
    [InlineData("qwen3-32b", "qwen.qwen3-32b", "Qwen3 32B", RoutingScope.Unknown)]
    [InlineData("grok-4.3", "xai.grok-4.3", "Grok 4.3", RoutingScope.Unknown)]
    // Paths of routers and libraries.
    [InlineData("bedrock/us.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6", RoutingScope.Geographic)]
    [InlineData("bedrock/converse/amazon.nova-micro-v1:0", "amazon.nova-micro", "Nova Micro", RoutingScope.InRegion)]
    [InlineData("anthropic/claude-sonnet-4.5", "anthropic.claude-sonnet-4-5", "Claude Sonnet 4.5", RoutingScope.Unknown)]
    [InlineData("openai/gpt-4.1-mini", "openai.gpt-4.1-mini", "GPT-4.1 mini", RoutingScope.Unknown)]
    [InlineData("azure/gpt-4o", "openai.gpt-4o", "GPT-4o", RoutingScope.Unknown)]
    // Marketplace services of the bill.
    [InlineData("Claude Sonnet 4.6 (Amazon Bedrock Edition)", "anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6", RoutingScope.Unknown)]
    [InlineData("Claude Opus 5.5 (Amazon Bedrock Edition)", "anthropic.claude-opus-5-5", "Claude Opus 5.5", RoutingScope.Unknown)]
    [InlineData("Claude 3 Haiku (Amazon Bedrock Edition)", "anthropic.claude-3-haiku", "Claude 3 Haiku", RoutingScope.Unknown)]
    [InlineData("Claude 3.5 Sonnet (Amazon Bedrock Edition)", "anthropic.claude-3-5-sonnet", "Claude 3.5 Sonnet", RoutingScope.Unknown)]
    [InlineData("Claude 3.5 Sonnet v2 (Amazon Bedrock Edition)", "anthropic.claude-3-5-sonnet-v2", "Claude 3.5 Sonnet v2", RoutingScope.Unknown)]
    [InlineData("OpenAI GPT-5.6 Sol (Amazon Bedrock Edition)", "openai.gpt-5.6-sol", "GPT-5.6 Sol", RoutingScope.Unknown)]
    [InlineData("Cohere Command R+ (Amazon Bedrock Edition)", "cohere.command-r-plus", "Command R+", RoutingScope.Unknown)]
    // Model part of usage types.
    [InlineData("Claude4.6Sonnet", "anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6", RoutingScope.Unknown)]
    [InlineData("Claude3.5Sonnetv2", "anthropic.claude-3-5-sonnet-v2", "Claude 3.5 Sonnet v2", RoutingScope.Unknown)]
    [InlineData("Nova2.0Lite", "amazon.nova-2-lite", "Nova 2 Lite", RoutingScope.Unknown)]
    [InlineData("NovaPro", "amazon.nova-pro", "Nova Pro", RoutingScope.Unknown)]
    [InlineData("Llama3-1-70B", "meta.llama3-1-70b-instruct", "Llama 3.1 70B", RoutingScope.Unknown)]
    [InlineData("TitanEmbeddingV2-Text", "amazon.titan-embed-text-v2", "Titan Embeddings V2", RoutingScope.Unknown)]
    public void A_known_spelling_is_read(string name, string canonical, string display, RoutingScope scope)
    {
        var model = ModelNameReader.Read(name);
        Assert.Equal(canonical, model.Canonical);
        Assert.Equal(display, model.Display);
        Assert.Equal(scope, model.Scope);
        Assert.True(model.IsResolved);
        Assert.Equal(canonical[..canonical.IndexOf('.', StringComparison.Ordinal)], model.Provider);
    }

    [Theory]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-sonnet-20240229-v1:0", "anthropic.claude-3-sonnet", RoutingScope.InRegion, null, "us-east-1")]
    [InlineData("arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", RoutingScope.Geographic, "111122223333", "eu-west-1")]
    [InlineData("arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.anthropic.claude-opus-5", "anthropic.claude-opus-5", RoutingScope.Global, "111122223333", "us-east-1")]
    [InlineData("arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0", "amazon.nova-pro", RoutingScope.InRegion, null, "us-gov-west-1")]
    [InlineData("arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-lite-v1:0:300k/abcdef123456", "amazon.nova-lite", RoutingScope.InRegion, "111122223333", "us-east-1")]
    public void An_arn_gives_model_account_and_region(string arn, string canonical, RoutingScope scope, string? account, string region)
    {
        var model = ModelNameReader.Read(arn);
        Assert.Equal((canonical, scope, true, account, region), (model.Canonical, model.Scope, model.IsResolved, model.AccountId, model.Region));
    }

    [Theory]
    [InlineData("arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6", "Application inference profile a1b2c3d4e5f6")]
    [InlineData("arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc123", "Provisioned model abc123")]
    [InlineData("arn:aws:bedrock:us-east-1:111122223333:imported-model/abc123", "Imported model abc123")]
    [InlineData("arn:aws:sagemaker:us-east-1:111122223333:endpoint/summaries", "Endpoint summaries")]
    public void An_arn_that_hides_its_model_is_kept_unresolved(string arn, string display)
    {
        var model = ModelNameReader.Read(arn);
        Assert.Equal((arn, display, false), (model.Canonical, model.Display, model.IsResolved));
        Assert.Equal(("111122223333", "us-east-1"), (model.AccountId, model.Region));
    }

    [Theory]
    [InlineData("my-deployment", "azure.ai.openai", "openai")]
    [InlineData("my-deployment", "aws.bedrock", "unknown")]
    [InlineData("summariser", null, "unknown")]
    [InlineData("house-model-7b", "mistral_ai", "mistral")]
    public void An_unknown_name_is_kept_with_the_senders_provider(string name, string? hint, string provider)
    {
        var model = ModelNameReader.Read(name, hint);
        Assert.Equal((name, provider, RoutingScope.Unknown, false), (model.Canonical, model.Provider, model.Scope, model.IsResolved));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("/")]
    [InlineData("arn:aws:bedrock")]
    [InlineData("anthropic.")]
    [InlineData("us.anthropic.")]
    [InlineData("claude")]
    [InlineData("claudette-7b")]
    [InlineData(":0")]
    [InlineData("ft:")]
    [InlineData("[1m]")]
    [InlineData("\u0000\ud800")]
    public void Absurd_names_are_unresolved_and_never_fail(string? name) => Assert.False(ModelNameReader.Read(name).IsResolved);

    [Fact]
    public void An_overlong_name_is_cut_and_unresolved()
    {
        var model = ModelNameReader.Read(new string('x', 100_000));
        Assert.Equal((256, false), (model.Canonical.Length, model.IsResolved));
    }

    [Theory]
    [InlineData("arn:aws:bedrock:us-east-1:111122223333:inference-profile/ X.claude-")]
    [InlineData("arn:aws:bedrock:us-east-1:111122223333:foundation-model/ ft:ft:global.openai.-haiku")]
    public void Blanks_in_an_arn_are_no_part_of_the_name(string arn)
    {
        var canonical = ModelNameReader.Read(arn).Canonical;
        Assert.Equal(canonical.Trim(), canonical);
        Assert.Equal(canonical, ModelNameReader.Read(canonical).Canonical);
    }

    [Fact]
    public void A_name_cut_at_a_blank_stays_what_it_is_when_read_again()
    {
        var canonical = ModelNameReader.Read("claude-sonnet-4-5" + new string(' ', 300) + "x").Canonical;
        Assert.Equal((256, canonical), (canonical.Length, ModelNameReader.Read(canonical).Canonical));
    }

    [Fact]
    public void Every_listed_model_is_found_by_its_canonical_id_and_by_its_display_name()
    {
        Assert.True(KnownModels.All.Count() > 100);
        foreach (var known in KnownModels.All)
        {
            Assert.Equal(known.Canonical, ModelNameReader.Read(known.Canonical).Canonical);
            Assert.Equal(known.Canonical, ModelNameReader.Read(known.Display).Canonical);
            Assert.Equal(known.Display, ModelNameReader.Read("eu." + known.Canonical + "-v1:0").Display);
        }
    }

    [Fact]
    public void Ten_thousand_different_names_do_not_grow_the_cache_beyond_its_bound()
    {
        for (var i = 0; i < 10_000; i++)
            Assert.Equal($"gpt-oddity-{i}", ModelNameReader.Read($"gpt-oddity-{i}").Canonical);
        Assert.Equal("openai.gpt-4o", ModelNameReader.Read("gpt-4o").Canonical);
        Assert.InRange(ModelNameReader.CachedNames, 1, 4_200);
    }
}
