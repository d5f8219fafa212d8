using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>AssumeRole of STS (query protocol 2011-06-15); the limits of its parameters are those of the API reference.</summary>
internal static partial class StsAnswers
{
    /// <summary>The session that AssumeRole gives.</summary>
    public static readonly TestKey Session = new("ASIASESSION", "SessionSecret/1234567890abcdefghij", "SessionToken==");

    public static async Task AnswerAsync(AwsTestServer server, HttpContext context, string form)
    {
        var values = QueryHelpers.ParseQuery(form).ToDictionary(p => p.Key, p => p.Value.ToString());
        context.Response.ContentType = "text/xml";
        var unknown = values.Keys.Except(["Action", "Version", "RoleArn", "RoleSessionName", "ExternalId", "DurationSeconds"]).ToList();
        if (values.GetValueOrDefault("Action") != "AssumeRole" || values.GetValueOrDefault("Version") != "2011-06-15" || unknown.Count > 0
            || !RoleArn().IsMatch(values.GetValueOrDefault("RoleArn", "")) || !SessionName().IsMatch(values.GetValueOrDefault("RoleSessionName", ""))
            || (values.TryGetValue("ExternalId", out var id) && !ExternalId().IsMatch(id)))
        {
            server.Breaches.Enqueue("STS: " + form);
            context.Response.StatusCode = 400;
            return;
        }
        server.AssumedRoles.Enqueue(values);
        if (values.GetValueOrDefault("ExternalId") == "wrong")
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("""
                <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
                <Message>User: arn:aws:iam::111111111111:user/portal is not authorized to perform: sts:AssumeRole on resource: arn</Message></Error>
                <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ErrorResponse>
                """);
            return;
        }
        if (!server.Keys.Contains(Session)) server.Keys.Add(Session);
        var expires = TimeProvider.System.GetUtcNow().AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await context.Response.WriteAsync($"""
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
            <AssumedRoleUser><Arn>arn:aws:sts::222222222222:assumed-role/portal-reader/GenAiCostPortal</Arn><AssumedRoleId>AROA:GenAiCostPortal</AssumedRoleId></AssumedRoleUser>
            <Credentials><AccessKeyId>{Session.AccessKey}</AccessKeyId><SecretAccessKey>{Session.Secret}</SecretAccessKey><SessionToken>{Session.Token}</SessionToken><Expiration>{expires}</Expiration></Credentials>
            </AssumeRoleResult><ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata></AssumeRoleResponse>
            """);
    }

    [GeneratedRegex(@"^arn:aws[a-z-]*:iam::\d{12}:role/.{1,512}$")]
    private static partial Regex RoleArn();

    [GeneratedRegex(@"^[\w+=,.@-]{2,64}$")]
    private static partial Regex SessionName();

    [GeneratedRegex(@"^[\w+=,.@:\/-]{2,1224}$")]
    private static partial Regex ExternalId();
}
