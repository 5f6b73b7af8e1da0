using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Net;
using MailDaemon.Engine.Providers.Outlook.SignIn;
using MailDaemon.Engine.Storage;
using MailDaemon.Sandbox.Identity;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Providers.Outlook.SignIn;

/// <summary>A server that lets the daemon wait, by a clock of the test.</summary>
public sealed class MicrosoftAuthorizationTests
{
    [Fact]
    public async Task Server_that_does_not_answer_is_given_up_after_twenty_seconds()
    {
        var clock = new ManualClock();
        await using var server = await IdentityServer.StartAsync(new IdentityServerOptions(), new ManualClock(), default);
        server.Faults.Delay.Arm("devicecode", TimeSpan.FromHours(1));
        using var microsoft = new MicrosoftAuthorization(
            Options.Create(new OutlookOptions { ClientId = IdentityServer.ClientId, Authority = server.Url }), new OutgoingHttp(Options.Create(new OutgoingOptions())), clock, NullLogger<MicrosoftAuthorization>.Instance);

        var begun = microsoft.BeginDeviceAsync(default);
        await Eventually.UntilAsync(() => server.Faults.Delay.HitsOf("devicecode") == 1, "nobody asked");
        clock.Advance(TimeSpan.FromSeconds(19));
        var isWaiting = !begun.IsCompleted;
        clock.Advance(TimeSpan.FromSeconds(1));

        isWaiting.ShouldBeTrue();
        (await Should.ThrowAsync<MailException>(() => begun)).Code.ShouldBe("server_timeout");
    }
}
