using System.Net;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Outlook;
using MailDaemon.Tests.Support;
using Microsoft.Graph.Models;
using Microsoft.Graph.Users.Item.MailFolders.Item.Messages.Delta;
using Microsoft.Graph.Users.Item.Messages.Item.Move;

namespace MailDaemon.Tests.Outlook.Client;

/// <summary>Single requests as they go over the wire: address, headers, token, what is repeated and what is not, and what failures become.</summary>
public sealed class GraphClientTests : IDisposable
{
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));

    private CancellationToken Ct => limit.Token;

    [Fact]
    public async Task An_id_goes_escaped_and_asks_for_immutable_ids()
    {
        using var graph = new FakeGraph().Answers(FakeGraph.Json("""{"id":"m1","subject":"你好","isRead":true}"""));
        using var client = graph.Client();

        var message = await client.RunAsync((me, ct) => me.Messages[FakeGraph.OddId].GetAsync(r => r.QueryParameters.Select = ["id", "subject"], ct), Ct);

        (message.Id, message.Subject, message.IsRead).ShouldBe(("m1", "你好", true));
        var seen = graph.Seen.ShouldHaveSingleItem();
        seen.ToString().ShouldBe($"GET https://graph.test/v1.0/me/messages/{FakeGraph.OddIdEscaped}?%24select=id,subject");
        seen.Headers["Prefer"].ShouldBe("IdType=\"ImmutableId\"");
        seen.Headers["Authorization"].ShouldBe("Bearer token-1");
        seen.Headers.Keys.ShouldNotContain("Content-Encoding");
    }

    [Fact]
    public async Task Other_preferences_stand_beside_the_immutable_ids()
    {
        using var graph = new FakeGraph().Answers(FakeGraph.Json("""{"value":[]}"""));
        using var client = graph.Client();

        await client.RunAsync((me, ct) => me.MailFolders["inbox"].Messages.Delta.GetAsDeltaGetResponseAsync(r => r.Headers.Add("Prefer", "odata.maxpagesize=50", "outlook.body-content-type=\"text\""), ct), Ct);

        graph.Seen.Single().Headers["Prefer"].Split(", ").Order(StringComparer.Ordinal).ShouldBe(["IdType=\"ImmutableId\"", "odata.maxpagesize=50", "outlook.body-content-type=\"text\""]);
        graph.Seen.Single().Url.ShouldBe("https://graph.test/v1.0/me/mailFolders/inbox/messages/delta()");
    }

    [Fact]
    public async Task A_body_holds_what_is_set_and_nothing_else()
    {
        using var graph = new FakeGraph().Answers(FakeGraph.Json("""{"id":"m1"}"""));
        using var client = graph.Client();

        await client.RunAsync((me, ct) => me.Messages["m1"].PatchAsync(new Message { IsRead = true }, cancellationToken: ct), Ct);

        var seen = graph.Seen.Single();
        seen.ToString().ShouldBe("PATCH https://graph.test/v1.0/me/messages/m1");
        seen.Text.ShouldBe("""{"@odata.type":"#microsoft.graph.message","isRead":true}""");
    }

    [Fact]
    public async Task The_configured_address_may_be_plain_http_with_a_port_and_a_path()
    {
        using var graph = new FakeGraph().Answers(FakeGraph.Json("""{"mail":"olivia@outlook.test"}"""));
        using var client = graph.Client(url: "http://127.0.0.1:8123/stand-in/v1.0/");

        (await client.RunAsync((me, ct) => me.GetAsync(cancellationToken: ct), Ct)).Mail.ShouldBe("olivia@outlook.test");

        graph.Seen.Single().Url.ShouldBe("http://127.0.0.1:8123/stand-in/v1.0/me");
    }

    [Fact]
    public async Task Clear_text_is_for_this_machine_only()
    {
        using var graph = new FakeGraph();
        using var client = graph.Client(url: "http://graph.test/v1.0");

        (await Should.ThrowAsync<MailException>(client.RunAsync((me, ct) => me.GetAsync(cancellationToken: ct), Ct))).Code.ShouldBe("server_not_allowed");
        graph.Seen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    public async Task An_id_of_dots_leads_nowhere_else(string id)
    {
        using var graph = new FakeGraph();
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.RunAsync((me, ct) => me.Messages[id].DeleteAsync(cancellationToken: ct), Ct))).Code.ShouldBe("message_gone");
        (await Should.ThrowAsync<MailException>(client.CopyMessageAsync(id, Stream.Null, Ct))).Code.ShouldBe("message_gone");
        graph.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var graph = new FakeGraph { Otherwise = _ => new HttpResponseMessage(HttpStatusCode.Redirect) { Headers = { Location = new Uri("https://elsewhere.test/") } } };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.RunAsync((me, ct) => me.GetAsync(cancellationToken: ct), Ct))).Code.ShouldBe("graph_odd_answer");
        graph.Seen.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>sign in to the hotel</html>")]
    [InlineData("[1]")]
    [InlineData("""{"value":"x"}""")]
    [InlineData("""{"value":[{"isRead":{}}],"@odata.nextLink":7}""")]
    public async Task What_is_no_answer_is_odd_or_read_as_far_as_it_goes(string body)
    {
        using var graph = new FakeGraph { Otherwise = _ => FakeGraph.Json(body) };
        using var client = graph.Client();
        try
        {
            (await client.RunAsync((me, ct) => me.Messages.GetAsync(cancellationToken: ct), Ct)).ShouldNotBeNull();
        }
        catch (MailException e)
        {
            e.Code.ShouldBe("graph_odd_answer");
            e.ToString().ShouldNotContain("hotel");
        }
    }

    [Fact]
    public async Task A_web_page_with_success_is_odd()
    {
        using var graph = new FakeGraph { Otherwise = _ => new HttpResponseMessage { Content = new StringContent("<html>sign in</html>", null, "text/html") } };
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(client.RunAsync((me, ct) => me.GetAsync(cancellationToken: ct), Ct))).Code.ShouldBe("graph_odd_answer");
    }

    [Fact]
    public async Task A_link_is_read_as_it_was_given()
    {
        var link = "https://graph.test/v1.0/me/mailFolders('A%2FQ%3D')/messages/delta?$deltatoken=aBc%2B_-%3d&$select=id";
        using var graph = new FakeGraph().Answers(FakeGraph.Json("""{"value":[{"id":"m1","@removed":{"reason":"deleted"}}],"@odata.deltaLink":"https://graph.test/v1.0/d2"}"""));
        using var client = graph.Client();

        var page = await client.ReadPageAsync<DeltaGetResponse>(link, Ct, maxPageSize: 200);

        page.OdataDeltaLink.ShouldBe("https://graph.test/v1.0/d2");
        page.Value!.Single().AdditionalData.Keys.ShouldContain("@removed");
        graph.Seen.Single().Url.ShouldBe(link);
        graph.Seen.Single().Headers["Prefer"].ShouldBe("odata.maxpagesize=200, IdType=\"ImmutableId\"");
    }

    [Theory]
    [InlineData("https://elsewhere.test/v1.0/me/messages")]
    [InlineData("http://graph.test/v1.0/me/messages")]
    [InlineData("https://graph.test:444/v1.0/me/messages")]
    [InlineData("https://graph.test/beta/me/messages")]
    [InlineData("https://graph.test/v1.0/../beta/me/messages")]
    [InlineData("https://graph.test/v1.0")]
    [InlineData("https://me@graph.test/v1.0/me/messages")]
    [InlineData("/v1.0/me/messages")]
    [InlineData("")]
    public async Task A_link_out_of_the_api_is_refused_without_a_request(string link)
    {
        using var graph = new FakeGraph();
        using var client = graph.Client();

        (await Should.ThrowAsync<MailException>(() => client.ReadPageAsync<DeltaGetResponse>(link, Ct))).Code.ShouldBe("graph_foreign_link");
        graph.Seen.ShouldBeEmpty();
    }

    public void Dispose() => limit.Dispose();
}
