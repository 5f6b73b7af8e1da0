using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.Gmail.SignIn;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox.Net;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Providers.OAuth;

/// <summary>A token endpoint on loopback that answers what a test says, odd things too.</summary>
internal sealed class TokenEndpoint : IAsyncDisposable
{
    private readonly HttpListening listening;
    private readonly ConcurrentQueue<IReadOnlyDictionary<string, string>> forms = new();
    private readonly ConcurrentQueue<string> revoked = new();

    public TokenEndpoint()
    {
        listening = new HttpListening(async (call, _) =>
        {
            if (call.Path == "/userinfo")
                return new HttpAnswer(200, JsonSerializer.SerializeToUtf8Bytes(new { sub = "1", email = Mailbox, email_verified = true }));
            if (call.Path == "/revoke")
            {
                revoked.Enqueue(Form(call.Body)["token"]);
                return new HttpAnswer(RevokeStatus, "{}"u8.ToArray());
            }

            if (call.Path != "/token")
                return new HttpAnswer(404, """{"error":{"code":404,"message":"Not here","errors":[{"reason":"notFound"}]}}"""u8.ToArray());
            forms.Enqueue(Form(call.Body));
            await Gate;
            var (status, body, location) = Answer(forms.Count);
            return status == 0 ? null : new HttpAnswer(status, Encoding.UTF8.GetBytes(body as string ?? JsonSerializer.Serialize(body)), location);
        });
        Google = new GoogleAuthorization(
            Options.Create(new GmailOptions { ClientId = "id-1", ClientSecret = "secret-1", TokenUrl = listening.Url + "/token" }), new OutgoingHttp(Options.Create(new OutgoingOptions())), TimeProvider.System);
    }

    /// <summary>Answers wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Whose tokens it gives.</summary>
    public string Mailbox { get; set; } = "gina@gmail.test";

    public int RevokeStatus { get; set; } = 200;

    /// <summary>Tokens that were revoked, oldest first.</summary>
    public IReadOnlyList<string> Revoked => [.. revoked];

    /// <summary>The settings of a daemon that knows no other Google.</summary>
    public IReadOnlyList<(string Key, string? Value)> Settings =>
    [
        ("Gmail:ClientId", "id-1"),
        ("Gmail:ClientSecret", "secret-1"),
        ("Gmail:ApiBaseUrl", listening.Url),
        ("Gmail:AuthUrl", listening.Url + "/auth"),
        ("Gmail:TokenUrl", listening.Url + "/token"),
        ("Gmail:UserInfoUrl", listening.Url + "/userinfo"),
        ("Gmail:RevokeUrl", listening.Url + "/revoke"),
        ("Gmail:FirstPassByImap", "false"),
    ];

    /// <summary>Takes which request it is, from 1; status 0 drops the connection.</summary>
    public Func<int, (int Status, object Body, string? Location)> Answer { get; set; } = n => Token($"access-{n}");

    /// <summary>What was asked, oldest first.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Forms => [.. forms];

    public GoogleAuthorization Google { get; }

    public static (int Status, object Body, string? Location) Token(string access, int life = 3600, string? refresh = null, string scope = "https://mail.google.com/ openid https://www.googleapis.com/auth/userinfo.email") =>
        (200, new { access_token = access, expires_in = life, refresh_token = refresh, scope, token_type = "Bearer" }, null);

    public static (int Status, object Body, string? Location) Error(int status, string error) => (status, new { error, error_description = "Token has been expired or revoked." }, null);

    public async ValueTask DisposeAsync()
    {
        Google.Dispose();
        await listening.DisposeAsync();
    }

    private static Dictionary<string, string> Form(byte[] body) => Encoding.UTF8.GetString(body).Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')), StringComparer.Ordinal);
}
