using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Hooks;

/// <summary>The key that hooks are signed with unless the settings name another: the file <c>hook-secret</c> in the data directory, made when it is first needed.</summary>
public sealed class HookSecret(DataPaths paths)
{
    private readonly Lazy<string> value = new(() => ReadOrMake(paths.HookSecret));

    public string Value => value.Value;

    public override string ToString() => "***";

    private static string ReadOrMake(string path)
    {
        var made = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return PrivateFiles.TryWriteNew(path, Encoding.ASCII.GetBytes(made + "\n")) ? made : File.ReadAllText(path).Trim();
    }
}
