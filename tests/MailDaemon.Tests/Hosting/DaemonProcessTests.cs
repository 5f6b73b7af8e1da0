using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Hosting;

/// <summary>The daemon from the command line: what it says, and what it ends with.</summary>
public sealed class DaemonProcessTests : IDisposable
{
    private readonly TempDirectory directory = new();

    private string Data => Path.Combine(directory.Path, "data");

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task It_says_where_it_listens_and_answers_there()
    {
        await using var daemon = await DaemonProcess.StartAsync(Data);
        using var client = daemon.NewClient();

        var answer = await client.GetStringAsync("/ping");

        daemon.Lines.ShouldBe([$"listening on https://127.0.0.1:{daemon.Address.Port}", $"Swagger page at https://127.0.0.1:{daemon.Address.Port}/swagger"]);
        answer.ShouldBe("""{"code":1,"msg":"Success","result":{"status":"ok","version":"0.1.0"}}""");
        File.Exists(daemon.CertificateFile).ShouldBeTrue();
    }

    [Fact]
    public async Task Sigterm_ends_it_with_0_within_10_seconds_while_a_client_holds_on()
    {
        await using var daemon = await DaemonProcess.StartAsync(Data);
        using var client = daemon.NewClient();
        await client.GetStringAsync("/ping");

        var clock = Stopwatch.StartNew();
        var code = await daemon.StopAsync();

        code.ShouldBe(0);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Killed_it_starts_again_on_the_same_data()
    {
        var first = await DaemonProcess.StartAsync(Data);
        await first.KillAsync();
        await using var second = await DaemonProcess.StartAsync(Data);
        using var client = second.NewClient();

        (await client.GetAsync("/ping")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Second_daemon_on_the_data_ends_with_4()
    {
        await using var first = await DaemonProcess.StartAsync(Data);

        var (code, errors) = await DaemonProcess.RunAsync(Data);

        code.ShouldBe(4);
        errors.Trim().ShouldBe($"maildaemon: the data directory {Data} is in use by another daemon");
    }

    [Fact]
    public async Task Port_in_use_ends_with_3()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (code, errors) = await DaemonProcess.RunAsync(Data, "--port", $"{port}");

        code.ShouldBe(3);
        errors.ShouldContain($"maildaemon: Failed to bind to address https://127.0.0.1:{port}: address already in use. Http:Port or --port chooses another.");
        errors.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("maildaemon: Http:Urls (--urls): http://127.0.0.1:1 is not https", "--urls", "http://127.0.0.1:1")]
    [InlineData("maildaemon: Http:Urls (--urls): https://0.0.0.0:1 is not loopback", "--urls", "https://0.0.0.0:1")]
    [InlineData("maildaemon: Sync:Often is not a setting", "--Sync:Often=1")]
    [InlineData("maildaemon: Imap:TrustedCertificates names /nowhere/ca.pem, which cannot be used", "--Imap:TrustedCertificates=/nowhere/ca.pem")]
    [InlineData("maildaemon: --colour is not an argument", "--colour")]
    public async Task Bad_configuration_ends_with_2(string problem, params string[] args)
    {
        var (code, errors) = await DaemonProcess.RunAsync(Data, args);

        code.ShouldBe(2);
        errors.ShouldStartWith(problem);
    }

    [IPv6Fact]
    public async Task Start_says_so_when_the_other_loopback_address_is_taken()
    {
        using var taken = new TcpListener(IPAddress.IPv6Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await using var daemon = await DaemonProcess.StartAsync(Data, "--port", $"{port}");
        using var client = daemon.NewClient();

        (await client.GetAsync("/ping")).StatusCode.ShouldBe(HttpStatusCode.OK);
        daemon.Errors.ShouldContain($"[::1]:{port} cannot be listened on: ");
    }

    [Fact]
    public async Task Everything_it_makes_is_for_this_user_alone()
    {
        await using var daemon = await DaemonProcess.StartAsync(Data);

        var wide = new DirectoryInfo(Data).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Where(e => (e.UnixFileMode & (UnixFileMode)0b000_111_111) != UnixFileMode.None)
            .Select(e => $"{e.FullName} {e.UnixFileMode}");

        wide.ShouldBeEmpty();
        File.GetUnixFileMode(Data).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
