using MailDaemon.Sandbox;
using MailDaemon.Tests.Support;
using Microsoft.Data.Sqlite;

namespace MailDaemon.Tests.Hosting;

/// <summary>What cannot be rebuilt and is damaged stops the start in one line, and stays as it is.</summary>
public sealed class DamagedStartTests : IDisposable
{
    private readonly TempDirectory directory = new();

    private string Data => Path.Combine(directory.Path, "data");

    private string Store => Path.Combine(Data, "store.db");

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(4096)]
    public async Task Store_that_was_cut_is_refused_with_what_to_do(int length)
    {
        await using (var daemon = await DaemonProcess.StartAsync(Data))
            await daemon.StopAsync();
        var bytes = (await File.ReadAllBytesAsync(Store))[..length];
        await File.WriteAllBytesAsync(Store, bytes);

        var (code, errors) = await DaemonProcess.RunAsync(Data);

        code.ShouldBe(1);
        errors.ShouldContain($"maildaemon: '{Store}' is damaged");
        errors.ShouldContain("restore store.db from a backup");
        errors.ShouldNotContain("   at ");
        (await File.ReadAllBytesAsync(Store)).ShouldBe(bytes);
    }

    [Fact]
    public async Task Store_that_another_program_locks_is_said_to_be()
    {
        await using (var daemon = await DaemonProcess.StartAsync(Data))
            await daemon.StopAsync();
        await using var other = new SqliteConnection($"Data Source={Store};Pooling=False");
        await other.OpenAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "pragma locking_mode = exclusive; begin exclusive; insert into okki_settings (id, changes) values (1, '{}');";
        await command.ExecuteNonQueryAsync();

        var (code, errors) = await DaemonProcess.RunAsync(Data);

        code.ShouldBe(4, errors);
        errors.ShouldContain($"maildaemon: '{Store}' is locked by another program");
        errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Lost_keys_of_the_passwords_are_said_at_the_start_and_in_health_and_the_password_can_be_given_again()
    {
        await using var sandbox = await SandboxApp.StartAsync(new SandboxOptions { Seed = false });
        await sandbox.RestartAsync();
        (await sandbox.App.GetAsync("/health")).Result.GetProperty("status").GetString().ShouldBe("ok", "the keys are there");

        await sandbox.RestartAsync(data => Array.ForEach(Directory.GetFiles(Path.Combine(data, "secrets", "keys")), File.Delete));

        var health = await sandbox.App.GetAsync("/health");
        health.Result.GetProperty("status").GetString().ShouldBe("degraded", health.Text);
        var account = health.Result.GetProperty("accounts")[0];
        account.GetProperty("status").GetString().ShouldBe("auth_required");
        account.GetProperty("error").GetString()!.ShouldContain($"PUT /api/accounts/imap/{sandbox.Email}/settings");
        var log = Directory.GetFiles(Path.Combine(sandbox.App.DataDirectory, "logs")).Select(ReadShared).ToList();
        log.ShouldContain(text => text.Contains("holds no key", StringComparison.Ordinal));
        log.ShouldContain(text => text.Contains("cannot be read and must be given again", StringComparison.Ordinal));

        // There is a new key now, which opens nothing of the old.
        await sandbox.RestartAsync();
        (await sandbox.App.GetAsync("/api/accounts")).Result[0].GetProperty("status").GetString().ShouldBe("auth_required");
        (await sandbox.App.PostAsync($"/api/sync?provider=imap&email={sandbox.Email}")).ShouldBeRefused(401, "auth_required");

        var put = await sandbox.App.PutAsync($"/api/accounts/imap/{sandbox.Email}/settings", new { password = sandbox.Servers.Users[0].Password });
        put.Status.ShouldBe(200, put.Text);
        await sandbox.SyncAsync();
        (await sandbox.App.GetAsync("/health")).Result.GetProperty("status").GetString().ShouldBe("ok");
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    [Theory]
    [InlineData("")]
    [InlineData("<key id=\"3f")]
    [InlineData("<other/>")]
    public async Task Damaged_key_of_the_passwords_is_refused_and_not_replaced(string text)
    {
        var key = directory.File("data/secrets/keys/key-1.xml");
        await File.WriteAllTextAsync(key, text);

        var (code, errors) = await DaemonProcess.RunAsync(Data);

        code.ShouldBe(1);
        errors.ShouldContain($"maildaemon: '{key}' is damaged");
        errors.ShouldNotContain("   at ");
        (await File.ReadAllTextAsync(key)).ShouldBe(text);
        Directory.GetFiles(Path.GetDirectoryName(key)!).ShouldHaveSingleItem();
    }
}
