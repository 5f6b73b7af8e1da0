using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Outlook;

/// <param name="Id">Graph's id of the folder; it stays when the folder is renamed or moved.</param>
/// <param name="Total">Items in it when it was last listed.</param>
internal sealed record OutlookFolder(string Id, Folder Folder, int Total)
{
    public string Path => Folder.Path;
}
