using System.Text.Json;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sending;

public sealed class DraftRoutesTests(SandboxApp sandbox) : IClassFixture<SandboxApp>
{
    private const string Drafts = "/api/imap/drafts";

    private DaemonApp App => sandbox.App;

    [Theory]
    [InlineData("""{"subject":"x"}""", 400, "missing_parameter")]
    [InlineData("""{"email":"nobody@sandbox.test"}""", 401, "account_not_configured")]
    [InlineData("""{"email":"lina@sandbox.test","to":5}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","to":"not an address"}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","to":[{"name":"x"}]}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","to":"tom@sandbox.test\r\nX: y"}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","to":[{"address":"tom@sandbox.test","name":"a\u0000b"}]}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","subject":"a\nb"}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","contentType":"markdown"}""", 400, "invalid_parameter")]
    [InlineData("""{"email":"lina@sandbox.test","attachments":[{"filename":"a"}]}""", 400, "invalid_parameter")]
    public async Task Bad_draft_is_refused_by_name(string body, int status, string error) =>
        (await App.PostAsync(Drafts, JsonDocument.Parse(body).RootElement)).ShouldBeRefused(status, error);
}
