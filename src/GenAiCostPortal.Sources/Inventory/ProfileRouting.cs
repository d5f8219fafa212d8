namespace GenAiCostPortal.Sources.Inventory;

/// <summary>Which model an inference profile routes to, and how, from the foundation models that it lists.</summary>
internal static class ProfileRouting
{
    private static readonly (string Region, string Geography)[] Geographies =
        [("us-gov-", "us-gov"), ("us-", "us"), ("eu-", "eu"), ("ap-", "apac"), ("ca-", "ca"), ("sa-", "sa"), ("me-", "me"), ("af-", "af"), ("il-", "il"), ("mx-", "mx")];

    /// <summary>
    /// The model's id when one region answers; with the prefix of a geography's profile when several do, and <c>global.</c> when one
    /// of them names no region. Empty when there is no model.
    /// </summary>
    public static string ModelId(IEnumerable<string?> modelArns)
    {
        var read = modelArns.Where(a => !string.IsNullOrEmpty(a)).Select(a => a!.Split(':', 6)).Where(p => p.Length == 6 && p[5].StartsWith("foundation-model/", StringComparison.Ordinal))
            .Select(p => (Region: p[3], Model: p[5]["foundation-model/".Length..])).Distinct().ToList();
        if (read.Count == 0) return "";
        var model = read[0].Model;
        if (read.Exists(r => r.Region.Length == 0)) return $"global.{model}";
        if (read.Select(r => r.Region).Distinct().Count() == 1) return model;
        var geography = Array.Find(Geographies, g => read[0].Region.StartsWith(g.Region, StringComparison.Ordinal)).Geography;
        return geography is null ? model : $"{geography}.{model}";
    }
}
