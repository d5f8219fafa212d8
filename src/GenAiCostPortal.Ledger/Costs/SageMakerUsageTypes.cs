using System.Text.RegularExpressions;
using GenAiCostPortal.Ledger.ModelNames;

namespace GenAiCostPortal.Ledger.Costs;

/// <summary>The usage types of SageMaker: endpoint hours, training, notebooks, volumes.</summary>
internal static partial class SageMakerUsageTypes
{
    internal static UsageTypeMeaning? Read(string usageType)
    {
        var (region, body) = RegionPrefixes.Split(usageType);
        CostComponent? component =
            Storage().IsMatch(body) ? CostComponent.NetworkAndStorage
            : Hosting().IsMatch(body) ? CostComponent.Hosting
            : Training().IsMatch(body) ? CostComponent.Customisation
            : Workbench().IsMatch(body) ? CostComponent.Other
            : null;
        return component is { } known
            ? new UsageTypeMeaning(known, null, null, ServiceTier.Standard, RoutingScope.Unknown, ContextBand.Normal, region, true)
            : null;
    }

    [GeneratedRegex("(VolumeUsage|Storage|Data-Bytes|DataTransfer|-Bytes|FeatureStore)", RegexOptions.IgnoreCase)]
    private static partial Regex Storage();

    [GeneratedRegex("^(Host|AsyncHost|AsyncInf|ServerlessInf|ServerlessInference|Tsform|BatchTransform|Inference)[:-]", RegexOptions.IgnoreCase)]
    private static partial Regex Hosting();

    [GeneratedRegex("^(Train|Training|Processing|Tuning|SpotTrain|Cluster|HyperPod|TrainingPlan|GroundTruth|Debugger|TrainDebugFree)[:-]", RegexOptions.IgnoreCase)]
    private static partial Regex Training();

    [GeneratedRegex("^(Notebk|Studio|UnifiedStudio|KernelGateway|JupyterLab|JupyterServer|CodeEditor|RStudio|Canvas|DataWrangler|TensorBoard|MLflow|Geospatial|Pipelines)[:-]", RegexOptions.IgnoreCase)]
    private static partial Regex Workbench();
}
