using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace GenAiCostPortal.Ledger.ModelNames;

public sealed class ModelNamePropertyTests
{
    private static readonly Gen<string> Part = Gen.Elements(
        "us.", "eu.", "global.", "anthropic.", "amazon.", "openai.", "meta.", "claude", "claude-", "-sonnet", "-haiku", "opus", "-4", "-3-5", "4.6", "-v1", "-v2", ":0", ":200k",
        "nova-", "lite", "pro", "-2-", "gpt-", "4o", "-mini", "-2024-11-20", "-20240620", "-latest", "llama3-1-70b", "-instruct", "titan-embed-text", "mistral-large", "-2402",
        " ", "/", "@20251001", "[1m]", "ft:", "arn:aws:bedrock:us-east-1:111122223333:", "inference-profile/", "foundation-model/", "(Amazon Bedrock Edition)", "bedrock/", "-", ".", ":", "é", "X");

    private static readonly Gen<string> Assembled = Part.ArrayOf().Resize(8).Select(string.Concat);

    private static readonly Gen<string> AnyName = Gen.OneOf(Assembled, ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get));

    [Fact]
    public void A_canonical_id_read_again_is_itself() => Check.One(Chance.Runs(5_000), Prop.ForAll(AnyName.ToArbitrary(), name =>
    {
        var once = ModelNameReader.Read(name);
        var twice = ModelNameReader.Read(once.Canonical);
        return once.Canonical == twice.Canonical && once.IsResolved == twice.IsResolved && once.Provider == twice.Provider && once.Display == twice.Display;
    }));

    [Fact]
    public void A_resolved_name_is_maker_dot_model_in_lower_case() => Check.One(Chance.Runs(5_000), Prop.ForAll(AnyName.ToArbitrary(), name =>
    {
        var model = ModelNameReader.Read(name);
        return !model.IsResolved
            || (model.Canonical.StartsWith(model.Provider + ".", StringComparison.Ordinal) && model.Canonical.Length > model.Provider.Length + 1 && model.Display.Length > 0
                && string.Equals(model.Canonical, model.Canonical.ToLowerInvariant(), StringComparison.Ordinal));
    }));

    [Fact]
    public void Prefix_date_and_version_do_not_change_the_model() => Check.One(Chance.Runs(), Prop.ForAll(
        Gen.Elements(KnownModels.All.ToArray()).ToArbitrary(),
        Gen.Elements("", "us.", "eu.", "apac.", "jp.", "au.", "global.").ToArbitrary(),
        Gen.Elements("", "-v1", "-v1:0", ":0", ":0:300k", "-20260101-v1:0").ToArbitrary(),
        (model, prefix, suffix) => ModelNameReader.Read(prefix + model.Canonical + suffix).Canonical == model.Canonical));
}
