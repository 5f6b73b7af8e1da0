using System.Text;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.Outlook.SignIn;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox.Net;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Providers.Outlook.SignIn;

/// <summary>What Graph says whose mailbox it is, odd things too.</summary>
public sealed class MailboxNamesTests
{
    [Theory]
    [InlineData("""{"mail":"a@firm.test","userPrincipalName":"b@firm.onmicrosoft.test"}""", "a@firm.test b@firm.onmicrosoft.test")]
    [InlineData("""{"mail":null,"userPrincipalName":"b@firm.test"}""", "b@firm.test")]
    [InlineData("""{"mail":"no address"}""", "")]
    [InlineData("{}", "")]
    public async Task Address_of_the_mailbox_comes_before_the_name_to_sign_in_with(string body, string names)
    {
        await using var graph = new HttpListening((call, _) => Task.FromResult<HttpAnswer?>(
            call.Path == "/v1.0/me?$select=mail,userPrincipalName" && call.Headers["Authorization"] == "Bearer token-1" ? new HttpAnswer(200, Encoding.UTF8.GetBytes(body)) : new HttpAnswer(404, [])));

        (await ReadAsync(graph.Url + "/v1.0")).ShouldBe(names.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(200, "<html>Sign in to the hotel's network</html>", "mailbox_unknown")]
    [InlineData(200, "null", "mailbox_unknown")]
    [InlineData(200, "[]", "mailbox_unknown")]
    [InlineData(200, """{"mail":7}""", "mailbox_unknown")]
    [InlineData(200, "", "mailbox_unknown")]
    [InlineData(302, "", "mailbox_unknown")]
    [InlineData(401, "{}", "mailbox_unknown")]
    [InlineData(503, "", "mailbox_unknown")]
    [InlineData(0, "", "connection_lost")]
    public async Task Odd_answer_is_a_plain_failure_without_the_token(int status, string body, string code)
    {
        await using var graph = new HttpListening((_, _) => Task.FromResult(status == 0 ? null : new HttpAnswer(status, Encoding.UTF8.GetBytes(body), "http://127.0.0.1:9/")));

        var failure = await Should.ThrowAsync<MailException>(() => ReadAsync(graph.Url));

        failure.Code.ShouldBe(code);
        failure.ToString().ShouldNotContain("token-1");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "server_unreachable")]
    [InlineData("http://192.0.2.1", "server_not_allowed")]
    public async Task Server_that_cannot_be_asked_is_told(string url, string code) =>
        (await Should.ThrowAsync<MailException>(() => ReadAsync(url))).Code.ShouldBe(code);

    private static async Task<IReadOnlyList<string>> ReadAsync(string url)
    {
        using var names = new MailboxNames(Options.Create(new OutlookOptions { GraphBaseUrl = url }), new OutgoingHttp(Options.Create(new OutgoingOptions())));
        return await names.ReadAsync(new Secret("token-1"), CancellationToken.None);
    }
}
