using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Sources.Otlp;

namespace GenAiCostPortal.Access;

/// <summary>
/// Who may send OTLP: ingest keys, with what they are bound to, and API keys of operators and administrators. The key comes as
/// <c>Authorization: Bearer KEY</c>, or as <c>x-api-key</c> for exporters that can only set plain headers.
/// </summary>
internal sealed class IngestAccess(ApiKeys keys)
{
    public async ValueTask<IngestBinding?> CheckAsync(HttpContext context)
    {
        var text = ApiKeyAccess.TextOf(context.Request) ?? context.Request.Headers["x-api-key"].ToString();
        return await keys.FindAsync(text, context.RequestAborted) switch
        {
            { Kind: ApiKeyKind.Ingest } key => new IngestBinding(key.Team, key.Environment, key.AccountId),
            { Role: >= PortalRole.Operator } => IngestBinding.None,
            _ => null,
        };
    }
}
