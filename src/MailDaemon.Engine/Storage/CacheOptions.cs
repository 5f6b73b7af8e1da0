using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Cache</c>.</summary>
public sealed class CacheOptions
{
    /// <summary>How many of the newest messages stand in the published <c>index.json</c> of an account.</summary>
    [Range(0, 1_000_000)]
    public int IndexJsonItems { get; init; } = 5000;

    /// <summary>How many bytes of attachments are kept on disk in all; the least recently used go first.</summary>
    [Range(0, long.MaxValue)]
    public long AttachmentBytes { get; init; } = 1L << 30;
}
