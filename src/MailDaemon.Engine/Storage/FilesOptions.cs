namespace MailDaemon.Engine.Storage;

/// <summary>The settings section <c>Files</c>.</summary>
public sealed class FilesOptions
{
    /// <summary>Where attachments may be read from and saved to; empty means <c>downloads</c> in the data directory.</summary>
    [Directories]
    public IReadOnlyList<string> AllowedDirectories { get; init; } = [];
}
