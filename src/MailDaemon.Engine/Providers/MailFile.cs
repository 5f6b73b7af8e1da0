using System.Buffers;

namespace MailDaemon.Engine.Providers;

/// <summary>A written mail as it lies on the disk, with its Bcc field or without (RFC 5322 §3.6.3).</summary>
internal static class MailFile
{
    /// <summary>Longer header blocks than ours can be are not looked into.</summary>
    private const int LongestHeader = 4 * 1024 * 1024;

    /// <summary>Bytes that <see cref="CopyWithoutBccAsync"/> writes.</summary>
    public static async Task<long> SizeWithoutBccAsync(string path, CancellationToken ct)
    {
        var (header, remaining) = await ReadHeaderAsync(path, ct);
        return WithoutBcc(header).Length + remaining;
    }

    public static async Task CopyWithoutBccAsync(string path, Stream destination, CancellationToken ct)
    {
        var (header, _) = await ReadHeaderAsync(path, ct);
        await destination.WriteAsync(WithoutBcc(header), ct);
        await using var file = Open(path);
        file.Seek(header.Length, SeekOrigin.Begin);
        await file.CopyToAsync(destination, ct);
    }

    public static async Task CopyAsync(string path, Stream destination, CancellationToken ct)
    {
        await using var file = Open(path);
        await file.CopyToAsync(destination, ct);
    }

    private static FileStream Open(string path) => new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });

    /// <summary>The header block with its empty line, and how many bytes come after it.</summary>
    private static async Task<(byte[] Header, long Remaining)> ReadHeaderAsync(string path, CancellationToken ct)
    {
        await using var file = Open(path);
        var read = new ArrayBufferWriter<byte>(16 * 1024);
        while (read.WrittenCount < LongestHeader)
        {
            var count = await file.ReadAsync(read.GetMemory(16 * 1024), ct);
            read.Advance(count);
            var end = read.WrittenSpan.IndexOf("\r\n\r\n"u8);
            if (end >= 0 || count == 0)
            {
                var header = end < 0 ? read.WrittenSpan : read.WrittenSpan[..(end + 4)];
                return (header.ToArray(), file.Length - header.Length);
            }
        }

        throw new InvalidDataException($"'{path}' has no header block of a mail.");
    }

    private static ReadOnlyMemory<byte> WithoutBcc(byte[] header)
    {
        var kept = new ArrayBufferWriter<byte>(header.Length);
        var isBcc = false;
        for (var at = 0; at < header.Length;)
        {
            var line = header.AsSpan(at);
            var end = line.IndexOf("\r\n"u8);
            line = end < 0 ? line : line[..(end + 2)];
            at += line.Length;
            if (line[0] is not ((byte)' ' or (byte)'\t'))
                isBcc = line.Length > 4 && System.Text.Ascii.EqualsIgnoreCase(line[..4], "bcc:"u8);
            if (!isBcc)
                kept.Write(line);
        }

        return kept.WrittenMemory;
    }
}
