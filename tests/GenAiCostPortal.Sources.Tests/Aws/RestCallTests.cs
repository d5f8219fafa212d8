using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GenAiCostPortal.Sources.Aws;

public sealed class RestCallTests : IAsyncLifetime
{
    private const string Profile = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6";
    private readonly TestClock _clock = new(new DateTime(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc));
    private AwsTestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await AwsTestServer.StartAsync(_clock);
        _server.Answers["GetInferenceProfile"] = call => new JsonObject
        {
            ["inferenceProfileName"] = "support bot", ["inferenceProfileArn"] = call.Body.GetProperty("inferenceProfileIdentifier").GetString(),
            ["inferenceProfileId"] = "a1b2c3d4e5f6", ["status"] = "ACTIVE", ["type"] = "APPLICATION", ["createdAt"] = "2026-10-01T08:00:00Z",
            ["models"] = new JsonArray(new JsonObject { ["modelArn"] = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-20250514-v1:0" }),
        };
        _server.Answers["ListTagsForResource"] = _ => new JsonObject { ["tags"] = new JsonArray() };
        _server.Buckets.Put("acme-logs", "a b/ü+&=~%20/..//x.json.gz", Encoding.UTF8.GetBytes("hello"), _clock.Now);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private IAwsApi Api(AwsConnectionOptions? connection = null)
    {
        connection ??= _server.Connection();
        return new AwsConnections(new AwsOptions { Connections = [connection] }, _clock, NullLoggerFactory.Instance).Get(connection.Name).Api;
    }

    private static AwsCall AskProfile => AwsCall.Rest("bedrock", "us-east-1", "GET", "/inference-profiles/" + AwsCall.Segment(Profile), "bedrock:GetInferenceProfile");

    [Fact]
    public async Task An_ARN_in_the_path_is_encoded_once_on_the_wire_and_twice_in_the_signature()
    {
        var answer = JsonNode.Parse(await Api().CallAsync(AskProfile))!;
        Assert.Equal(Profile, (string?)answer["inferenceProfileArn"]);
        var call = Assert.Single(_server.Calls);
        Assert.Equal(("bedrock", "us-east-1", "GetInferenceProfile"), (call.Service, call.Region, call.Operation));
        Assert.Empty(_server.Refusals);
    }

    [Fact]
    public async Task A_POST_carries_its_body_as_plain_JSON()
    {
        var body = Encoding.UTF8.GetBytes(new JsonObject { ["resourceARN"] = Profile }.ToJsonString());
        await Api().CallAsync(AwsCall.Rest("bedrock", "us-east-1", "POST", "/listTagsForResource", "bedrock:ListTagsForResource", body));
        Assert.Equal(Profile, Assert.Single(_server.Calls).Body.GetProperty("resourceARN").GetString());
    }

    [Fact]
    public async Task What_the_API_model_does_not_know_breaks_the_shape()
    {
        var unknown = AskProfile with { Query = [("verbose", "true")] };
        await Assert.ThrowsAsync<AwsRefusedException>(() => Api().CallAsync(unknown));
        await Assert.ThrowsAsync<AwsRefusedException>(() => Api().CallAsync(AskProfile with { Path = "/inference-profile/x" }));
        Assert.Collection(_server.Breaches, b => Assert.Contains("unknown query parameter verbose", b, StringComparison.Ordinal),
            b => Assert.Contains("no operation answers GET /inference-profile/x", b, StringComparison.Ordinal));
        _server.Breaches.Clear();
    }

    [Fact]
    public async Task The_error_type_of_a_header_is_the_code_and_the_action_comes_from_the_call()
    {
        _server.Fault = _ => new TestFault(403, "AccessDeniedException", "You may not.");
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => Api().CallAsync(AskProfile));
        Assert.Equal(("AccessDeniedException", "bedrock:GetInferenceProfile", 403), (refusal.Code, refusal.MissingAction, refusal.Status));
    }

    [Fact]
    public async Task REST_throttling_is_waited_out()
    {
        _server.Fault = call => call.Number <= 2 ? new TestFault(429, "ThrottlingException", "Too many requests") : null;
        await Api().CallAsync(AskProfile);
        Assert.Equal(2, _clock.Waits.Count);
    }

    [Fact]
    public async Task A_key_of_S3_keeps_every_character()
    {
        var bytes = await Api().CallAsync(AwsCall.S3("us-east-1", "acme-logs", "a b/ü+&=~%20/..//x.json.gz", "s3:GetObject"));
        Assert.Equal("hello", Encoding.UTF8.GetString(bytes));
        Assert.Empty(_server.Refusals);
    }

    [Fact]
    public async Task A_listing_is_asked_with_its_parameters()
    {
        var answer = Encoding.UTF8.GetString(await Api().CallAsync(AwsCall.S3("us-east-1", "acme-logs", "", "s3:ListBucket", ("list-type", "2"), ("prefix", "a b/ü+&"))));
        Assert.Contains("<KeyCount>1</KeyCount>", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_S3_is_read_from_its_XML_and_names_the_action()
    {
        _server.Fault = _ => new TestFault(403, "AccessDenied", "Access Denied");
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => Api().OpenAsync(AwsCall.S3("us-east-1", "acme-logs", "x", "s3:GetObject")));
        Assert.Equal(("AccessDenied", "s3:GetObject"), (refusal.Code, refusal.MissingAction));
        Assert.Equal("The credentials lack s3:GetObject.", AwsErrors.Words(refusal, _server.Connection()).Message);
    }

    [Fact]
    public async Task A_key_that_encrypts_the_bucket_may_be_what_is_denied()
    {
        _server.Fault = _ => new TestFault(403, "AccessDenied", "User: arn:aws:iam::1:user/x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:1:key/2");
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => Api().CallAsync(AwsCall.S3("us-east-1", "acme-logs", "x", "s3:GetObject")));
        Assert.Equal("kms:Decrypt", refusal.MissingAction);
    }

    [Fact]
    public async Task A_bucket_of_another_region_says_where_it_is()
    {
        _server.Buckets.Elsewhere["acme-logs"] = "eu-west-1";
        var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => Api().CallAsync(AwsCall.S3("us-east-1", "acme-logs", "", "s3:ListBucket", ("list-type", "2"))));
        Assert.Equal(("PermanentRedirect", "eu-west-1"), (refusal.Code, refusal.BucketRegion));
    }

    [Fact]
    public async Task A_stream_cut_in_the_middle_is_AWS_not_being_reached()
    {
        var bytes = Enumerable.Range(0, 200_000).Select(i => (byte)i).ToArray();
        _server.Buckets.Put("acme-logs", "large", bytes, _clock.Now);
        _server.CutAfterBytes = call => call.Number == 1 ? 120_000 : null;
        var call = AwsCall.S3("us-east-1", "acme-logs", "large", "s3:GetObject");
        await using (var cut = await Api().OpenAsync(call))
        {
            var refusal = await Assert.ThrowsAsync<AwsRefusedException>(() => cut.CopyToAsync(Stream.Null));
            Assert.Equal(AwsErrors.ConnectionFailed, refusal.Code);
        }
        await using var whole = await Api().OpenAsync(call);
        var read = new MemoryStream();
        await whole.CopyToAsync(read);
        Assert.Equal(bytes, read.ToArray());
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_for_REST_too()
    {
        var connection = _server.Connection();
        connection.SecretAccessKey = AwsTestServer.Secret + "x";
        await Assert.ThrowsAsync<AwsRefusedException>(() => Api(connection).CallAsync(AskProfile));
        await Assert.ThrowsAsync<AwsRefusedException>(() => Api(connection).CallAsync(AwsCall.S3("us-east-1", "acme-logs", "large", "s3:GetObject")));
        Assert.Equal(["InvalidSignatureException", "InvalidSignatureException"], _server.Refusals);
    }

    [Theory]
    [InlineData("acme-logs", null, "https://acme-logs.s3.eu-west-1.amazonaws.com/", "/a%2Bb/c")]
    [InlineData("acme.logs", null, "https://s3.eu-west-1.amazonaws.com/", "/acme.logs/a%2Bb/c")]
    [InlineData("acme-logs", "http://localhost:4566", "http://localhost:4566/", "/acme-logs/a%2Bb/c")]
    public void A_bucket_is_in_the_host_unless_the_host_is_given_or_the_bucket_has_dots(string bucket, string? serviceUrl, string url, string path)
    {
        var call = AwsCall.S3("eu-west-1", bucket, "a+b/c", "s3:GetObject");
        var (found, region) = AwsEndpoints.Find(call, serviceUrl);
        Assert.Equal((new Uri(url), "eu-west-1", path), (found, region, AwsEndpoints.PathOf(call, found, serviceUrl)));
    }
}
