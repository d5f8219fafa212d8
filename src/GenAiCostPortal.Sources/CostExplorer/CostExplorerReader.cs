using System.Globalization;
using GenAiCostPortal.Ledger.Costs;
using GenAiCostPortal.Ledger.Owners;
using GenAiCostPortal.Sources.Aws;

namespace GenAiCostPortal.Sources.CostExplorer;

/// <summary>
/// Reads days of the bill by the plan of algorithms §4: everything by record type and service; services by feature tag; then per
/// GenAI service its usage by account and usage type, where tagged and above $1 a month also by tag and usage type per account, and its
/// other records by account; of other services what is tagged and what owner rules bring in. A read is whole or not at all: nothing is given out unless every page came.
/// </summary>
public sealed class CostExplorerReader(OwnerKeys owners, TimeProvider time)
{
    /// <summary>Name of the feed in the contract.</summary>
    public const string Feed = "CostExplorer";

    // A month; of a shorter read its share, so that every read asks for the tags of the same accounts.
    private const decimal TagsFromUsd = 1m;
    private const int DaysOfMonth = 31;
    private static readonly string[] KnownMetrics = ["UnblendedCost", "NetUnblendedCost", "AmortizedCost", "NetAmortizedCost"];

    /// <summary>Reads <paramref name="from"/> to <paramref name="to"/> (exclusive) in the connection's cost metric.</summary>
    /// <param name="tally">Counts each page, answered or used or not.</param>
    /// <param name="border">What is in scope; null = the GenAI list and what is tagged.</param>
    /// <param name="notes">Takes what could not be asked for, in words.</param>
    /// <exception cref="AwsRefusedException">AWS refused; nothing is read.</exception>
    public async Task<BilledDaysRead> ReadAsync(
        AwsConnection connection, DateOnly from, DateOnly to, AwsRequestTally tally, IProgress<double>? progress = null, ScopeBorder? border = null,
        ICollection<string>? notes = null, CancellationToken cancel = default)
    {
        border ??= ScopeBorder.WithoutRules(owners);
        var metric = KnownMetrics.FirstOrDefault(m => m.Equals(connection.Options.CostExplorer.Metric, StringComparison.OrdinalIgnoreCase)) ?? KnownMetrics[0];
        var plan = new CostExplorerPlan(from, to, metric, owners.TagKeys.Feature);
        var read = new Reading(new CostExplorerClient(connection, tally), plan, progress, cancel);

        var everything = await read.AskAsync(plan.Everything());
        var taggedServices = await read.AskAsync(plan.TaggedServices());
        var tagged = taggedServices.Where(a => plan.TagValue(a.Key1) is not null).Select(a => a.Key2).ToHashSet(StringComparer.Ordinal);
        var services = everything.Select(a => a.Key2).Distinct().Order(StringComparer.Ordinal).ToList();
        var inScope = services.Where(border.IsListed).ToList();
        var onlyWhereTagged = services.Except(inScope).Where(tagged.Contains).ToList();
        read.Plan(inScope.Count + onlyWhereTagged.Count);

        var bill = new BillOfDays();
        var claimed = new ClaimedUsage(border, plan, read.AskAsync, read.Plan, id => read.AccountNames.GetValueOrDefault(id, ""));
        var tagsFromUsd = TagsFromUsd * Math.Min(DaysOfMonth, to.DayNumber - from.DayNumber) / DaysOfMonth;
        var accounts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var service in inScope)
        {
            var usage = await read.AskAsync(plan.Base(service));
            accounts.UnionWith(usage.Select(u => u.Key1));
            var large = tagged.Contains(service) ? AccountsAbove(tagsFromUsd, usage) : [];
            read.Plan(large.Count);
            foreach (var account in usage.Select(u => u.Key1).Distinct().ToList())
                bill.AddUsage(service, account, [.. usage.Where(u => u.Key1 == account)],
                    large.Contains(account) ? await TagsAsync(service, account) : []);
        }
        foreach (var service in onlyWhereTagged)
        {
            var usage = await read.AskAsync(plan.TaggedBase(service));
            var large = AccountsAbove(tagsFromUsd, usage);
            read.Plan(large.Count);
            foreach (var account in large)
                bill.AddUsage(service, account, [.. usage.Where(u => u.Key1 == account)], await TagsAsync(service, account));
            claimed.AddPlain(bill, service, usage.Where(u => !large.Contains(u.Key1)));
        }
        var withUsage = everything.Where(a => IsUsage(a.Key1) && a.AmountUsd != 0).Select(a => a.Key2).ToHashSet(StringComparer.Ordinal);
        await claimed.AddAsync(bill, [.. services.Except(inScope).Where(withUsage.Contains)], from, to, CostExplorerPlan.TagValue);
        foreach (var note in claimed.Notes) notes?.Add(note);

        var payer = connection.Options.AccountId;
        foreach (var service in inScope)
        {
            var rest = everything.Where(a => a.Key2 == service && !IsUsage(a.Key1) && a.AmountUsd != 0).ToList();
            if (rest.Count == 0) continue;
            // One account: the query by record type and service has said it all.
            if (accounts.Count <= 1) bill.AddOther(service, rest.Select(a => a with { Key2 = a.Key1, Key1 = accounts.FirstOrDefault() ?? payer }));
            else bill.AddOther(service, await read.AskAsync(plan.NotUsage(service)));
        }
        var outside = everything.Where(a => !border.IsListed(a.Key2)).GroupBy(a => (a.Day, Service: a.Key2))
            .Select(g => new OutsideScopeRead(g.Key.Day, payer, g.Key.Service,
                g.Sum(a => a.AmountUsd) - bill.Lines.Where(l => l.Day == g.Key.Day && l.Service == g.Key.Service).Sum(l => l.AmountUsd)))
            .Where(o => o.AmountUsd != 0).ToList();
        progress?.Report(1);
        // Named outright: an empty answer must not speak for the accounts of other connections.
        return new BilledDaysRead(Feed, from, to, time.GetUtcNow().UtcDateTime, bill.Lines, outside, read.AccountNames,
            [.. accounts.Union(read.AccountNames.Keys).Union(bill.Lines.Select(l => l.AccountId)).Append(payer).Distinct()]);

        async Task<IReadOnlyList<BilledAmount>> TagsAsync(string service, string account) =>
            [.. (await read.AskAsync(plan.Tagged(service, account))).Select(a => a with { Key1 = plan.TagValue(a.Key1) ?? "" }).Where(a => a.Key1 != "")];
    }

    private static bool IsUsage(string recordType) => recordType == "Usage";

    private static HashSet<string> AccountsAbove(decimal usd, IReadOnlyList<BilledAmount> usage) =>
        [.. usage.GroupBy(u => u.Key1).Where(g => g.Sum(u => u.AmountUsd) > usd).Select(g => g.Key)];

    /// <summary>The questions of one read: amounts out of pages, names of accounts, progress.</summary>
    private sealed class Reading(CostExplorerClient client, CostExplorerPlan plan, IProgress<double>? progress, CancellationToken cancel)
    {
        private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
        private int _asked;
        private int _planned = 2;

        public IReadOnlyDictionary<string, string> AccountNames => _names;

        public void Plan(int more) => _planned += more;

        public async Task<IReadOnlyList<BilledAmount>> AskAsync(GetCostAndUsageRequest request)
        {
            var amounts = new List<BilledAmount>();
            foreach (var page in await client.GetCostAndUsageAsync(request, cancel))
            {
                foreach (var name in page.DimensionValueAttributes)
                    if (name is { Value.Length: > 0 } && name.Attributes.TryGetValue("description", out var text) && text.Length > 0) _names[name.Value] = text;
                foreach (var time in page.ResultsByTime)
                {
                    var day = DateOnly.ParseExact(time.TimePeriod.Start[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture);
                    foreach (var group in time.Groups) amounts.Add(Amount(day, time.Estimated, group));
                }
            }
            progress?.Report(Math.Min(0.99, ++_asked / (double)_planned));
            return amounts;
        }

        private BilledAmount Amount(DateOnly day, bool isPreliminary, Group group)
        {
            if (group.Keys.Count != 2) throw new AwsRefusedException(AwsErrors.UnexpectedAnswer, "A group has not two keys.", 200);
            var cost = group.Metrics.GetValueOrDefault(plan.Metric);
            var quantity = group.Metrics.GetValueOrDefault("UsageQuantity");
            // Rounded once, here, as the store keeps it: sums made from now on stay exact.
            return new BilledAmount(day, group.Keys[0], group.Keys[1], decimal.Round(Number(cost?.Amount) ?? 0, 9, MidpointRounding.ToEven),
                Number(quantity?.Amount), quantity?.Unit ?? "", isPreliminary);
        }

        private static decimal? Number(string? text) => string.IsNullOrEmpty(text) ? null
            : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : throw new AwsRefusedException(AwsErrors.UnexpectedAnswer, "An amount is not a number.", 200);
    }
}
