using System.Text.Json;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Accounts;

public sealed class AccountSettingsTests
{
    [Fact]
    public void Defaults_are_valid()
    {
        var settings = new AccountSettings();

        settings.Validate();

        settings.SyncInterval.ShouldBe(30);
        settings.SyncDays.ShouldBe(0);
        settings.Folders.ShouldBeEmpty();
    }

    [Fact]
    public void Setting_that_a_stored_row_does_not_have_reads_as_its_default()
    {
        var settings = JsonSerializer.Deserialize("""{"syncDays":7}""", AccountJson.Readable.AccountSettings)!;

        settings.SyncDays.ShouldBe(7);
        settings.SyncInterval.ShouldBe(30);
        settings.Notify.ShouldBeTrue();
        settings.Signature.ShouldBe("");
        settings.Folders.ShouldBeEmpty();
        settings.AgentPolicy.ShouldBeNull();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(5, true)]
    [InlineData(86_400, true)]
    [InlineData(-1, false)]
    [InlineData(4, false)]
    [InlineData(86_401, false)]
    public void Sync_interval_is_off_or_within_its_limits(int seconds, bool isValid)
    {
        var settings = new AccountSettings { SyncInterval = seconds };

        if (isValid)
            settings.Validate();
        else
            Should.Throw<MailException>(() => settings.Validate()).Details!.Keys.ShouldBe(["syncInterval"]);
    }

    [Fact]
    public void Everything_wrong_is_named_at_once()
    {
        var settings = new AccountSettings { SyncInterval = 1, SyncDays = -1, Signature = "a\0b", Folders = ["IN\nBOX"] };

        var refused = Should.Throw<MailException>(() => settings.Validate());

        refused.Fault.ShouldBe(MailFault.InvalidInput);
        refused.Code.ShouldBe("invalid_settings");
        refused.Details!.Keys.Order(StringComparer.Ordinal).ShouldBe(["folders", "signature", "syncDays", "syncInterval"]);
    }

    [Theory]
    [InlineData("", 993)]
    [InlineData("a b", 993)]
    [InlineData("host/path", 993)]
    [InlineData("user@host", 993)]
    [InlineData("host\r\n", 0)]
    [InlineData("host", 65_536)]
    public void Server_that_is_none_cannot_be_built(string host, int port) =>
        Should.Throw<MailException>(() => new ServerAddress(host, port, ServerSecurity.Tls)).Code.ShouldBe("invalid_server");
}
