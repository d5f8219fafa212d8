using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using GenAiCostPortal.Sources.Aws;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GenAiCostPortal.Sources.PriceList;

/// <summary>A product of a made price list with its one price.</summary>
internal sealed record TestProduct(string Offer, string Region, string UsageType, string Unit, string Usd, string From = "2026-03-01T00:00:00Z")
{
    public string ServiceName { get; init; } = "Amazon Bedrock";
    public (string Name, string Value)[] Also { get; init; } = [];
    public int Grades { get; init; } = 1;
    public string Sku => $"SKU{(uint)string.GetHashCode($"{Offer}{Region}{UsageType}{ServiceName}", StringComparison.Ordinal):X8}";

    public JsonObject Product()
    {
        var attributes = new JsonObject
        {
            ["servicecode"] = Offer, ["location"] = "somewhere", ["locationType"] = "AWS Region", ["usagetype"] = UsageType, ["operation"] = "", ["regionCode"] = Region, ["servicename"] = ServiceName,
        };
        foreach (var (name, value) in Also) attributes[name] = value;
        return new JsonObject { ["sku"] = Sku, ["productFamily"] = "Amazon Bedrock", ["attributes"] = attributes };
    }

    public JsonObject Terms()
    {
        var dimensions = new JsonObject();
        for (var i = 0; i < Grades; i++)
            dimensions[$"{Sku}.JRTCKXETXF.{i}"] = new JsonObject
            {
                ["rateCode"] = $"{Sku}.JRTCKXETXF.{i}", ["description"] = "a price", ["beginRange"] = $"{i * 1000}", ["endRange"] = "Inf", ["unit"] = Unit, ["appliesTo"] = new JsonArray(),
                ["pricePerUnit"] = new JsonObject { ["USD"] = Usd },
            };
        return new JsonObject { [$"{Sku}.JRTCKXETXF"] = new JsonObject { ["priceDimensions"] = dimensions, ["sku"] = Sku, ["effectiveDate"] = From, ["offerTermCode"] = "JRTCKXETXF", ["termAttributes"] = new JsonObject() } };
    }
}

/// <summary>A made price list, behind GetProducts and as public files.</summary>
internal sealed class TestPriceList : IAsyncDisposable
{
    private WebApplication? _app;
    public List<TestProduct> Products { get; } = [];
    public List<string> Asked { get; } = [];
    /// <summary>What the file server does with a path instead of answering; null lets it pass.</summary>
    public Func<string, int?> Status { get; set; } = _ => null;
    /// <summary>The last word on a file's text.</summary>
    public Func<string, string> Rewrite { get; set; } = text => text;

    public void Answer(AwsTestServer server) => server.Answers["GetProducts"] = call =>
    {
        var region = call.Body.GetProperty("Filters")[0].GetProperty("Value").GetString();
        var found = Products.Where(p => p.Offer == call.Body.GetProperty("ServiceCode").GetString() && p.Region == region).ToList();
        var skip = call.Body.TryGetProperty("NextToken", out var token) ? int.Parse(token.GetString()!, CultureInfo.InvariantCulture) : 0;
        var answer = new JsonObject
        {
            ["FormatVersion"] = "aws_v1",
            ["PriceList"] = new JsonArray([.. found.Skip(skip).Take(3).Select(p => (JsonNode)new JsonObject
            {
                ["product"] = p.Product(), ["serviceCode"] = p.Offer, ["terms"] = new JsonObject { ["OnDemand"] = p.Terms() }, ["version"] = "20261117000000", ["publicationDate"] = "2026-11-17T01:02:03Z",
            }.ToJsonString())]),
        };
        if (skip + 3 < found.Count) answer["NextToken"] = $"{skip + 3}";
        return answer;
    };

    public async Task<string> ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerFileAsync);
        await _app.StartAsync();
        return _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    private async Task AnswerFileAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        lock (Asked) Asked.Add(path);
        var parts = path.Split('/');
        var offer = parts.Length > 4 ? parts[4] : "";
        if (Status(path) is { } status) context.Response.StatusCode = status;
        // The bucket says 403 of what it does not have.
        else if (!Products.Exists(p => p.Offer == offer)) context.Response.StatusCode = 403;
        else if (path.EndsWith("/current/region_index.json", StringComparison.Ordinal))
            await context.Response.WriteAsync(new JsonObject
            {
                ["formatVersion"] = "v1.0",
                ["regions"] = new JsonObject(Products.Where(p => p.Offer == offer).Select(p => p.Region).Distinct()
                    .Select(r => KeyValuePair.Create(r, (JsonNode?)new JsonObject { ["regionCode"] = r, ["currentVersionUrl"] = $"/offers/v1.0/aws/{offer}/20261117000000/{r}/index.json" }))),
            }.ToJsonString());
        else
        {
            var ofFile = Products.Where(p => p.Offer == offer && p.Region == parts[6]).ToList();
            var text = new JsonObject
            {
                ["formatVersion"] = "v1.0", ["disclaimer"] = "for tests", ["offerCode"] = offer, ["version"] = "20261117000000", ["publicationDate"] = "2026-11-17T01:02:03Z",
                ["products"] = new JsonObject(ofFile.Select(p => KeyValuePair.Create(p.Sku, (JsonNode?)p.Product()))),
                ["terms"] = new JsonObject { ["Reserved"] = new JsonObject { ["X"] = new JsonObject { ["OnDemand"] = 1 } }, ["OnDemand"] = new JsonObject(ofFile.Select(p => KeyValuePair.Create(p.Sku, (JsonNode?)p.Terms()))) },
                ["attributesList"] = new JsonObject(),
            }.ToJsonString();
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Rewrite(text)));
        }
    }
}
