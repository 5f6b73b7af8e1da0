using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.Outlook.SignIn;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox.Identity;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Providers.Outlook.SignIn;

/// <summary>A server that lets the daemon wait, by a clock of the test, or that answers odd things.</summary>
public sealed class MicrosoftAuthorizationTests : IAsyncLifetime
{
    private readonly ManualClock clock = new();
    private IdentityServer server = null!;
    private MicrosoftAuthorization microsoft = null!;

    public async Task InitializeAsync()
    {
        server = await IdentityServer.StartAsync(new IdentityServerOptions(), new ManualClock(), default);
        microsoft = new MicrosoftAuthorization(
            Options.Create(new OutlookOptions { ClientId = IdentityServer.ClientId, Authority = server.Url }),
            new OutgoingHttp(Options.Create(new OutgoingOptions())),
            clock,
            NullLogger<MicrosoftAuthorization>.Instance);
    }

    public async Task DisposeAsync()
    {
        microsoft.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Server_that_does_not_answer_is_given_up_after_twenty_seconds()
    {
        server.Faults.Delay.Arm("devicecode", TimeSpan.FromHours(1));

        var begun = microsoft.BeginDeviceAsync(default);
        await Eventually.UntilAsync(() => server.Faults.Delay.HitsOf("devicecode") == 1, "nobody asked");
        clock.Advance(TimeSpan.FromSeconds(19));
        var isWaiting = !begun.IsCompleted;
        clock.Advance(TimeSpan.FromSeconds(1));

        isWaiting.ShouldBeTrue();
        (await Should.ThrowAsync<MailException>(() => begun)).Code.ShouldBe("server_timeout");
    }

    [Theory]
    [InlineData("<html>Sign in to the hotel's network</html>")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("""{"user_code":"A","device_code":"B","verification_uri":"javascript:alert(1)","expires_in":900,"interval":5,"message":"x"}""")]
    [InlineData("""{"user_code":"A","device_code":"B","verification_uri":"elsewhere","expires_in":900,"interval":5,"message":"x"}""")]
    [InlineData("""{"device_code":"B","verification_uri":"https://login.test/device","expires_in":900,"interval":5,"message":"x"}""")]
    public async Task Answer_without_a_code_that_can_be_entered_is_told_to_be_odd(string answer)
    {
        server.Faults.Text.Arm("devicecode", answer);

        (await Should.ThrowAsync<MailException>(() => microsoft.BeginDeviceAsync(default))).Code.ShouldBe("microsoft_odd_answer");
    }
}
