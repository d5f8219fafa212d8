using System.Net.Mail;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace GenAiCostPortal.Sources.Notifications;

/// <summary>Mail on its way to a server of the test: what is said by TLS, what is not sent without it, and what comes out at the other end.</summary>
public sealed class MailPostTests
{
    private const string Body = "Spike in Übersicht\n.\nA line of a single dot is no end.";
    private static readonly DateTime At = new(2026, 11, 17, 10, 0, 0, DateTimeKind.Utc);

    private static MailText Mail(string subject = "Spike in contract-summary", params string[] to) =>
        new(new MailAddress("portal@example.com", "GenAI portal"), to.Length > 0 ? to : ["ada@example.com"], subject, Body, "genai-cost-portal-7", At);

    private static SmtpOptions Options(TestMailServer server, X509Certificate2? trusted, bool isTlsFromTheStart)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust };
        if (trusted is not null) trust.CustomTrustStore.Add(trusted);
        return new SmtpOptions { Host = "localhost", Port = server.Port, From = "portal@example.com", User = "portal", Password = "secret", ImplicitTls = isTlsFromTheStart, Trust = trust };
    }

    private static Task<SendOutcome> SendAsync(SmtpOptions options, MailText? mail = null) => new MailPost(options).SendAsync(mail ?? Mail(), CancellationToken.None);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Password_and_message_go_by_tls_alone(bool isTlsFromTheStart)
    {
        using var certificate = TestMailServer.Certificate();
        await using var server = new TestMailServer(certificate, isTlsFromTheStart);
        Assert.Equal(SendOutcome.Arrived, await SendAsync(Options(server, certificate, isTlsFromTheStart)));
        var (to, text) = Assert.Single(server.Mails);
        Assert.Equal(["ada@example.com"], to);
        Assert.Contains("From: \"GenAI portal\" <portal@example.com>\n", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("Date: Tue, 17 Nov 2026 10:00:00 +0000\n", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(Body, Encoding.UTF8.GetString(Convert.FromBase64String(text.ReplaceLineEndings("\n").Split("\n\n", 2)[1])));
        Assert.Contains("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes("\0portal\0secret")), server.Heard.Select(h => h.Line));
        Assert.All(server.Heard.Where(h => !h.IsSecured), h => Assert.Matches("^(EHLO|STARTTLS)", h.Line));
        Assert.Equal(isTlsFromTheStart, server.Heard.All(h => h.IsSecured));
    }

    [Theory]
    [InlineData(465, null, true, true)]
    [InlineData(587, null, true, false)]
    [InlineData(2465, true, true, true)]
    [InlineData(465, false, true, false)]
    [InlineData(465, null, false, false)]
    public void Port_465_begins_with_tls(int port, bool? implicitTls, bool useTls, bool begins) =>
        Assert.Equal(begins, new SmtpOptions { Port = port, ImplicitTls = implicitTls, UseTls = useTls }.IsTlsFromTheStart);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_nobody_vouches_for_gets_nothing(bool isTlsFromTheStart)
    {
        using var certificate = TestMailServer.Certificate();
        await using var server = new TestMailServer(certificate, isTlsFromTheStart);
        var outcome = await SendAsync(Options(server, null, isTlsFromTheStart));
        Assert.Equal(("The certificate of the mail server is not trusted on this machine, or is not for localhost. Check Alerts:Smtp:Host.", false), (outcome.Problem, outcome.IsFinal));
        Assert.DoesNotContain(server.Heard, h => h.Line.StartsWith("AUTH", StringComparison.Ordinal));
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task Nothing_is_sent_in_the_clear_where_tls_is_asked_for()
    {
        await using var server = new TestMailServer();
        var outcome = await SendAsync(Options(server, null, isTlsFromTheStart: false));
        Assert.StartsWith("The mail server offers no STARTTLS", outcome.Problem, StringComparison.Ordinal);
        Assert.True(outcome.IsFinal);
        Assert.All(server.Heard, h => Assert.StartsWith("EHLO", h.Line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_put_in_before_tls_is_not_believed()
    {
        using var certificate = TestMailServer.Certificate();
        await using var server = new TestMailServer(certificate) { Injected = "250 AUTH PLAIN" };
        Assert.False((await SendAsync(Options(server, certificate, isTlsFromTheStart: false))).HasArrived);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_refused_address_does_not_keep_the_mail_from_the_others()
    {
        await using var server = new TestMailServer { Refused = "ada@" };
        var options = new SmtpOptions { Host = "127.0.0.1", Port = server.Port, From = "portal@example.com", UseTls = false };
        var outcome = await SendAsync(options, Mail("x", "ada@example.com", "bo@example.com"));
        Assert.Equal((true, "The mail server does not take mail for 1 of 2 addresses."), (outcome.HasArrived, outcome.Note));
        Assert.Equal(["bo@example.com"], Assert.Single(server.Mails).To);
        Assert.Equal(new SendOutcome("The mail server does not take mail for the address (550).", IsFinal: true), await SendAsync(options));
        Assert.Single(server.Mails);
    }

    [Theory]
    [InlineData("535 no", true)]
    [InlineData("454 not now", false)]
    public async Task A_password_that_is_not_taken_is_said(string answer, bool isFinal)
    {
        using var certificate = TestMailServer.Certificate();
        await using var server = new TestMailServer(certificate, isTlsFromTheStart: true) { Welcome = answer };
        Assert.Equal(new SendOutcome($"The mail server does not take the user and password ({answer[..3]}). Check Alerts:Smtp:User and :Password.", isFinal),
            await SendAsync(Options(server, certificate, isTlsFromTheStart: true)));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_asked_again_later()
    {
        int port;
        await using (var server = new TestMailServer()) port = server.Port;
        var outcome = await SendAsync(new SmtpOptions { Host = "127.0.0.1", Port = port, From = "portal@example.com", UseTls = false });
        Assert.Equal((false, false), (outcome.HasArrived, outcome.IsFinal));
    }

    [Fact]
    public void A_name_cannot_begin_a_header_and_any_letter_arrives()
    {
        var text = Mail("Spike in a\r\nBcc: eve@example.com").Whole();
        Assert.Contains("Subject: Spike in a  Bcc: eve@example.com\r\n", text, StringComparison.Ordinal);
        const string long_ = "Spike in Größenabschätzung-für-Verträge-日本語-日本語-日本語-日本語-日本語-日本語";
        var subject = Regex.Match(Mail(long_).Whole(), "Subject: (.*?)\r\nDate", RegexOptions.Singleline).Groups[1].Value;
        Assert.All(subject.Split("\r\n "), word => Assert.InRange(word.Length, 1, 75));
        Assert.Equal(long_, string.Concat(Regex.Matches(subject, @"=\?utf-8\?B\?(.*?)\?=").Select(m => Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups[1].Value)))));
    }
}
