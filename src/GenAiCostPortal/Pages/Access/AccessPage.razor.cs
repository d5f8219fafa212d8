using System.ComponentModel.DataAnnotations;
using GenAiCostPortal.Access;
using GenAiCostPortal.Actions;
using GenAiCostPortal.Figures;
using GenAiCostPortal.Filters;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Store;
using GenAiCostPortal.Settings;
using Microsoft.AspNetCore.Components;

namespace GenAiCostPortal.Pages.Access;

public sealed partial class AccessPage
{
    private const int ActionsShown = 50;
    private KeyForm _key = new();
    private PersonForm _person = new();
    private (string Name, string Text)? _made;

    [Inject] private ApiKeys Keys { get; set; } = default!;
    [Inject] private LocalAccounts Accounts { get; set; } = default!;
    [Inject] private ActionLog Log { get; set; } = default!;
    [Inject] private UserAction Action { get; set; } = default!;
    [Inject] private PortalSettings Settings { get; set; } = default!;

    /// <summary>What the page shows.</summary>
    public sealed record Answer(
        IReadOnlyList<ApiKeyItem> Keys, IReadOnlyList<(int Id, string Name, PortalRole Role, DateTime? LastSignInAt)> People, IReadOnlyList<ActionRecord> Actions);

    protected override async Task<Answer> ReadAsync(PortalUrl url, CancellationToken cancel) =>
        new(await Keys.ListAsync(cancel), await Accounts.ListAsync(cancel), await Log.RecentAsync(ActionsShown, cancel));

    protected override bool Concerns(LedgerPart part) => part == LedgerPart.Settings;

    private async Task MakeKeyAsync()
    {
        var form = _key;
        var kind = form.Opens == "Ingest" ? ApiKeyKind.Ingest : ApiKeyKind.Api;
        await Action.RunAsync(Policies.Administrator, "Make a key", form.Name, async _ =>
        {
            var role = kind == ApiKeyKind.Api ? Enum.Parse<PortalRole>(form.Opens) : PortalRole.Viewer;
            _made = (form.Name, await Keys.CreateAsync(form.Name.Trim(), kind, role, form.Team, form.Environment, form.AccountId));
            _key = new KeyForm();
            return new ActionOutcome("Copy it now: the portal keeps only its hash.");
        });
        await ReadAgainAsync();
    }

    private async Task RevokeAsync(ApiKeyItem key)
    {
        await Action.RunAsync(Policies.Administrator, "Revoke a key", key.Name, async _ =>
        {
            await Keys.RevokeAsync(key.Id);
            return new ActionOutcome("It opens nothing from now on.");
        });
        await ReadAgainAsync();
    }

    private async Task AddPersonAsync()
    {
        var form = _person;
        await Action.RunAsync(Policies.Administrator, "Add a person", form.Name, async _ =>
        {
            if (await Accounts.AddAsync(form.Name, form.Password, form.Role) is { } wrong) return new ActionOutcome(wrong, IsDone: false);
            _person = new PersonForm();
            return new ActionOutcome("They can sign in now.");
        });
        await ReadAgainAsync();
    }

    private static string BoundTo(ApiKeyItem key) =>
        key.Kind == ApiKeyKind.Api ? "" : string.Join(" · ", new[] { key.Team, key.Environment, key.AccountId }.Where(b => b is not null)) is { Length: > 0 } bound ? bound : "anything";

    private sealed class KeyForm
    {
        [Required(ErrorMessage = "Give the key a name that says who uses it."), StringLength(100)]
        public string Name { get; set; } = "";
        public string Opens { get; set; } = "Ingest";
        [StringLength(100)] public string? Team { get; set; }
        [StringLength(100)] public string? Environment { get; set; }
        [RegularExpression("[0-9]{12}", ErrorMessage = "An AWS account id has 12 digits.")]
        public string? AccountId { get; set; }
    }

    private sealed class PersonForm
    {
        [Required(ErrorMessage = "Give a name."), StringLength(100)]
        public string Name { get; set; } = "";
        [Required(ErrorMessage = "Give a first password."), MinLength(LocalAccounts.ShortestPassword, ErrorMessage = "The password needs at least 12 characters.")]
        public string Password { get; set; } = "";
        public PortalRole Role { get; set; } = PortalRole.Viewer;
    }
}
