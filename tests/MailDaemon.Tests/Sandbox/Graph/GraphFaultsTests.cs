using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MailDaemon.Sandbox.Graph;
using MailDaemon.Sandbox.Graph.Rest;
using static MailDaemon.Tests.Sandboxes.Graph.GraphFixture;

namespace MailDaemon.Tests.Sandboxes.Graph;

/// <summary>What goes wrong when it is told to, and the check against the contract.</summary>
public sealed class GraphFaultsTests : IAsyncLifetime
{
    private GraphFixture graph = null!;

    private GraphFaults Faults => graph.Faults;

    public async Task InitializeAsync() => graph = await GraphFixture.StartAsync();

    public async Task DisposeAsync() => await graph.DisposeAsync();

    [Fact]
    public async Task Storm_ends_after_its_count_and_says_when_to_come_again_or_not()
    {
        Faults.Error.Arm("*", GraphError.TooManyRequests with { RetryAfter = 7 }, times: 1);
        var refused = await graph.TryAsync(HttpMethod.Get, "messages");
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        (await ErrorAsync(refused)).ShouldBe((429, "TooManyRequests"));
        Faults.Error.Arm("me.listMessages", GraphError.TooManyRequestsUntold, times: 1);
        (await graph.TryAsync(HttpMethod.Get, "messages")).Headers.RetryAfter.ShouldBeNull();
        Faults.Error.Arm("me.listMessages", GraphError.Unavailable, times: 1);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, "messages"))).ShouldBe((503, "ServiceUnavailable"));
        await graph.GetAsync("messages");
    }

    [Fact]
    public async Task Message_that_was_just_told_can_be_404_at_first()
    {
        var id = graph.Mailbox.Deliver(Mail("one")).Id;
        Faults.MessageError.Arm(id, GraphError.ItemNotFound, times: 1);
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, $"messages/{Escaped(id)}"))).ShouldBe((404, "ErrorItemNotFound"));
        await graph.GetAsync($"messages/{Escaped(id)}");
    }

    [Fact]
    public async Task Answer_can_be_an_error_after_the_effect_or_end_in_its_middle()
    {
        var id = graph.Mailbox.Deliver(Mail("one")).Id;
        Faults.ErrorAfter.Arm("me.message.move", GraphError.GatewayTimeout, times: 1);
        ((int)(await graph.TryAsync(HttpMethod.Post, $"messages/{Escaped(id)}/move", """{"destinationId":"archive"}""")).StatusCode).ShouldBe(504);
        graph.Mailbox.Messages("archive").Count.ShouldBe(1);

        Faults.CutAfter.Arm("me.mailFolders.list", 30, times: 1);
        await Should.ThrowAsync<HttpRequestException>(() => graph.GetAsync("mailFolders"));
        await graph.GetAsync("mailFolders");
    }

    [Fact]
    public async Task Request_can_be_led_to_another_host()
    {
        Faults.Redirect.Arm("me.listMessages", "http://127.0.0.1:1/v1.0/me/messages", times: 1);
        var reply = await graph.TryAsync(HttpMethod.Get, "messages");
        (reply.StatusCode, reply.Headers.Location!.Port).ShouldBe((HttpStatusCode.Found, 1));
    }

    [Fact]
    public async Task Page_of_a_list_can_leave_messages_out()
    {
        graph.Mailbox.Fill(12);
        var next = (await graph.GetAsync("messages")).GetProperty("@odata.nextLink").GetString()!;
        Faults.ListSkips.Arm(1, times: 1);
        Values(await graph.GetAsync(next)).Length.ShouldBe(1);
        Values(await graph.GetAsync(next)).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Something_can_happen_in_between()
    {
        var id = graph.Mailbox.Deliver(Mail("one")).Id;
        Faults.Meanwhile.Arm("me.message.update", mailbox => mailbox.Delete(id), times: 1);
        await graph.SuccessAsync(HttpMethod.Patch, $"messages/{Escaped(id)}", """{"isRead":true}""");
        graph.Mailbox.Messages("deleteditems").ShouldHaveSingleItem().IsRead.ShouldBeTrue();
    }

    [Fact]
    public async Task Server_that_is_away_cuts_each_request_off()
    {
        graph.Graph.GoAway();
        await Should.ThrowAsync<HttpRequestException>(() => graph.GetAsync("messages"));
        graph.Graph.ComeBack();
        await graph.GetAsync("messages");
    }

    [GraphContractFact]
    public async Task Requests_that_break_the_contract_are_noted()
    {
        var id = Escaped(graph.Mailbox.Deliver(Mail("one")).Id);
        string[] breaks =
        [
            await NoteAsync(HttpMethod.Get, "messages?$colour=red"),
            await NoteAsync(HttpMethod.Patch, $"messages/{id}", """{"isRead":"yes"}"""),
            await NoteAsync(HttpMethod.Patch, $"messages/{id}", """{"colour":1}"""),
            await NoteAsync(HttpMethod.Patch, $"messages/{id}", """{"flag":{"flagStatus":"red"}}"""),
            await NoteAsync(HttpMethod.Put, $"messages/{id}", "{}"),
            await NoteAsync(HttpMethod.Post, $"messages/{id}/send", "{}"),
            await NoteAsync(HttpMethod.Get, "contacts"),
        ];
        breaks.Select(text => text[(text.IndexOf(": ", StringComparison.Ordinal) + 2)..].Split(" /")[0]).ShouldBe(
            ["There is no parameter $colour", "body.isRead is no boolean", "There is no field body.colour", "body.flag.flagStatus is none of its values", "There is no operation PUT", "The operation takes no body", "There is no operation GET"]);

        async Task<string> NoteAsync(HttpMethod verb, string path, string? json = null)
        {
            graph.Graph.ClearRequests();
            await graph.TryAsync(verb, path, json);
            return graph.Graph.Violations.ShouldHaveSingleItem();
        }
    }

    [GraphContractFact]
    public void Each_operation_of_the_contract_is_there()
    {
        using var contract = GraphContract.Load(GraphContractDocument.Path!);
        var context = new GraphContext(new GraphServerOptions(), new GraphFaults(), null!, TimeProvider.System);
        var operations = GraphOperations.Create(context, new GraphSending(context), new GraphUploads(context, null!, () => ""));
        var missing = contract.Operations.Where(one => one.Path != "$batch" && !operations.Any(operation => operation.Verb == one.Verb && operation.Path == one.Path)).Select(one => one.Id);

        // Rules that Outlook itself carries out are none of the daemon's business.
        missing.ShouldBe(["me.mailFolder.listMessageRules", "me.mailFolder.createMessageRule"]);
    }

    [Fact]
    public async Task Answers_are_compressed_when_that_is_welcome()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{graph.Graph.BaseUrl}/me");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        (await graph.Http.SendAsync(request)).Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
    }

    [Fact]
    public async Task Token_of_the_identity_platform_opens_the_mailbox()
    {
        graph.Http.DefaultRequestHeaders.Authorization = new("Bearer", graph.Servers.Identity.AccessToken(graph.Address));
        await graph.GetAsync("messages");
        graph.Servers.Identity.ExpireAccessTokens();
        (await ErrorAsync(await graph.TryAsync(HttpMethod.Get, "messages"))).ShouldBe((401, "InvalidAuthenticationToken"));
    }
}
