using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// What messages say, as <c>messages/ab/abcd….json</c>: plain JSON named by its own hash. A file never changes, equal contents share
/// one, and a damaged one is known by its name.
/// </summary>
internal sealed class ContentStore(string directory)
{
    /// <summary>Bytes of a hash; its file is named by twice as many hex digits.</summary>
    public const int HashBytes = 16;

    private const int LargestFile = 512 * 1024 * 1024;
    private const string Suffix = ".json";
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Folders that were seen to be ours.</summary>
    private readonly bool[] _shards = new bool[256];

    /// <summary>Writes a content unless it is there, and returns its hash.</summary>
    public byte[] Save(MessageContent content)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(content, CacheJson.Readable.MessageContent);
        var hash = HashOf(bytes);
        var file = new FileInfo(PathOf(hash));
        if (file.Exists && file.LinkTarget is null && file.Length == bytes.Length)
            return hash;
        EnsureShard(hash[0], file.DirectoryName!);

        // No row names it yet, and what a crash leaves of it is known by its length or its hash: a new file needs no second name.
        if (file.Exists || !PrivateFiles.TryWriteNew(file.FullName, bytes))
            PrivateFiles.Replace(file.FullName, bytes);
        return hash;
    }

    /// <summary>Null when the file is missing or damaged; a damaged one is removed, so that the next save writes it anew.</summary>
    public MessageContent? Read(byte[] hash) => Read(hash, bytes => JsonSerializer.Deserialize(bytes, CacheJson.Readable.MessageContent));

    /// <summary>As <see cref="Read(byte[])"/>, and only what is searched in.</summary>
    public SearchedContent? ReadSearched(byte[] hash) => Read(hash, SearchedContent.Parse);

    public void Delete(byte[] hash) => PrivateFiles.DeleteQuietly(PathOf(hash));

    /// <summary>Deletes the files of one shard that <paramref name="isKept"/> does not know, and what a crash left half written.</summary>
    public int Sweep(int shard, Func<byte[], bool> isKept)
    {
        var folder = new DirectoryInfo(Path.Combine(directory, shard.ToString("x2", CultureInfo.InvariantCulture)));
        if (!folder.Exists || folder.LinkTarget is not null)
            return 0;
        var swept = 0;
        foreach (var file in folder.EnumerateFiles())
        {
            if (TryReadName(file.Name, out var hash) && isKept(hash))
                continue;
            PrivateFiles.DeleteQuietly(file.FullName);
            swept++;
        }

        return swept;
    }

    private T? Read<T>(byte[] hash, Func<ReadOnlySpan<byte>, T?> parse)
        where T : class
    {
        var path = PathOf(hash);
        var content = PrivateFiles.Use(path, LargestFile, bytes => IsOf(hash, bytes) ? parse(bytes) : null);
        if (content is null)
            PrivateFiles.DeleteQuietly(path);
        return content;
    }

    private static bool IsOf(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, whole);
        return whole[..HashBytes].SequenceEqual(hash);
    }

    private static byte[] HashOf(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes).AsSpan(0, HashBytes).ToArray();

    private static bool TryReadName(string name, out byte[] hash)
    {
        hash = [];
        if (name.Length != (HashBytes * 2) + Suffix.Length || !name.EndsWith(Suffix, StringComparison.Ordinal))
            return false;
        var digits = name.AsSpan(0, HashBytes * 2);
        if (digits.ContainsAnyExcept(HexDigits))
            return false;
        hash = Convert.FromHexString(digits);
        return true;
    }

    private void EnsureShard(byte shard, string path)
    {
        if (_shards[shard] && Directory.Exists(path))
            return;
        PrivateFiles.RefuseLink(path);
        PrivateFiles.CreateDirectory(path);
        _shards[shard] = true;
    }

    private string PathOf(byte[] hash)
    {
        var name = Convert.ToHexStringLower(hash);
        return Path.Combine(directory, name[..2], name + Suffix);
    }
}
