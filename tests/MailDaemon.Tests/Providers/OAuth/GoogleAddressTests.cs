using MailDaemon.Engine.Providers.Gmail.SignIn;

namespace MailDaemon.Tests.Providers.OAuth;

public sealed class GoogleAddressTests
{
    [Theory]
    [InlineData("Gina.Moreno@gmail.com", "ginamoreno@GMAIL.com", true)]
    [InlineData("gina@googlemail.com", "g.i.n.a@gmail.com", true)]
    [InlineData("gina@firm.example", "GINA@firm.example", true)]
    [InlineData("g.ina@firm.example", "gina@firm.example", false)]
    [InlineData("gina@gmail.com", "gina@gmail.com.example", false)]
    [InlineData("gina@notgmail.com", "gina@gmail.com", false)]
    public void Dots_and_the_other_domain_matter_as_they_do_to_google(string left, string right, bool isSame) =>
        GoogleAddress.IsSameMailbox(left, right).ShouldBe(isSame);
}
