using MailDaemon.Engine.Messages;
using Microsoft.Graph.Models;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Folders that are made, renamed and deleted.</summary>
internal sealed partial class OutlookProvider
{
    public async Task<string> CreateFolderAsync(string? parent, string name, CancellationToken ct)
    {
        var folder = new MailFolder { DisplayName = name };
        var above = parent is null ? null : await folders.OfAsync(parent, ct);
        var made = await AskAsync(name, () => client.OneAsync<MailFolder>(
            above is null ? client.Me.MailFolders.ToPostRequestInformation(folder) : client.Me.MailFolders[above.Id].ChildFolders.ToPostRequestInformation(folder), ct));
        return (await folders.RefreshAsync(ct)).FirstOrDefault(listed => listed.Id == made.Id)?.Path ?? (above is null ? name : $"{above.Path}/{name}");
    }

    public async Task<IReadOnlyDictionary<string, string>> RenameFolderAsync(string path, string name, CancellationToken ct)
    {
        var folder = await folders.OfAsync(path, ct);
        var before = await folders.AllAsync(ct);
        await AskAsync(path, () => client.OneAsync<MailFolder>(client.Me.MailFolders[folder.Id].ToPatchRequestInformation(new MailFolder { DisplayName = name }), ct));
        var after = (await folders.RefreshAsync(ct)).ToDictionary(listed => listed.Id, listed => listed.Path, StringComparer.Ordinal);
        return before
            .Where(listed => listed.Id == folder.Id || (after.TryGetValue(listed.Id, out var now) && now != listed.Path))
            .ToDictionary(listed => listed.Path, listed => after.GetValueOrDefault(listed.Id, listed.Path), StringComparer.Ordinal);
    }

    public async Task DeleteFolderAsync(string path, bool force, CancellationToken ct)
    {
        var folder = await folders.OfAsync(path, ct);
        var now = await client.OneAsync<MailFolder>(client.Me.MailFolders[folder.Id].ToGetRequestInformation(query => query.QueryParameters.Select = ["id", "totalItemCount", "childFolderCount"]), ct);
        if (!force && (now.TotalItemCount > 0 || now.ChildFolderCount > 0))
            throw MailException.Conflict("folder_not_empty", $"{path} holds {now.TotalItemCount} messages and {now.ChildFolderCount} folders. Move them, or give force=true to delete them too.");
        var answer = (await client.RunAsync<MailFolder>([client.Me.MailFolders[folder.Id].ToDeleteRequestInformation()], ct))[0];
        if (answer.Failure is { Fault: not MailFault.NotFound } failure)
            throw failure.Fault == MailFault.Forbidden ? Protected(path, failure) : failure;
        await folders.RefreshAsync(ct);
    }

    /// <summary>Outbox, Conversation History and others without a role of ours.</summary>
    private static MailException Protected(string name, Exception e) =>
        new(MailFault.Conflict, "folder_protected", $"{name} is a folder of Outlook's own and cannot be renamed or deleted.", e);

    private static async Task<MailFolder> AskAsync(string name, Func<Task<MailFolder>> ask)
    {
        try
        {
            return await ask();
        }
        catch (MailException e) when (e.Fault == MailFault.Conflict)
        {
            throw new MailException(MailFault.Conflict, "folder_exists", "There is a folder of this name already.", e);
        }
        catch (MailException e) when (e.Fault == MailFault.Forbidden)
        {
            throw Protected(name, e);
        }
        catch (MailException e) when (e.Fault == MailFault.InvalidInput)
        {
            throw new MailException(MailFault.InvalidInput, "invalid_folder_name", $"Outlook does not take this name: {e.Message}", e);
        }
    }
}
