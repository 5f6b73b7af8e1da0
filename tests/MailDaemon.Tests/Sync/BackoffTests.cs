using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;

namespace MailDaemon.Tests.Sync;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(MailFault.Unreachable, 1, 0.5, 5)]
    [InlineData(MailFault.Unreachable, 2, 0.5, 10)]
    [InlineData(MailFault.Timeout, 5, 0.5, 80)]
    [InlineData(MailFault.Refused, 8, 0.5, 640)]
    [InlineData(MailFault.Refused, 9, 0.5, 900)]
    [InlineData(MailFault.Refused, 10_000, 0.5, 900)]
    [InlineData(MailFault.Refused, int.MaxValue, 1.0, 1080)]
    [InlineData(MailFault.Unreachable, 1, 0.0, 4)]
    [InlineData(MailFault.Unreachable, 1, 1.0, 6)]
    [InlineData(MailFault.NotAuthorized, 1, 0.5, 300)]
    [InlineData(MailFault.NotAuthorized, 2, 0.5, 600)]
    [InlineData(MailFault.NotAuthorized, 4, 0.5, 2400)]
    [InlineData(MailFault.NotAuthorized, 5, 0.5, 3600)]
    [InlineData(MailFault.NotAuthorized, 99, 0.0, 2880)]
    [InlineData(MailFault.Unreachable, 0, 0.5, 5)]
    public void Delay_doubles_up_to_a_limit(MailFault fault, int failures, double chance, double seconds)
    {
        Backoff.Delay(fault, failures, chance).TotalSeconds.ShouldBe(seconds, 0.001);
    }
}
