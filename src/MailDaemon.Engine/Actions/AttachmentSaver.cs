using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>A file that was written.</summary>
/// <param name="Sha256">Lower-case hex.</param>
public sealed record SavedFile(string Path, long Size, string Sha256);

/// <summary>Writes attachments into allowed folders, under a harmless form of their own name and never over a file that is there.</summary>
public sealed class AttachmentSaver(AttachmentReader reader, AllowedFiles files)
{
    private const int LongestName = 150;
    private const int MostTries = 1000;

    /// <param name="directory">Absolute, or below the first allowed folder; null for that one.</param>
    public async Task<SavedFile> SaveAsync(FoundMessage message, string attachmentId, string? directory, CancellationToken ct)
    {
        var folder = files.Directory(directory);
        var attachment = await reader.OpenAsync(message, attachmentId, ct);
        await using var source = attachment.File.OpenRead();
        var (target, stream) = CreateNew(folder.FullName, SafeName(attachment.Attachment.Filename));
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

    /// <summary>Without path, controls, what turns the direction of text around, and what file systems do not take.</summary>
    internal static string SafeName(string filename)
    {
        var name = new StringBuilder();
        foreach (var rune in filename.EnumerateRunes())
        {
            if (rune.Value is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|')
                name.Append('_');
            else if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
                name.Append(rune);
        }

        var clean = name.ToString().Trim().TrimStart('.').TrimEnd('.', ' ');
        var (stem, extension) = (Path.GetFileNameWithoutExtension(clean), Path.GetExtension(clean));
        if (extension.Length > 20)
            (stem, extension) = (clean, "");
        if (stem.Length > LongestName)
            stem = char.IsHighSurrogate(stem[LongestName - 1]) ? stem[..(LongestName - 1)] : stem[..LongestName];
        return stem.Length == 0 ? "attachment" + extension : stem + extension;
    }

    private static (string Path, FileStream Stream) CreateNew(string folder, string name)
    {
        for (var i = 0; i < MostTries; i++)
        {
            var numbered = i == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(name)} ({i}){Path.GetExtension(name)}");
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
