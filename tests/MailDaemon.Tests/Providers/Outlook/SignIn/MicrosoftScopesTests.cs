using MailDaemon.Engine.Providers.Outlook.SignIn;

namespace MailDaemon.Tests.Providers.Outlook.SignIn;

public sealed class MicrosoftScopesTests
{
    [Theory]
    [InlineData("https://graph.microsoft.com/Mail.ReadWrite https://graph.microsoft.com/Mail.Send https://graph.microsoft.com/MailboxSettings.ReadWrite https://graph.microsoft.com/User.Read openid", 0)]
    [InlineData("mail.readwrite Mail.Send MailboxSettings.ReadWrite User.Read", 0)]
    [InlineData("Mail.Read Mail.Send MailboxSettings.ReadWrite User.Read", 1)]
    [InlineData("https://evil.example/Mail.ReadWrite Mail.Send MailboxSettings.ReadWrite User.Read", 1)]
    [InlineData("", 4)]
    public void Missing_are_those_that_were_asked_for_and_not_given(string granted, int missing) =>
        MicrosoftScopes.Missing(granted.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Count.ShouldBe(missing);
}
