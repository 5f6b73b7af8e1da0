using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Storage;
using MailDaemon.Hosting;
using Microsoft.Extensions.Options;

namespace MailDaemon.Api;

/// <summary>How many bytes of large request bodies are held at once, from when they come until their requests end. Thread-safe.</summary>
internal sealed class BodyBudget(IOptions<GuardOptions> options, DataPaths paths)
{
    /// <summary>Smaller bodies are read into memory and not counted.</summary>
    public const int SmallBytes = 64 * 1024;

    private readonly SemaphoreSlim parsing = new(1, 1);
    private long held;

    public Share Open() => new(this);

    /// <summary>A file for a body, without a name: it is gone when it is closed, however the process ends.</summary>
    public FileStream NewFile()
    {
        var path = Path.Combine(paths.Root, $"body-{Guid.NewGuid():N}{PrivateFiles.TemporarySuffix}");
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        });
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }

    /// <summary>Large bodies are taken apart one at a time: each takes several times its size while that lasts.</summary>
    public async Task<IDisposable> EnterParsingAsync(CancellationToken ct)
    {
        await parsing.WaitAsync(ct);
        return new Release(parsing);
    }

    /// <summary>What one request holds.</summary>
    public sealed class Share(BodyBudget budget) : IDisposable
    {
        private long bytes;

        /// <exception cref="MailException">TooMany <c>too_many_bytes</c>: others hold what there is.</exception>
        public void Take(long count)
        {
            if (Interlocked.Add(ref budget.held, count) > budget.Limit)
            {
                Interlocked.Add(ref budget.held, -count);
                throw new MailException(MailFault.TooMany, "too_many_bytes", "Other large requests are being worked on; try again in a moment");
            }

            bytes += count;
        }

        public void Dispose()
        {
            Interlocked.Add(ref budget.held, -bytes);
            bytes = 0;
        }
    }

    private long Limit => options.Value.MaxBodyBytes;

    private sealed class Release(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
