using System.Text.Json;
using MailDaemon.Sandbox.Identity;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Tests.Support;

/// <summary>The one request of a sign-in to Graph: whose mailbox it is. Everything else is 404.</summary>
internal sealed class GraphMe : IAsyncDisposable
{
    private readonly HttpListening listening;
    private int asked;

    public GraphMe(IdentityServer identity) => listening = new HttpListening((call, _) =>
    {
        Interlocked.Increment(ref asked);
        if (!call.Path.StartsWith("/v1.0/me?", StringComparison.Ordinal))
            return Task.FromResult<HttpAnswer?>(new HttpAnswer(404, "{}"u8.ToArray()));
        if (Status != 200)
            return Task.FromResult<HttpAnswer?>(Status == 0 ? null : new HttpAnswer(Status, "<html>"u8.ToArray()));
        var user = identity.Users.FirstOrDefault(one => one.Address == identity.FindUser(call.Headers["Authorization"]["Bearer ".Length..]));
        return Task.FromResult<HttpAnswer?>(user is null
            ? new HttpAnswer(401, """{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed"}}"""u8.ToArray())
            : new HttpAnswer(200, JsonSerializer.SerializeToUtf8Bytes(new { mail = KnowsMail ? user.Address : null, userPrincipalName = user.UserName })));
    });

    public string Url => listening.Url + "/v1.0";

    public int Asked => asked;

    /// <summary>Another status than 200 is answered without JSON; 0 drops the connection.</summary>
    public int Status { get; set; } = 200;

    /// <summary>Whether the address of the mailbox is told.</summary>
    public bool KnowsMail { get; set; } = true;

    public ValueTask DisposeAsync() => listening.DisposeAsync();
}
