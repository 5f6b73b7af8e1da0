using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Providers;

/// <summary>A written mail as it lies on the disk, with its Bcc field or without (RFC 5322 §3.6.3).</summary>
internal static class MailFile
{
    /// <summary>Bytes that <see cref="CopyWithoutBccAsync"/> writes.</summary>
    public static long SizeWithoutBcc(string path)
    {
        var (header, bodyStart) = ReadHeader(path);
        return header.Length + new FileInfo(path).Length - bodyStart;
    }

    public static async Task CopyWithoutBccAsync(string path, Stream destination, CancellationToken ct)
    {
        var (header, bodyStart) = ReadHeader(path);
        await destination.WriteAsync(header, ct);
        await using var file = Open(path);
        file.Seek(bodyStart, SeekOrigin.Begin);
        await file.CopyToAsync(destination, ct);
    }

    public static async Task CopyAsync(string path, Stream destination, CancellationToken ct)
    {
        await using var file = Open(path);
        await file.CopyToAsync(destination, ct);
    }

    public static FileStream Open(string path) => new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });

    /// <summary>What is sent of the header, and where the body begins.</summary>
    private static (byte[] Sent, int BodyStart) ReadHeader(string path)
    {
        using var file = MappedFile.Open(path);
        var header = RawHeader.Read(file.Memory);
        return (header.Without(field => field.Is("Bcc")).ToBytes(), header.Length);
    }
}
