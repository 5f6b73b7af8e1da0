using MailDaemon.Sandbox.Identity;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Sign-ins at the sandbox's Microsoft by a code that is entered on another machine. MSAL waits by the machine's clock, a second between two questions.</summary>
public sealed class MicrosoftDeviceTests
{
    private static readonly IdentityUser Olivia = OutlookSignInApp.Olivia;

    [Fact]
    public async Task Code_that_is_entered_elsewhere_connects_the_mailbox()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        var begun = await app.InitiateDeviceAsync(Olivia.Address);
        var before = await app.StatusOfAsync(begun.State);

        await app.EnterAsync(begun, "allow");
        var end = await app.EndOfAsync(begun.State);

        (before, end).ShouldBe((("pending", null), ("done", null)));
        (await app.AccountsAsync()).ShouldBe([Olivia.Address]);
        (await app.IsAuthorizedAsync()).ShouldBeTrue();
        app.Microsoft.FindUser(await app.Tokens.RefreshAccessTokenAsync(await app.Tokens.GetAccessTokenAsync(default), default)).ShouldBe(Olivia.Address);
    }

    [Fact]
    public async Task Declined_code_changes_nothing()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        var begun = await app.InitiateDeviceAsync(null);

        await app.EnterAsync(begun, "cancel");

        (await app.EndOfAsync(begun.State)).ShouldBe(("failed", "sign_in_cancelled"));
        (await app.AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Code_that_nobody_enters_expires()
    {
        await using var app = await OutlookSignInApp.StartAsync(new IdentityServerOptions { DeviceCodeInterval = 1, DeviceCodeLifetime = TimeSpan.FromSeconds(2) });
        var begun = await app.InitiateDeviceAsync(null);

        (await app.EndOfAsync(begun.State)).ShouldBe(("failed", "sign_in_expired"));
    }

    [Fact]
    public async Task Other_mailbox_than_the_one_asked_for_is_refused()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        var begun = await app.InitiateDeviceAsync(Olivia.Address);

        await app.EnterAsync(begun, "allow", OutlookSignInApp.Walter.Address);

        (await app.EndOfAsync(begun.State)).ShouldBe(("failed", "wrong_mailbox"));
        (await app.AccountsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Server_that_is_away_or_asked_too_often_is_asked_on()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        app.Microsoft.Faults.Error.Arm("token", IdentityError.Unavailable with { RetryAfter = 1 }, times: 1);
        var begun = await app.InitiateDeviceAsync(null);
        await Eventually.UntilAsync(() => app.Microsoft.Requests.Any(r => r.Status == 503), "nobody asked");
        app.Microsoft.Faults.DropBefore.Arm("token", true, times: 1);
        await Eventually.UntilAsync(() => app.Microsoft.Requests.Any(r => r.Status == 0), "nobody asked again");

        await app.EnterAsync(begun, "allow", Olivia.Address);

        (await app.EndOfAsync(begun.State)).ShouldBe(("done", null));
    }

    [Fact]
    public async Task Deleting_the_account_ends_the_code_that_waits_for_it()
    {
        await using var app = await OutlookSignInApp.StartAsync();
        await app.SignInAsync();
        var begun = await app.InitiateDeviceAsync(Olivia.Address);

        await app.App.DeleteAsync($"/api/accounts/outlook/{Olivia.Address}");

        (await app.StatusOfAsync(begun.State)).ShouldBe(("failed", "sign_in_ended"));
    }

    [Theory]
    [InlineData(429, 503)]
    [InlineData(503, 503)]
    public async Task No_code_is_told_at_once(int status, int answered)
    {
        await using var app = await OutlookSignInApp.StartAsync();
        app.Microsoft.Faults.Error.Arm("devicecode", IdentityError.Unavailable with { Status = status }, times: 1);

        (await app.App.PostAsync("/api/outlook/auth/device")).ShouldBeRefused(answered, "server_unavailable");
        (await app.InitiateDeviceAsync(null)).UserCode.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Missing_client_id_is_named()
    {
        await using var app = await DaemonApp.StartAsync();

        var reply = await app.PostAsync("/api/outlook/auth/device");

        reply.ShouldBeRefused(400, "client_id_missing");
        reply.Msg!.ShouldContain("Outlook:ClientId");
    }
}
