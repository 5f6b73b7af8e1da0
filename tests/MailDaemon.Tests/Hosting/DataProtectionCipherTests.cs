using MailDaemon.Engine.Accounts;
using MailDaemon.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace MailDaemon.Tests.Hosting;

public sealed class DataProtectionCipherTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Secret_is_read_again_after_a_restart_for_its_purpose_alone()
    {
        byte[] cipher;
        await using (var first = await DaemonApp.StartAsync(dataDirectory: directory.Path))
            cipher = first.Services.GetRequiredService<ISecretCipher>().Protect("imap/me", "s3cret"u8.ToArray());
        await using var second = await DaemonApp.StartAsync(dataDirectory: directory.Path);
        var reader = second.Services.GetRequiredService<ISecretCipher>();

        reader.TryUnprotect("imap/me", cipher, out var plain).ShouldBeTrue();
        plain.ShouldBe("s3cret"u8.ToArray());
        reader.TryUnprotect("imap/you", cipher, out _).ShouldBeFalse();
        cipher[^1] ^= 1;
        reader.TryUnprotect("imap/me", cipher, out _).ShouldBeFalse();
        reader.TryUnprotect("imap/me", [1, 2, 3], out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Lost_key_means_unreadable_and_no_crash()
    {
        byte[] cipher;
        await using (var first = await DaemonApp.StartAsync(dataDirectory: directory.Path))
            cipher = first.Services.GetRequiredService<ISecretCipher>().Protect("imap/me", [1]);
        foreach (var key in Directory.GetFiles(Path.Combine(directory.Path, "secrets", "keys")))
            File.Delete(key);

        await using var second = await DaemonApp.StartAsync(dataDirectory: directory.Path);

        second.Services.GetRequiredService<ISecretCipher>().TryUnprotect("imap/me", cipher, out _).ShouldBeFalse();
    }
}
