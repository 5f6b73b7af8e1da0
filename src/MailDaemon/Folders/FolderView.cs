using System.ComponentModel;
using MailDaemon.Api;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Folders;

/// <summary>A folder as the API shows it.</summary>
public sealed record FolderView(
    [property: Example("INBOX")] string Name,
    [property: Example("INBOX")] string Path,
    [property: Description("The server's mark, as \\Sent"), Example("\\\\Sent")] string? SpecialUse,
    IReadOnlyList<string> Flags,
    [property: Description("inbox, sent, drafts, trash, spam, archive or other")] string Folder,
    int Unread,
    int Total,
    [property: Description("Why the folder could not be read at the last pass; null when it could")] string? Error)
{
    internal static FolderView Of(CachedFolder folder) => new(
        folder.Folder.Name, folder.Folder.Path, folder.Folder.SpecialUse, folder.Folder.Flags, folder.Folder.Role.Name(), folder.Unread, folder.Total, folder.Error);
}
