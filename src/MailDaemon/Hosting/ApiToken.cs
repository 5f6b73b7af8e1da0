using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Hosting;

/// <summary>The token of <c>Guard:RequireToken</c>: the file <c>api-token</c> in the data directory, made when it is not there.</summary>
internal sealed class ApiToken
{
    private readonly Lazy<string> value;

    public ApiToken(string dataDirectory) => value = new Lazy<string>(() => ReadOrMake(Path.Combine(dataDirectory, "api-token")));

    public string Value => value.Value;

    public override string ToString() => "***";

    private static string ReadOrMake(string path)
    {
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: >= 32 } known)
            return known;

        var made = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        PrivateFiles.Replace(path, Encoding.ASCII.GetBytes(made + "\n"));
        return made;
    }
}
