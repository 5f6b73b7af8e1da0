using System.Collections;
using System.Net;
using MailDaemon.Engine.Storage;
using MailDaemon.Hosting;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MailDaemon.Tests.Hosting;

public sealed class SettingsTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        var services = Services(Load());

        services.Of<MailOptions>().DataDirectory.ShouldBe(directory.Path);
        services.Of<HttpOptions>().Port.ShouldBe(62000);
        services.Of<GuardOptions>().RequireToken.ShouldBeFalse();
        services.Of<SyncOptions>().IntervalSeconds.ShouldBe(30);
        services.Of<SyncOptions>().Idle.ShouldBeTrue();
        services.Of<CacheOptions>().IndexJsonItems.ShouldBe(5000);
        services.Of<CacheOptions>().AttachmentBytes.ShouldBe(1_073_741_824);
        services.Of<ImapOptions>().AllowPrivateHosts.ShouldBeFalse();
        services.Of<FilesOptions>().AllowedDirectories.ShouldBeEmpty();
        services.Of<GmailOptions>().ApiBaseUrl.ShouldBe("https://gmail.googleapis.com");
        services.Of<OutlookOptions>().Tenant.ShouldBe("common");
        services.Of<OkkiOptions>().DryRun.ShouldBeTrue();
        services.Of<OkkiOptions>().Vector.Mode.ShouldBe("embedded");
    }

    [Fact]
    public void Later_sources_win()
    {
        File.WriteAllText(
            Path.Combine(directory.Path, "appsettings.json"),
            """{"Sync":{"IntervalSeconds":10,"Days":10,"Idle":false},"Files":{"AllowedDirectories":["/a","/b"]}}""");

        var services = Services(Load(
            ["--Sync:Days=30"], ("Sync__IntervalSeconds", "20"), ("Sync__Days", "20"), ("Agents__writer__Url", "http://127.0.0.1:9")));

        services.Of<SyncOptions>().Idle.ShouldBeFalse();
        services.Of<SyncOptions>().IntervalSeconds.ShouldBe(20);
        services.Of<SyncOptions>().Days.ShouldBe(30);
        services.Of<FilesOptions>().AllowedDirectories.ShouldBe(["/a", "/b"]);
        services.Of<AgentsOptions>().For("Writer")!.Url.ShouldBe("http://127.0.0.1:9");
        services.Of<AgentsOptions>().For("reader").ShouldBeNull();
    }

    [Fact]
    public void Short_variables_set_directory_and_port()
    {
        var line = CommandLine.Parse([]);

        var settings = Settings.Load(line, Environment(("MAILDAEMON_DATA", directory.Path), ("MAILDAEMON_PORT", "63000")));

        settings.DataDirectory.ShouldBe(directory.Path);
        settings.Http.Port.ShouldBe(63000);
    }

    [Fact]
    public void Variables_of_others_do_not_matter()
    {
        Should.NotThrow(() => Load([], ("MAIL", "/var/mail/root"), ("FILES", "x"), ("OTHER__Key", "x"), ("HTTP_PROXY", "x")));
    }

    [Fact]
    public void Sandbox_never_takes_the_directory_of_the_environment()
    {
        var settings = Settings.Load(CommandLine.Parse(["--sandbox"]), Environment(("MAILDAEMON_DATA", directory.Path)));

        var again = Settings.Load(CommandLine.Parse(["--sandbox"]), Environment(("XDG_RUNTIME_DIR", directory.Path)));

        settings.DataDirectory.ShouldStartWith(Path.Combine(Path.GetTempPath(), "maildaemon-sandbox-"));
        Path.GetDirectoryName(again.DataDirectory).ShouldBe(directory.Path);
        foreach (var made in new[] { settings, again })
        {
            made.IsTemporary.ShouldBeTrue();
            File.GetUnixFileMode(made.DataDirectory).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            DataDirectory.Open(made.DataDirectory, made.IsTemporary).Dispose();
            Directory.Exists(made.DataDirectory).ShouldBeFalse("it goes with the run that made it");
        }

        settings.IsSandbox.ShouldBeTrue();
        Services(settings).Of<ImapOptions>().AllowPrivateHosts.ShouldBeTrue();
    }

    [OtherUserTheory]
    [InlineData("theirs")]
    [InlineData("link")]
    [InlineData("file")]
    [InlineData("nowhere")]
    public void Sandbox_uses_no_runtime_directory_that_is_not_its_users_own(string name)
    {
        OtherUser.Give(directory.Sub("theirs"));
        Directory.CreateSymbolicLink(Path.Combine(directory.Path, "link"), directory.Sub("real"));
        File.WriteAllText(directory.File("file"), "");

        var settings = Settings.Load(CommandLine.Parse(["--sandbox"]), Environment(("XDG_RUNTIME_DIR", Path.Combine(directory.Path, name))));

        settings.DataDirectory.ShouldStartWith(Path.Combine(Path.GetTempPath(), "maildaemon-sandbox-"));
        Directory.EnumerateFileSystemEntries(Path.Combine(directory.Path, "theirs")).ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(Path.Combine(directory.Path, "real")).ShouldBeEmpty();
        DataDirectory.Open(settings.DataDirectory, settings.IsTemporary).Dispose();
    }

    [Fact]
    public void Sandbox_takes_the_directory_of_the_command_line()
    {
        var settings = Load(["--sandbox"]);

        settings.DataDirectory.ShouldBe(directory.Path);
    }

    [Theory]
    [InlineData("Sync__Intervall", "5", "Sync:Intervall is not a setting")]
    [InlineData("Okki__Vector__Modell", "x", "Okki:Vector:Modell is not a setting")]
    [InlineData("Agents__writer__Uri", "x", "Agents:writer:Uri is not a setting")]
    [InlineData("Sync__IntervalSeconds", "soon", "Sync:IntervalSeconds has to be a number in its range, not \"soon\"")]
    [InlineData("Sync__IntervalSeconds", "-1", "Sync:IntervalSeconds must be between 0 and 86400")]
    [InlineData("Sync__IntervalSeconds", "4", "Sync:IntervalSeconds must be 0 (off) or 5 to 86400")]
    [InlineData("Sync__Idle", "yes", "Sync:Idle has to be true or false, not \"yes\"")]
    [InlineData("Http__Port", "70000", "Http:Port must be between 0 and 65535")]
    [InlineData("Okki__Mode", "ftp", "Okki:Mode must be http or cli")]
    [InlineData("Gmail__TokenUrl", "x", "Gmail:TokenUrl must be an address like https://host/path")]
    [InlineData("Gmail__TokenUrl", "http://tokens.example/token", "Gmail:TokenUrl must be an address like https://host/path without a user name; http only on this machine")]
    [InlineData("Gmail__RevokeUrl", "", "Gmail:RevokeUrl is required")]
    [InlineData("Outlook__Authority", "http://login.example", "Outlook:Authority must be an address like https://host/path without a user name; http only on this machine")]
    [InlineData("Agents__writer__Url", "x", "Agents:writer:Url")]
    [InlineData("Okki__BaseUrl", "ftp://crm.example", "Okki:BaseUrl must be an address")]
    [InlineData("Outlook__Authority", "https://", "Outlook:Authority must be an address")]
    [InlineData("Okki__Vector__Url", "https://me:secret@host/", "Okki:Vector:Url must be an address")]
    [InlineData("Imap__TrustedCertificates", "/nowhere/ca.pem", "Imap:TrustedCertificates names /nowhere/ca.pem, which cannot be used: /nowhere/ca.pem is not there")]
    [InlineData("Imap__TrustedCertificates", "/etc", "Imap:TrustedCertificates names /etc, which cannot be used: /etc is no regular file")]
    [InlineData("Imap__TrustedCertificates", "/etc/passwd", "Imap:TrustedCertificates names /etc/passwd, which cannot be used: /etc/passwd holds no certificate")]
    [InlineData("Files__AllowedDirectories__0", "quotations", "Files:AllowedDirectories names quotations, which is not an absolute path")]
    [InlineData("Files__AllowedDirectories__0", "/etc/passwd", "Files:AllowedDirectories names /etc/passwd, which is a file")]
    [InlineData("Guard__AllowedOrigins__0", "null", "Guard:AllowedOrigins has to hold origins")]
    [InlineData("Guard__AllowedOrigins__0", "*", "Guard:AllowedOrigins has to hold origins")]
    [InlineData("Guard__AllowedOrigins", "app://x", "Guard:AllowedOrigins has to be a list")]
    [InlineData("Sync__Days__0", "1", "Sync:Days has to be a single value")]
    public void Problem_names_its_key(string variable, string value, string problem)
    {
        var thrown = Should.Throw<SettingsException>(() => Load([], (variable, value)));

        thrown.Problems.ShouldHaveSingleItem().ShouldStartWith(problem);
    }

    [Fact]
    public void Unknown_section_and_broken_file_are_named()
    {
        Should.Throw<SettingsException>(() => Load(["--Snyc:Days=1"])).Message.ShouldStartWith("Snyc is not a section");

        var file = Path.Combine(directory.Path, "appsettings.json");
        File.WriteAllText(file, "{\n  \"Sync\": {\n    \"Days\": 3,,\n  }\n}");
        Should.Throw<SettingsException>(() => Load()).Message.ShouldStartWith($"{file}, line 3, byte 15: ',' is an invalid start");
        File.WriteAllText(file, """{"Sync":{"Days":"soon"}}""");
        Should.Throw<SettingsException>(() => Load()).Message.ShouldBe($"Sync:Days has to be a number in its range, not \"soon\" (in {file})");
    }

    [Theory]
    [InlineData("https://127.0.0.1:1234", "127.0.0.1:1234")]
    [InlineData("https://127.0.0.1:1;https://[::1]:1", "127.0.0.1:1 [::1]:1")]
    [InlineData("https://localhost:5", "127.0.0.1:5 [::1]:5")]
    public void Loopback_addresses_are_listened_on(string urls, string endpoints)
    {
        string.Join(' ', Listen.On(new HttpOptions { Urls = urls }).Select(e => e.EndPoint.ToString())).ShouldBe(endpoints);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("https://0.0.0.0:1")]
    [InlineData("https://192.168.1.2:1")]
    [InlineData("https://*:1")]
    [InlineData("https://[::]:1")]
    [InlineData("https://example.com:1")]
    [InlineData("https://127.0.0.1:1/path")]
    [InlineData("unix:/tmp/x")]
    [InlineData(";")]
    public void Other_addresses_stop_the_start(string urls)
    {
        Should.Throw<SettingsException>(() => Load(["--urls", urls])).Message.ShouldStartWith("Http:Urls (--urls)");
    }

    [Theory]
    [InlineData("--colour")]
    [InlineData("sandbox")]
    [InlineData("--port")]
    [InlineData("--sandbox=1")]
    public void Unknown_argument_stops_the_start(string argument)
    {
        Should.Throw<SettingsException>(() => CommandLine.Parse([argument]));
    }

    [Fact]
    public void Nothing_configured_listens_on_both_loopback_addresses_and_needs_ipv4()
    {
        Load().Endpoints.ShouldBe([new(new IPEndPoint(IPAddress.Loopback, 62000), IsRequired: true), new(new IPEndPoint(IPAddress.IPv6Loopback, 62000), IsRequired: false)]);
    }

    private Settings Load(string[]? args = null, params (string, string)[] variables) =>
        Settings.Load(CommandLine.Parse([.. args ?? [], "--data", directory.Path]), Environment(variables));

    private static Hashtable Environment(params (string Name, string Value)[] variables)
    {
        var table = new Hashtable();
        foreach (var (name, value) in variables)
            table[name] = value;
        return table;
    }

    private static BuiltServices Services(Settings settings)
    {
        var services = new ServiceCollection();
        foreach (var section in SettingsSection.All)
            section.Register(services, settings.Configuration);
        return new BuiltServices(services.BuildServiceProvider());
    }

    private sealed record BuiltServices(ServiceProvider Provider)
    {
        public T Of<T>()
            where T : class => Provider.GetRequiredService<IOptions<T>>().Value;
    }
}
