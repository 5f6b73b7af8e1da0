using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Storage;

public sealed class DataPathsTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public void Plain_address_names_its_folder()
    {
        var paths = new DataPaths(_directory.Path);

        var account = paths.Account(new AccountKey(ProviderKind.Imap, "Me+list@Example.com"));

        account.IndexDatabase.ShouldBe(Path.Combine(_directory.Path, "imap", "me+list@example.com", "index.db"));
        account.SyncJson.ShouldBe(Path.Combine(_directory.Path, "imap", "me+list@example.com", "sync.json"));
        Directory.Exists(account.Directory).ShouldBeFalse();
    }

    [Theory]
    [InlineData("../x@y", "___x_y-")]
    [InlineData("a/b@c", "a_b_c-")]
    [InlineData("a\\b@c", "a_b_c-")]
    [InlineData("CON@x", "con_x-")]
    [InlineData("lpt1.txt@x.org", "lpt1_txt_x_org-")]
    [InlineData("..@..", "_____-")]
    [InlineData(".hidden@x.org", "_hidden_x_org-")]
    [InlineData("a..b@x.org", "a__b_x_org-")]
    [InlineData("x@y.", "x_y_-")]
    [InlineData("用户@例子.中国", "________-")]
    [InlineData("a\0b@c.org", "a_b_c_org-")]
    [InlineData("two@at@x.org", "two_at_x_org-")]
    [InlineData("no-address", "no_address-")]
    public void Odd_address_becomes_harmless_with_a_hash(string email, string start)
    {
        var name = DataPaths.FolderName(new AccountKey(ProviderKind.Imap, email).Email);

        name.ShouldStartWith(start);
        name.Length.ShouldBe(start.Length + 20);
        name[start.Length..].ShouldAllBe(c => char.IsAsciiHexDigitLower(c));
    }

    [Fact]
    public void Very_long_address_is_cut_and_told_apart_by_its_hash()
    {
        var one = DataPaths.FolderName(new string('a', 300) + "@example.com");
        var other = DataPaths.FolderName(new string('a', 300) + "@example.org");

        one.Length.ShouldBe(69);
        other.Length.ShouldBe(69);
        other.ShouldNotBe(one);
    }

    [Fact]
    public void Folders_are_for_their_owner_only()
    {
        var root = Path.Combine(_directory.Path, "data");
        Directory.CreateDirectory(Path.Combine(root, "secrets"));
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(Path.Combine(root, "secrets"), (UnixFileMode)0b111_111_111);

        var paths = new DataPaths(root);
        var account = paths.CreateAccount(new AccountKey(ProviderKind.Gmail, "me@example.com"));

        foreach (var folder in new[] { root, paths.Secrets, paths.Logs, paths.Downloads, Path.Combine(root, "gmail"), account.Directory, account.Messages, account.Attachments })
            File.GetUnixFileMode(folder).ShouldBe((UnixFileMode)0b111_000_000, folder);
    }

    [Fact]
    public void Link_in_the_place_of_an_account_is_refused()
    {
        var paths = new DataPaths(Path.Combine(_directory.Path, "data"));
        var elsewhere = _directory.Sub("elsewhere");
        Directory.CreateDirectory(Path.Combine(paths.Root, "imap"));
        Directory.CreateSymbolicLink(Path.Combine(paths.Root, "imap", "me@example.com"), elsewhere);

        var refused = Should.Throw<MailException>(() => paths.CreateAccount(new AccountKey(ProviderKind.Imap, "me@example.com")));

        refused.Code.ShouldBe("unsafe_path");
        Directory.EnumerateFileSystemEntries(elsewhere).ShouldBeEmpty();
    }

    public void Dispose() => _directory.Dispose();
}
