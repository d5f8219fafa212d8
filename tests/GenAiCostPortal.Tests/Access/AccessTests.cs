using System.Net;
using System.Text.RegularExpressions;
using GenAiCostPortal.App;
using GenAiCostPortal.Ledger.Access;
using GenAiCostPortal.Ledger.Store;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GenAiCostPortal.Access;

public sealed partial class AccessTests
{
    private const string Password = "a long enough password";

    [Fact]
    public async Task A_person_without_sign_in_is_sent_to_the_form_and_a_program_gets_401()
    {
        using var app = new PortalApp();
        using var client = app.Anonymous();
        var page = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.StartsWith("/sign-in", page.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/spend")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task The_first_administrator_is_made_with_the_token_once()
    {
        using var app = new PortalApp();
        using var client = app.Anonymous();
        Assert.Equal("/set-up", (await client.GetAsync("/sign-in")).Headers.Location!.ToString());
        // The printed token is replaced by a fresh one, so that the test knows it.
        var token = await app.Services.GetRequiredService<LocalAccounts>().IssueSetUpTokenAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await Post(client, "/set-up", ("token", "wrong"), ("name", "Ada"), ("password", Password))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Post(client, "/set-up", ("token", token!), ("name", "Ada"), ("password", "short"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await Post(client, "/set-up", ("token", token!), ("name", "Ada"), ("password", Password))).StatusCode);
        Assert.Null(await app.Services.GetRequiredService<LocalAccounts>().IssueSetUpTokenAsync());

        Assert.Equal(HttpStatusCode.Unauthorized, (await Post(client, "/sign-in", ("name", "Ada"), ("password", "not this"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await Post(client, "/sign-in", ("name", "Ada"), ("password", Password), ("to", "/spend"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/assessment")).StatusCode);

        await using var db = await app.Services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContextAsync();
        var ada = await db.Users.SingleAsync();
        Assert.DoesNotContain(Password, ada.PasswordHash, StringComparison.Ordinal);
        Assert.Contains(await db.Actions.ToListAsync(), a => a is { Action: "Create the administrator", Outcome: "done" });
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_even_for_the_right_one()
    {
        using var app = new PortalApp();
        var accounts = app.Services.GetRequiredService<LocalAccounts>();
        Assert.Null(await accounts.AddAsync("Ada", Password, PortalRole.Viewer));
        for (var i = 0; i < 5; i++) Assert.Null((await accounts.SignInAsync("Ada", "wrong")).User);
        var locked = await accounts.SignInAsync("Ada", Password);
        Assert.Null(locked.User);
        Assert.NotNull(locked.LockedUntil);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        using var app = new PortalApp();
        await app.Services.GetRequiredService<LocalAccounts>().AddAsync("Ada", Password, PortalRole.Viewer);
        using var client = app.Anonymous();
        var answer = await client.PostAsync("/sign-in", new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = "Ada", ["password"] = Password }));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Signing_in_leads_nowhere_but_into_the_portal()
    {
        using var app = new PortalApp();
        await app.Services.GetRequiredService<LocalAccounts>().AddAsync("Ada", Password, PortalRole.Viewer);
        foreach (var (to, expected) in new[] { ("//elsewhere.example/", "/"), ("https://elsewhere.example/", "/"), ("/\\elsewhere.example", "/"), ("/spend?groupBy=team", "/spend?groupBy=team") })
        {
            using var client = app.Anonymous();
            var answer = await Post(client, "/sign-in", ("name", "Ada"), ("password", Password), ("to", to));
            Assert.Equal(expected, answer.Headers.Location!.ToString());
        }
    }

    [Fact]
    public async Task Keys_are_stored_hashed_and_end_when_revoked()
    {
        using var app = new PortalApp();
        var keys = app.Services.GetRequiredService<ApiKeys>();
        var text = await keys.CreateAsync("reports", ApiKeyKind.Api, PortalRole.Viewer, null, null, null);
        using var client = app.As(text);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/assessment")).StatusCode);
        // A viewer may read and not submit.
        var submit = await client.PostAsync("/api/v1/assessment/submissions", new StringContent("{}", null, "application/json"));
        Assert.Equal(HttpStatusCode.Forbidden, submit.StatusCode);

        await using var db = await app.Services.GetRequiredService<IDbContextFactory<LedgerDb>>().CreateDbContextAsync();
        Assert.DoesNotContain(text, (await db.ApiKeys.SingleAsync()).Hash, StringComparison.Ordinal);
        await keys.RevokeAsync((await keys.ListAsync()).Single().Id);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/assessment")).StatusCode);
    }

    [Fact]
    public async Task An_ingest_key_opens_no_page_and_no_report()
    {
        using var app = new PortalApp();
        var text = await app.Services.GetRequiredService<ApiKeys>().CreateAsync("team Support", ApiKeyKind.Ingest, PortalRole.Administrator, "Support", "prod", null);
        using var client = app.As(text);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/api/v1/spend")).StatusCode);
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers_and_no_inline_script_is_allowed()
    {
        using var app = new PortalApp();
        using var client = app.Anonymous();
        var answer = await client.GetAsync("/set-up");
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self' 'unsafe-inline'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.DoesNotContain("<script>", await answer.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Open_mode_answers_a_loopback_name_only()
    {
        using var app = new PortalApp(new() { ["Access:Mode"] = "Open", ["Urls"] = "http://localhost:5080" });
        using var client = app.Anonymous();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/assessment")).StatusCode);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "http://attacker.example/api/v1/assessment");
        Assert.NotEqual(HttpStatusCode.OK, (await client.SendAsync(rebound)).StatusCode);
    }

    // A page elsewhere can send a form to this machine without being allowed to read the answer; a run of Cost Explorer costs money.
    [Theory]
    [InlineData("Origin", "https://attacker.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://localhost:3000", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.Accepted)]
    [InlineData("Origin", "http://localhost", HttpStatusCode.Accepted)]
    [InlineData("Accept", "*/*", HttpStatusCode.Accepted)]
    public async Task A_page_of_another_site_changes_nothing(string header, string value, HttpStatusCode due)
    {
        using var app = new PortalApp(new() { ["Access:Mode"] = "Open", ["Urls"] = "http://localhost:5080" });
        using var client = app.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/feeds/Retention/run");
        request.Headers.Add(header, value);
        Assert.Equal(due, (await client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task An_api_key_is_enough_wherever_the_call_comes_from()
    {
        using var app = new PortalApp();
        using var client = app.Admin();
        client.DefaultRequestHeaders.Add("Origin", "https://tools.example");
        Assert.Equal(HttpStatusCode.Accepted, (await client.PostAsync("/api/v1/feeds/Retention/run", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/v1/feeds/Nope/runs")).StatusCode);
    }

    private static async Task<HttpResponseMessage> Post(HttpClient client, string path, params (string Name, string Value)[] fields)
    {
        var form = await client.GetStringAsync(path);
        var token = AntiforgeryField().Match(form).Groups[1].Value;
        var values = fields.ToDictionary(f => f.Name, f => f.Value);
        values["__RequestVerificationToken"] = token;
        return await client.PostAsync(path, new FormUrlEncodedContent(values));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryField();
}
