using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Api;

/// <summary>Routes of providers that have no account here, and routes that are nowhere.</summary>
public sealed class ProviderRoutesTests : IAsyncLifetime
{
    private DaemonApp app = null!;

    public async Task InitializeAsync() => app = await DaemonApp.StartAsync();

    public Task DisposeAsync() => app.DisposeAsync().AsTask();

    [Theory]
    [InlineData("GET", "/api/{p}/messages?email=me@x.example")]
    [InlineData("POST", "/api/{p}/messages/fetch?email=me@x.example")]
    [InlineData("GET", "/api/{p}/messages/18c?email=me@x.example")]
    [InlineData("DELETE", "/api/{p}/messages/18c?email=me@x.example")]
    [InlineData("POST", "/api/{p}/messages/18c/read?email=me@x.example")]
    [InlineData("POST", "/api/{p}/messages/18c/unread?email=me@x.example")]
    [InlineData("POST", "/api/{p}/messages/18c/star?email=me@x.example")]
    [InlineData("POST", "/api/{p}/messages/18c/unstar?email=me@x.example")]
    [InlineData("POST", "/api/{p}/messages/18c/archive?email=me@x.example")]
    [InlineData("POST", "/api/{p}/messages/18c/spam?email=me@x.example")]
    [InlineData("POST", "/api/{p}/messages/18c/not-spam?email=me@x.example")]
    [InlineData("GET", "/api/{p}/folders?email=me@x.example")]
    [InlineData("GET", "/api/{p}/drafts?email=me@x.example")]
    [InlineData("GET", "/api/{p}/search?email=me@x.example&q=x")]
    [InlineData("GET", "/api/gmail/drafts/r-1?email=me@x.example")]
    [InlineData("GET", "/api/gmail/labels?email=me@x.example")]
    [InlineData("POST", "/api/gmail/labels/sync?email=me@x.example")]
    [InlineData("POST", "/api/gmail/messages/18c/labels?email=me@x.example")]
    [InlineData("GET", "/api/outlook/categories?email=me@x.example")]
    [InlineData("POST", "/api/outlook/categories/sync?email=me@x.example")]
    [InlineData("GET", "/api/outlook/message?id=AAMk%2F%2B%3D&email=me@x.example")]
    [InlineData("DELETE", "/api/outlook/message?id=AAMk%2F%2B%3D&email=me@x.example")]
    [InlineData("POST", "/api/outlook/message/read?id=AAMk&email=me@x.example")]
    [InlineData("POST", "/api/outlook/message/unread?id=AAMk&email=me@x.example")]
    [InlineData("POST", "/api/outlook/message/star?id=AAMk&email=me@x.example")]
    [InlineData("POST", "/api/outlook/message/unstar?id=AAMk&email=me@x.example")]
    [InlineData("POST", "/api/outlook/message/archive?id=AAMk&email=me@x.example")]
    [InlineData("POST", "/api/outlook/message/spam?id=AAMk&email=me@x.example")]
    [InlineData("POST", "/api/outlook/message/not-spam?id=AAMk&email=me@x.example")]
    public async Task Account_that_is_not_there_is_not_authorized(string method, string path)
    {
        foreach (var provider in path.Contains("{p}", StringComparison.Ordinal) ? new[] { "gmail", "outlook", "GMAIL" } : ["gmail"])
        {
            var reply = await app.SendAsync(method, path.Replace("{p}", provider, StringComparison.Ordinal), null);

            reply.ShouldBeRefused(401, "not_authorized");
            reply.Msg.ShouldBe("Not authorized");
        }
    }

    [Theory]
    [InlineData("/api/gmail/send", """{"email":"me@x.example","toRecipients":[{"address":"a@b.example"}]}""")]
    [InlineData("/api/outlook/send", """{"email":"me@x.example","toRecipients":[{"address":"a@b.example"}]}""")]
    [InlineData("/api/gmail/reply", """{"email":"me@x.example","messageId":"18c","body":"x"}""")]
    [InlineData("/api/outlook/message/reply?id=AAMk&email=me@x.example", """{"body":"x"}""")]
    [InlineData("/api/gmail/messages/18c/attachment", """{"email":"me@x.example","attachmentId":"ANGj"}""")]
    [InlineData("/api/outlook/attachment", """{"email":"me@x.example","messageId":"AAMk","attachmentId":"AAMk"}""")]
    [InlineData("/api/gmail/messages/18c/move?email=me@x.example", """{"target":"archive"}""")]
    [InlineData("/api/outlook/message/move?id=AAMk&email=me@x.example", """{"target":"archive"}""")]
    [InlineData("/api/gmail/drafts", """{"email":"me@x.example"}""")]
    [InlineData("/api/outlook/categories/create?email=me@x.example", """{"displayName":"x","color":"preset0"}""")]
    public async Task Account_that_is_not_there_sends_nothing(string path, string body)
    {
        var reply = await app.PostAsync(path, body);

        reply.ShouldBeRefused(401, "not_authorized");
        reply.Msg.ShouldBe("Not authorized");
    }

    [Theory]
    [InlineData("GET", "/api/yahoo/messages?email=me@x.example")]
    [InlineData("GET", "/api/yahoo/messages")]
    [InlineData("POST", "/api/yahoo/messages/fetch")]
    [InlineData("GET", "/api/yahoo/folders")]
    [InlineData("POST", "/api/yahoo/send")]
    [InlineData("GET", "/api/yahoo/drafts")]
    [InlineData("GET", "/api/..%2fimap/messages")]
    [InlineData("DELETE", "/api/accounts/yahoo/me@x.example")]
    public async Task Unknown_provider_is_told(string method, string path)
    {
        var reply = await app.SendAsync(method, path, null);

        reply.ShouldBeRefused(404, "unknown_provider");
        reply.Msg.ShouldBe("There is no such provider; it is gmail, outlook or imap.");
    }

    [Theory]
    [InlineData("GET", "/api/imap/nowhere?email=me@x.example", 404, "not_found")]
    [InlineData("GET", "/api/accounts/imap", 404, "not_found")]
    [InlineData("GET", "/api", 404, "not_found")]
    [InlineData("GET", "/api/nowhere", 404, "not_found")]
    [InlineData("GET", "/nowhere/at/all", 404, "not_found")]
    [InlineData("PATCH", "/api/accounts", 405, "method_not_allowed")]
    [InlineData("DELETE", "/api/accounts", 405, "method_not_allowed")]
    [InlineData("PUT", "/api/imap/messages/1", 405, "method_not_allowed")]
    [InlineData("GET", "/api/gmail/send", 405, "method_not_allowed")]
    public async Task Route_that_is_nowhere_is_told(string method, string path, int status, string error)
    {
        (await app.SendAsync(method, path, null)).ShouldBeRefused(status, error);
    }

    [Fact]
    public async Task Missing_address_comes_before_a_missing_account()
    {
        foreach (var (method, path) in new[]
        {
            ("GET", "/api/gmail/messages"), ("POST", "/api/outlook/messages/fetch"), ("GET", "/api/gmail/messages/18c"), ("GET", "/api/outlook/message?id=AAMk"),
            ("GET", "/api/outlook/folders"), ("POST", "/api/gmail/send"),
        })
        {
            var reply = await app.SendAsync(method, path, null);

            reply.ShouldBeRefused(400, "missing_parameter");
            reply.Msg.ShouldBe("Missing email parameter");
        }
    }

    [Fact]
    public async Task Gmail_pages_have_tokens_and_no_offsets()
    {
        var reply = await app.PostAsync("/api/gmail/messages/fetch?email=me@x.example&offset=1");

        reply.Status.ShouldBeOneOf(400, 401);
    }
}
