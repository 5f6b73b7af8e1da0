using System.Text;
using System.Text.Json;
using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Accounts;

public sealed class SecretVaultTests : IDisposable
{
    private static readonly AccountKey Me = new(ProviderKind.Imap, "me@example.com");
    private static readonly AccountKey You = new(ProviderKind.Imap, "you@example.com");
    private readonly TempDirectory _directory = new();
    private readonly DataPaths _paths;
    private readonly SecretVault _vault;

    public SecretVaultTests()
    {
        _paths = new DataPaths(_directory.Path);
        _vault = new SecretVault(_paths, new BoundCipher(key: 1));
    }

    [Fact]
    public void Saved_secret_is_read_by_its_account_and_purpose_only()
    {
        _vault.Save(Me, SecretVault.Password, new Secret("pässword-canary"));

        _vault.Read(Me, SecretVault.Password)!.Reveal().ShouldBe("pässword-canary");
        _vault.Read(Me, SecretVault.OAuthToken).ShouldBeNull();
        _vault.Read(You, SecretVault.Password).ShouldBeNull();
    }

    [Fact]
    public void Saving_again_replaces()
    {
        _vault.Save(Me, SecretVault.Password, new Secret("old"));
        _vault.Save(Me, SecretVault.Password, new Secret("new"));

        _vault.Read(Me, SecretVault.Password)!.Reveal().ShouldBe("new");
        Directory.GetFiles(_paths.Secrets).Length.ShouldBe(1);
    }

    [Fact]
    public void File_shows_neither_secret_nor_address_and_is_its_owners_only()
    {
        _vault.Save(Me, SecretVault.Password, new Secret("canary"));

        var file = Directory.GetFiles(_paths.Secrets).ShouldHaveSingleItem();
        Path.GetFileName(file).ShouldNotContain("me@");
        Encoding.Latin1.GetString(File.ReadAllBytes(file)).ShouldNotContain("canary");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void File_of_another_account_put_in_its_place_cannot_be_read()
    {
        _vault.Save(Me, SecretVault.Password, new Secret("mine"));
        var mine = Directory.GetFiles(_paths.Secrets).Single();
        _vault.Save(You, SecretVault.Password, new Secret("yours"));
        var yours = Directory.GetFiles(_paths.Secrets).Single(file => file != mine);

        File.Copy(mine, yours, overwrite: true);

        _vault.Read(You, SecretVault.Password).ShouldBeNull();
    }

    [Fact]
    public void Lost_key_damaged_file_and_empty_file_read_as_none()
    {
        _vault.Save(Me, SecretVault.Password, new Secret("mine"));
        var file = Directory.GetFiles(_paths.Secrets).Single();

        new SecretVault(_paths, new BoundCipher(key: 2)).Read(Me, SecretVault.Password).ShouldBeNull();
        File.WriteAllText(file, "garbage");
        _vault.Read(Me, SecretVault.Password).ShouldBeNull();
        File.WriteAllBytes(file, []);
        _vault.Read(Me, SecretVault.Password).ShouldBeNull();
    }

    [Fact]
    public void Deleting_all_takes_every_purpose_of_that_account_and_no_other()
    {
        _vault.Save(Me, SecretVault.Password, new Secret("a"));
        _vault.Save(Me, SecretVault.OAuthToken, new Secret("b"));
        _vault.Save(You, SecretVault.Password, new Secret("c"));

        _vault.DeleteAll(Me);
        _vault.Delete(Me, SecretVault.Password);

        _vault.Read(Me, SecretVault.Password).ShouldBeNull();
        _vault.Read(Me, SecretVault.OAuthToken).ShouldBeNull();
        _vault.Read(You, SecretVault.Password)!.Reveal().ShouldBe("c");
    }

    [Theory]
    [InlineData("")]
    [InlineData("../up")]
    [InlineData("a.b")]
    [InlineData("Password")]
    public void Purpose_never_becomes_a_path(string purpose) =>
        Should.Throw<ArgumentException>(() => _vault.Save(Me, purpose, new Secret("x")));

    [Fact]
    public void Secret_does_not_show_itself()
    {
        var secret = new Secret("canary");

        $"{secret}".ShouldBe("***");
        new { secret }.ToString()!.ShouldNotContain("canary");
        JsonSerializer.Serialize(secret).ShouldBe("{}");
        secret.ShouldBe(new Secret("canary"));
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Enough of a cipher to tell keys and purposes apart.</summary>
    private sealed class BoundCipher(byte key) : ISecretCipher
    {
        public byte[] Protect(string purpose, byte[] plain) => [.. Encoding.UTF8.GetBytes($"{key}|{purpose}|"), .. plain.Select(b => (byte)(b ^ 0x5A))];

        public bool TryUnprotect(string purpose, byte[] cipher, out byte[] plain)
        {
            var start = Encoding.UTF8.GetBytes($"{key}|{purpose}|");
            plain = [.. cipher.Skip(start.Length).Select(b => (byte)(b ^ 0x5A))];
            return cipher.AsSpan().StartsWith(start);
        }
    }
}
