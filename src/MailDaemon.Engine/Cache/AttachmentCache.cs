using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Cache;

/// <summary>
/// Attachments that were once asked for, as files, so that they can be streamed in pieces and asked for again. Bounded in bytes over all
/// accounts; the least recently used go first. Thread-safe; two who ask for the same one wait for one download.
/// </summary>
public sealed class AttachmentCache(DataPaths paths, IOptions<CacheOptions> options, TimeProvider time)
{
    private const string Unfinished = ".part";

    /// <summary>One of these is held while an attachment is looked for or downloaded; which one, its name says.</summary>
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>The file of an attachment; downloaded first when it is not there. Memory stays constant.</summary>
    /// <param name="download">Writes the decoded bytes.</param>
    public async Task<FileInfo> GetAsync(AccountKey account, string messageKey, string attachmentId, Func<Stream, CancellationToken, Task> download, CancellationToken ct)
    {
        var file = new FileInfo(Path.Combine(paths.CreateAccount(account).Attachments, Name(messageKey, attachmentId)));
        var turn = turns[(uint)string.GetHashCode(file.FullName, StringComparison.Ordinal) % turns.Length];
        await turn.WaitAsync(ct);
        try
        {
            file.Refresh();
            if (!file.Exists)
            {
                await DownloadAsync(file, download, ct);
                file.Refresh();
                Evict(file);
            }

            file.LastAccessTimeUtc = time.GetUtcNow().UtcDateTime;
            file.Refresh();
            return file;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The bytes of an attachment that was downloaded; null when it was not, or is not kept any more.</summary>
    public long? SizeOf(AccountKey account, string messageKey, string attachmentId) =>
        new FileInfo(Path.Combine(paths.Account(account).Attachments, Name(messageKey, attachmentId))) is { Exists: true } file ? file.Length : null;

    private static string Name(string messageKey, string attachmentId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{messageKey}\n{attachmentId}")));

    private static async Task DownloadAsync(FileInfo file, Func<Stream, CancellationToken, Task> download, CancellationToken ct)
    {
        PrivateFiles.CreateDirectory(file.DirectoryName!);
        var unfinished = file.FullName + Unfinished;
        try
        {
            await using (var stream = PrivateFiles.Create(unfinished))
            {
                await download(stream, ct);
            }

            File.Move(unfinished, file.FullName, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Deletes the least recently used files over all accounts until the rest fits. The newest stays, whatever its size.</summary>
    private void Evict(FileInfo newest)
    {
        var files = new DirectoryInfo(paths.Root)
            .EnumerateDirectories()
            .Where(provider => ProviderKinds.TryParse(provider.Name, out _))
            .SelectMany(provider => provider.EnumerateDirectories())
            .Select(account => new DirectoryInfo(new AccountPaths(account.FullName).Attachments))
            .Where(directory => directory.Exists)
            .SelectMany(directory => directory.EnumerateFiles())
            .OrderByDescending(file => file.LastAccessTimeUtc)
            .ToList();
        var room = options.Value.AttachmentBytes - newest.Length;
        foreach (var file in files.Where(f => f.FullName != newest.FullName && !f.Name.EndsWith(Unfinished, StringComparison.Ordinal)))
        {
            room -= file.Length;
            if (room < 0)
            {
                file.Delete();
            }
        }
    }
}
