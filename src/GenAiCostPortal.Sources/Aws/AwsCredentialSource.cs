using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace GenAiCostPortal.Sources.Aws;

/// <summary>
/// Credentials of a connection: key pair, profile (SSO too) or the SDK's default chain; with a role, that role assumed by them.
/// Sessions are kept until shortly before they end.
/// </summary>
internal sealed class AwsCredentialSource(AwsConnectionOptions connection, TimeProvider time)
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(5);
    private readonly SemaphoreSlim _renewing = new(1, 1);
    private AWSCredentials? _base;
    private ImmutableCredentials? _session;
    private DateTime _sessionEnd;

    /// <summary>Credentials good for the next minutes.</summary>
    /// <exception cref="AwsRefusedException">None could be had, or the role may not be assumed.</exception>
    public async Task<ImmutableCredentials> GetAsync(CancellationToken cancel)
    {
        await _renewing.WaitAsync(cancel);
        try
        {
            if (connection.RoleArn is not { Length: > 0 }) return await BaseAsync();
            if (_session is null || time.GetUtcNow().UtcDateTime >= _sessionEnd - RenewBefore) await AssumeAsync(cancel);
            return _session!;
        }
        catch (AmazonSecurityTokenServiceException e)
        {
            var isDenied = e.ErrorCode is "AccessDenied" or "AccessDeniedException";
            throw new AwsRefusedException(e.ErrorCode ?? AwsErrors.NoCredentials, e.Message, (int)e.StatusCode, isDenied ? "sts:AssumeRole" : null, e);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or InvalidOperationException or HttpRequestException)
        {
            throw new AwsRefusedException(AwsErrors.NoCredentials, e.Message, 0, null, e);
        }
        finally
        {
            _renewing.Release();
        }
    }

    /// <summary>Drops what is kept, after AWS said it had expired.</summary>
    public void Forget()
    {
        _session = null;
        (_base as RefreshingAWSCredentials)?.ClearCredentials();
    }

    private async Task<ImmutableCredentials> BaseAsync() => await (_base ??= FindBase()).GetCredentialsAsync();

    private AWSCredentials FindBase()
    {
        if (connection is { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0 })
            return new BasicAWSCredentials(connection.AccessKeyId, connection.SecretAccessKey);
        if (connection.Profile is not { Length: > 0 } profile) return DefaultAWSCredentialsIdentityResolver.GetCredentials();
        return new CredentialProfileStoreChain().TryGetAWSCredentials(profile, out var found)
            ? found : throw new AwsRefusedException(AwsErrors.NoCredentials, $"There is no profile {profile}.", 0);
    }

    private async Task AssumeAsync(CancellationToken cancel)
    {
        await BaseAsync();
        var config = new AmazonSecurityTokenServiceConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(connection.Regions.FirstOrDefault() ?? "us-east-1") };
        if (connection.ServiceUrl is { Length: > 0 } url)
        {
            var region = config.RegionEndpoint.SystemName;
            config.ServiceURL = url;
            config.AuthenticationRegion = region;
        }
        using var sts = new AmazonSecurityTokenServiceClient(_base, config);
        var answer = await sts.AssumeRoleAsync(new AssumeRoleRequest
        {
            RoleArn = connection.RoleArn, RoleSessionName = "GenAiCostPortal", ExternalId = connection.ExternalId is { Length: > 0 } id ? id : null,
        }, cancel);
        _session = new ImmutableCredentials(answer.Credentials.AccessKeyId, answer.Credentials.SecretAccessKey, answer.Credentials.SessionToken);
        _sessionEnd = answer.Credentials.Expiration?.ToUniversalTime() ?? time.GetUtcNow().UtcDateTime.AddMinutes(15);
    }
}
