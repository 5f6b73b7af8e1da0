using System.Globalization;
using System.Security.Cryptography;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>A file that was written.</summary>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record SavedFile(string Path, long Size, string Sha256);

/// <summary>Writes attachments into allowed folders, under a harmless form of their own name and never over a file that is there.</summary>
public sealed class AttachmentSaver(AttachmentReader reader, AllowedFiles files)
{
    private const int MostTries = 1000;

    /// <param name="directory">Absolute, or below the first allowed folder; null for that one.</param>
    public async Task<SavedFile> SaveAsync(FoundMessage message, string attachmentId, string? directory, CancellationToken ct)
    {
        var folder = files.Directory(directory);
        var attachment = await reader.OpenAsync(message, attachmentId, ct);
        await using var source = attachment.File.OpenRead();
        var (target, stream) = CreateNew(folder.FullName, SafeFileName.Of(attachment.Attachment.Filename));
        try
        {
            await using (stream)
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var buffer = new byte[128 * 1024];
                int count;
                while ((count = await source.ReadAsync(buffer, ct)) > 0)
                {
                    hash.AppendData(buffer, 0, count);
                    await stream.WriteAsync(buffer.AsMemory(0, count), ct);
                }

                return new SavedFile(target, stream.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
            }
        }
        catch
        {
            PrivateFiles.DeleteQuietly(target);
            throw;
        }
    }

    private static (string Path, FileStream Stream) CreateNew(string folder, string name)
    {
        for (var i = 0; i < MostTries; i++)
        {
            var numbered = i == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(name)}-{i}{Path.GetExtension(name)}");
            var path = Path.Combine(folder, numbered);
            try
            {
                return (path, PrivateFiles.Create(path));
            }
            catch (IOException) when (File.Exists(path) || Directory.Exists(path))
            {
                // The next number.
            }
        }

        throw MailException.Conflict("file_exists", $"There are too many files of the name {name} in {folder}.");
    }
}
