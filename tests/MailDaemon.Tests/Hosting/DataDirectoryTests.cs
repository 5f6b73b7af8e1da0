using MailDaemon.Hosting;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Hosting;

public sealed class DataDirectoryTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = (UnixFileMode)0b110_110_110;

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Directory_is_made_for_this_user_alone()
    {
        using var data = DataDirectory.Open(Path.Combine(directory.Path, "a", "b"));

        File.GetUnixFileMode(data.Path).ShouldBe(Private | UnixFileMode.UserExecute);
        File.GetUnixFileMode(Path.Combine(directory.Path, "a")).ShouldBe(Private | UnixFileMode.UserExecute);
        File.GetUnixFileMode(Path.Combine(data.Path, "daemon.lock")).ShouldBe(Private);
        data.Repaired.ShouldBeEmpty();
    }

    [Fact]
    public void Second_daemon_is_refused_until_the_first_is_gone()
    {
        var first = DataDirectory.Open(directory.Path);

        Should.Throw<DataDirectoryInUseException>(() => DataDirectory.Open(directory.Path))
            .Message.ShouldBe($"the data directory {directory.Path} is in use by another daemon");
        first.Dispose();
        using var second = DataDirectory.Open(directory.Path);

        second.Path.ShouldBe(directory.Path);
    }

    [Fact]
    public void Wider_modes_are_repaired_and_reported()
    {
        var store = directory.File("store.db");
        var key = directory.File("secrets/keys/key.xml");
        var link = Path.Combine(directory.Path, "link");
        var outside = Path.GetTempFileName();
        foreach (var file in (string[])[store, key, outside])
        {
            File.WriteAllText(file, "");
            File.SetUnixFileMode(file, Everybody);
        }

        File.CreateSymbolicLink(link, outside);

        using var data = DataDirectory.Open(directory.Path);

        File.GetUnixFileMode(store).ShouldBe(Private);
        File.GetUnixFileMode(key).ShouldBe(Private);
        File.GetUnixFileMode(outside).ShouldBe(Everybody);
        data.Repaired.ShouldContain($"{store} (666)");
        data.Repaired.ShouldContain($"{key} (666)");
        data.Repaired.ShouldNotContain(r => r.StartsWith(link, StringComparison.Ordinal));
        File.Delete(outside);
    }

    [Fact]
    public void Directory_that_cannot_be_locked_for_another_reason_is_not_called_in_use()
    {
        File.CreateSymbolicLink(Path.Combine(directory.Path, "daemon.lock"), "daemon.lock");

        Should.Throw<SettingsException>(() => DataDirectory.Open(directory.Path)).Message.ShouldStartWith($"Mail:DataDirectory {directory.Path} cannot be used: ");
    }

    [Theory]
    [InlineData("link")]
    [InlineData("link/")]
    public void Link_is_not_taken_for_a_directory_of_ones_own(string path)
    {
        directory.Sub("real");
        Directory.CreateSymbolicLink(Path.Combine(directory.Path, "link"), Path.Combine(directory.Path, "real"));

        Should.Throw<SettingsException>(() => DataDirectory.Open(Path.Combine(directory.Path, path))).Message.ShouldContain("is a link");
        Directory.EnumerateFileSystemEntries(Path.Combine(directory.Path, "real")).ShouldBeEmpty();
    }

    [OtherUserTheory]
    [InlineData("", "belongs to another user (uid 65534)")]
    [InlineData("appsettings.json", "appsettings.json belongs to another user")]
    [InlineData("store.db", "store.db belongs to another user")]
    [InlineData("secrets/keys/key.xml", "key.xml belongs to another user")]
    public void What_another_user_put_there_is_not_believed(string owned, string problem)
    {
        var data = directory.Sub("data");
        foreach (var name in new[] { "appsettings.json", "store.db", "secrets/keys/key.xml" })
            File.WriteAllText(directory.File(Path.Combine("data", name)), "{");
        OtherUser.Give(Path.Combine(data, owned));

        var refused = Should.Throw<SettingsException>(() => Settings.Load(CommandLine.Parse(["--data", data]), new System.Collections.Hashtable()));

        refused.Message.ShouldContain(problem);
        Should.Throw<SettingsException>(() => DataDirectory.Open(data)).Message.ShouldContain(problem);
    }

    [Fact]
    public void Directory_that_cannot_be_made_is_a_bad_setting()
    {
        var file = directory.File("file");
        File.WriteAllText(file, "");

        Should.Throw<SettingsException>(() => DataDirectory.Open(Path.Combine(file, "data"))).Message.ShouldStartWith("Mail:DataDirectory ");
    }
}
