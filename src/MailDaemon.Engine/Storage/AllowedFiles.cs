using MailDaemon.Engine.Messages;
using Microsoft.Extensions.Options;

namespace MailDaemon.Engine.Storage;

/// <summary>The part of the disk that callers may name: the folders of <c>Files:AllowedDirectories</c> and what lies in them. No link is followed below them.</summary>
public sealed class AllowedFiles(DataPaths paths, IOptions<FilesOptions> options)
{
    private readonly string[] roots = options.Value.AllowedDirectories.Count == 0
        ? [paths.Downloads]
        : [.. options.Value.AllowedDirectories.Select(UserPath.Expand)];

    /// <summary>A file that may be read.</summary>
    /// <param name="path">Absolute, or below the first allowed folder.</param>
    /// <exception cref="MailException">InvalidInput <c>path_not_allowed</c>; NotFound <c>file_not_found</c>.</exception>
    public FileInfo File(string path)
    {
        var file = new FileInfo(Resolve(path));
        if (UnixFile.Look(file.FullName) is { Kind: FileKind.Other })
            throw MailException.InvalidInput("path_not_allowed", $"{path} is a pipe, a socket or a device. Name a regular file.");
        return file.Exists ? file : throw MailException.NotFound("file_not_found", $"There is no file {path}.");
    }

    /// <summary>Opens what <see cref="File"/> gave; what took its place meanwhile is neither followed nor waited for.</summary>
    /// <exception cref="MailException">InvalidInput <c>path_not_allowed</c>; NotFound <c>file_not_found</c>.</exception>
    public Stream Open(FileInfo file)
    {
        try
        {
            return UnixFile.OpenRegular(Resolve(file.FullName));
        }
        catch (FileNotFoundException)
        {
            throw MailException.NotFound("file_not_found", $"There is no file {file.FullName}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw MailException.InvalidInput("path_not_allowed", e.Message);
        }
    }

    /// <summary>A folder that may be written to; made when it is missing.</summary>
    /// <param name="path">Absolute, or below the first allowed folder; null for that one.</param>
    /// <exception cref="MailException">InvalidInput <c>path_not_allowed</c>.</exception>
    public DirectoryInfo Directory(string? path)
    {
        var full = path is null ? roots[0] : Resolve(path);
        if (System.IO.File.Exists(full))
        {
            throw MailException.InvalidInput("path_not_allowed", $"{path} is a file, not a folder.");
        }

        return System.IO.Directory.CreateDirectory(full);
    }

    private string Resolve(string path)
    {
        string full;
        try
        {
            full = Path.GetFullPath(path, roots[0]);
        }
        catch (ArgumentException)
        {
            throw NotAllowed(path);
        }

        var root = roots.FirstOrDefault(r => full == r || full.StartsWith(r.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            ?? throw NotAllowed(path);
        for (var part = full; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
        {
            if (new FileInfo(part).LinkTarget is not null)
            {
                throw NotAllowed(path);
            }
        }

        return full;
    }

    private MailException NotAllowed(string path) => MailException.InvalidInput(
        "path_not_allowed", $"{path} is not within an allowed folder, or a link leads there. Allowed: {string.Join(", ", roots)}; Files:AllowedDirectories names more.");
}
