using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Storage;

public sealed class PrivateFilesTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TempDirectory _directory = new();

    [Fact]
    public void Replaced_file_is_whole_private_and_leaves_nothing_beside_it()
    {
        var path = _directory.File("a.json");
        PrivateFiles.Replace(path, "old and longer"u8);

        PrivateFiles.Replace(path, "new"u8);

        File.ReadAllText(path).ShouldBe("new");
        Directory.GetFiles(_directory.Path).ShouldBe([path]);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(path).ShouldBe(Private);
    }

    [Fact]
    public async Task Failed_writing_leaves_the_old_file_and_no_other()
    {
        var path = _directory.File("a.json");
        PrivateFiles.Replace(path, "old"u8);

        await Should.ThrowAsync<InvalidDataException>(() => PrivateFiles.ReplaceAsync(path, async stream =>
        {
            await stream.WriteAsync("half"u8.ToArray());
            throw new InvalidDataException();
        }));

        File.ReadAllText(path).ShouldBe("old");
        Directory.GetFiles(_directory.Path).ShouldBe([path]);
    }

    [Fact]
    public void Replacing_a_link_leaves_what_it_named()
    {
        var target = _directory.File("outside.txt");
        File.WriteAllText(target, "outside");
        var path = _directory.File("in/a.json");
        File.CreateSymbolicLink(path, target);

        PrivateFiles.Replace(path, "inside"u8);

        File.ReadAllText(target).ShouldBe("outside");
        new FileInfo(path).LinkTarget.ShouldBeNull();
    }

    [Fact]
    public void Links_and_too_large_files_are_not_read()
    {
        var target = _directory.File("outside.txt");
        File.WriteAllText(target, "outside");
        var link = _directory.File("link");
        File.CreateSymbolicLink(link, target);

        PrivateFiles.ReadOrNull(target, limit: 7).ShouldBe("outside"u8.ToArray());
        PrivateFiles.ReadOrNull(target, limit: 6).ShouldBeNull();
        PrivateFiles.ReadOrNull(link, limit: 100).ShouldBeNull();
        PrivateFiles.ReadOrNull(_directory.File("none"), limit: 100).ShouldBeNull();
    }

    public void Dispose() => _directory.Dispose();
}
