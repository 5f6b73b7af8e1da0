using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Accounts;

/// <summary>What the routes of sign-in answer: the setting that is missing and where one gets it; unknown routes beside them are 404.</summary>
public sealed class SignInRoutesTests
{
    [Theory]
    [InlineData("/api/gmail/auth/initiate?loginHint=me@gmail.com", "Gmail:ClientId", "console.cloud.google.com")]
    [InlineData("/api/outlook/auth/initiate", "Outlook:ClientId", "entra.microsoft.com")]
    public async Task Missing_client_id_names_the_setting_and_where_to_get_one(string path, string setting, string place)
    {
        await using var app = await DaemonApp.StartAsync();

        var reply = await app.PostAsync(path);

        reply.ShouldBeRefused(400, "client_id_missing");
        reply.Msg!.ShouldContain(setting);
        reply.Msg!.ShouldContain(place);
    }

    [Theory]
    [InlineData("GET", "/api/gmail/auth/status?email=me@gmail.com", 401, "not_authorized")]
    [InlineData("GET", "/api/outlook/auth/status?email=me@outlook.com", 401, "not_authorized")]
    [InlineData("GET", "/api/gmail/messages?email=me@gmail.com", 401, "not_authorized")]
    [InlineData("GET", "/api/gmail/drafts?email=me@gmail.com", 401, "not_authorized")]
    [InlineData("POST", "/api/gmail/labels/sync?email=me@gmail.com", 401, "not_authorized")]
    [InlineData("GET", "/api/outlook/categories?email=me@outlook.com", 401, "not_authorized")]
    [InlineData("GET", "/api/gmail/auth/nowhere", 404, "not_found")]
    [InlineData("GET", "/api/gmail/auth", 404, "not_found")]
    [InlineData("POST", "/api/outlook/messages/x/nowhere", 404, "not_found")]
    [InlineData("GET", "/api/imap/auth/status", 404, "not_found")]
    public async Task Known_route_is_401_for_an_unknown_account_and_an_unknown_one_404(string method, string path, int status, string error)
    {
        await using var app = await DaemonApp.StartAsync();

        (await app.SendAsync(method, path, null)).ShouldBeRefused(status, error);
    }

    [Fact]
    public async Task Client_id_without_a_way_to_sign_in_says_so()
    {
        await using var app = await DaemonApp.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["Gmail:ClientId"] = "id.apps.googleusercontent.com" });

        (await app.PostAsync("/api/gmail/auth/initiate")).ShouldBeRefused(409, "sign_in_not_available");
    }
}
