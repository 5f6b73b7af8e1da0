using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Labels;

public sealed class LabelFaultTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private const string Mails = "/api/mails/imap/lina@sandbox.test/labels";

    [Theory]
    [InlineData("POST", "/api/labels", """{"color":"red"}""", 400, "missing_parameter")]
    [InlineData("POST", "/api/labels", """{"name":"  "}""", 400, "missing_parameter")]
    [InlineData("POST", "/api/labels", """{"name":"x","color":"beige"}""", 400, "invalid_label")]
    [InlineData("POST", "/api/labels", """{"name":"x","color":"#12345"}""", 400, "invalid_label")]
    [InlineData("POST", "/api/labels", """{"name":"a\u0001b"}""", 400, "invalid_parameter")]
    [InlineData("POST", "/api/labels", """{"name":"x","provider":"imap"}""", 400, "missing_parameter")]
    [InlineData("POST", "/api/labels", """{"name":"x","provider":"imap","email":"nobody@sandbox.test"}""", 401, "account_not_configured")]
    [InlineData("POST", "/api/labels", """{"name":"x","provider":"yahoo","email":"lina@sandbox.test"}""", 400, "invalid_parameter")]
    [InlineData("GET", "/api/labels?email=nobody@sandbox.test", null, 404, "account_not_found")]
    [InlineData("GET", "/api/labels/l_nothere", null, 404, "label_not_found")]
    [InlineData("PUT", "/api/labels/l_nothere", """{"name":"x"}""", 404, "label_not_found")]
    [InlineData("PUT", "/api/labels/l_nothere", """{"order":-1}""", 400, "invalid_parameter")]
    [InlineData("DELETE", "/api/labels/l_nothere", null, 404, "label_not_found")]
    [InlineData("GET", "/api/labels/l_nothere/mails", null, 404, "label_not_found")]
    [InlineData("GET", "/api/labels/l_nothere/mails?limit=0", null, 400, "invalid_parameter")]
    [InlineData("GET", Mails, null, 400, "missing_parameter")]
    [InlineData("GET", Mails + "?mailId=imap:999999", null, 404, "message_not_found")]
    [InlineData("GET", Mails + "?mailId=one", null, 400, "invalid_parameter")]
    [InlineData("GET", "/api/mails/imap/nobody@sandbox.test/labels?mailId=1", null, 401, "account_not_configured")]
    [InlineData("GET", "/api/mails/yahoo/lina@sandbox.test/labels?mailId=1", null, 404, "unknown_provider")]
    [InlineData("POST", Mails + "?mailId=imap:1&folder=INBOX", """{"labelId":"l_nothere"}""", 404, "label_not_found")]
    [InlineData("POST", Mails + "?mailId=imap:1", """{}""", 400, "missing_parameter")]
    [InlineData("PUT", Mails + "?mailId=imap:1&folder=INBOX", """{"labelIds":["l_nothere"]}""", 404, "label_not_found")]
    [InlineData("DELETE", Mails + "?mailId=imap:1", null, 400, "missing_parameter")]
    public async Task Bad_call_is_refused_by_name(string method, string path, string? body, int status, string error) =>
        (await sandbox.App.SendAsync(method, path, body is null ? null : JsonDocument.Parse(body).RootElement)).ShouldBeRefused(status, error);
}
