using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Hosting;

/// <summary>The switch that empties a data directory touches only what a sandbox made.</summary>
public sealed class SandboxDirectoryTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Sandbox_over_real_accounts_is_refused_and_nothing_is_deleted()
    {
        await using var real = await SandboxApp.StartAsync(new SandboxOptions());
        var before = Names(real.App.DataDirectory);

        var (code, errors) = await DaemonProcess.RunAsync(real.App.DataDirectory, "--sandbox");

        code.ShouldBe(2, errors);
        errors.ShouldStartWith($"maildaemon: --sandbox: {real.App.DataDirectory} was not made by a sandbox");
        Names(real.App.DataDirectory).ShouldBe(before);
        (await real.App.GetAsync("/api/accounts")).Result.GetArrayLength().ShouldBe(1);
    }

    [Theory]
    [InlineData("letters/important.txt")]
    [InlineData("appsettings.json")]
    [InlineData("sandbox-ca.pem")]
    public async Task Sandbox_over_files_of_somebody_is_refused(string file)
    {
        await File.WriteAllTextAsync(directory.File($"data/{file}"), "{}");

        var (code, errors) = await DaemonProcess.RunAsync(Path.Combine(directory.Path, "data"), "--sandbox");

        code.ShouldBe(2);
        errors.ShouldContain("was not made by a sandbox");
        Names(Path.Combine(directory.Path, "data")).ShouldBe([file]);
    }

    [Fact]
    public async Task Sandbox_starts_again_where_a_sandbox_was()
    {
        var data = directory.Sub("data");
        await using (var first = await DaemonProcess.StartAsync(data, "--sandbox"))
            (await first.StopAsync()).ShouldBe(0);

        await using var second = await DaemonProcess.StartAsync(data, "--sandbox");
        using var client = second.NewClient();

        var accounts = await DaemonApp.ResultAsync(client, "/api/accounts");
        accounts.EnumerateArray().Select(a => a.GetProperty("email").GetString()).ShouldBe(["lina@sandbox.test", "gina@gmail.sandbox.test", "olivia@outlook.sandbox.test"]);
    }

    /// <summary>Without the files that come and go beside a database that is open.</summary>
    private static List<string> Names(string path) =>
        [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(path, f)).Where(f => !f.StartsWith("logs", StringComparison.Ordinal) && !f.Contains(".db-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
