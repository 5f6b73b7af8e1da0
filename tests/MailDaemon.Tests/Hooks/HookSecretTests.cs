using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Storage;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Hooks;

public sealed class HookSecretTests
{
    /// <summary>HMAC-SHA256 with the key <c>k3y</c>, as the line of openssl in the readme makes it.</summary>
    [Theory]
    [InlineData("https://a.example/x", "91c882b43939899567364b35bef2c17338f95ed8da84f53f7647dcb56c4d7f50")]
    [InlineData("https://a.example/X", "733c9410f06fed286d9d976fe2d39ed731834207888a2159fc926dabc053be02")]
    [InlineData("sales", "5adf07067609845c7936bdb3e6ebee4a67f94742936abc4543bcc273d75ce2fc")]
    public async Task Each_receiver_has_a_key_of_its_own(string receiver, string key)
    {
        using var directory = new TempDirectory();
        var paths = new DataPaths(directory.Path);
        await File.WriteAllTextAsync(paths.HookSecret, "k3y\n");

        new HookSecret(paths).For(receiver).ShouldBe(key);
    }
}
