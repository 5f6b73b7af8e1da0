using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Hooks;

/// <summary>
/// The keys that hooks are signed with unless the settings name another, one for each receiver, so that none can sign for another. They come
/// from the file <c>hook-secret</c> in the data directory, made when it is first needed.
/// </summary>
public sealed class HookSecret(DataPaths paths)
{
    private readonly Lazy<string> value = new(() => ReadOrMake(paths.HookSecret));

    /// <summary>The key of one receiver: HMAC-SHA256 of its name in lower-case hex, with the file's text as key.</summary>
    /// <param name="receiver">The URL of a webhook as its rule has it, or an agent's id.</param>
    public string For(string receiver) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(value.Value), Encoding.UTF8.GetBytes(receiver)));

    public override string ToString() => "***";

    private static string ReadOrMake(string path)
    {
        var made = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return PrivateFiles.TryWriteNew(path, Encoding.ASCII.GetBytes(made + "\n")) ? made : File.ReadAllText(path).Trim();
    }
}
