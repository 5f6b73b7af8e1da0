using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using Microsoft.Graph.Models;
using Microsoft.Graph.Users.Item.MailFolders.Delta;
using Microsoft.Kiota.Abstractions;
using Folder = MailDaemon.Engine.Messages.Folder;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>
/// The folders of an account: all are read once, then what changed of them (<c>mailFolders/delta</c>). The name in each level makes the path.
/// Thread-safe.
/// </summary>
internal sealed class OutlookFolders(GraphClient client, Func<AccountSettings> settings) : IDisposable
{
    /// <summary>Pages of one listing: more would be a server that never ends.</summary>
    private const int MaxPages = 1_000;

    private const int MaxDepth = 50;

    /// <summary>What all others are in: no folder that people know.</summary>
    private const string Root = "msgfolderroot";

    private static readonly string[] Selected = ["id", "displayName", "parentFolderId", "childFolderCount", "totalItemCount", "unreadItemCount", "isHidden"];

    /// <summary>Graph's names for folders that every mailbox has, what they are for, and their mark (RFC 6154).</summary>
    private static readonly (string Name, FolderRole Role, string Mark)[] WellKnown =
    [
        ("inbox", FolderRole.Inbox, "\\Inbox"),
        ("sentitems", FolderRole.Sent, "\\Sent"),
        ("drafts", FolderRole.Drafts, "\\Drafts"),
        ("deleteditems", FolderRole.Trash, "\\Trash"),
        ("junkemail", FolderRole.Spam, "\\Junk"),
        ("archive", FolderRole.Archive, "\\Archive"),
        (Root, FolderRole.Other, ""),
    ];

    private readonly SemaphoreSlim turn = new(1);
    private readonly Dictionary<string, MailFolder> raw = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, (FolderRole Role, string Mark)> roles = new Dictionary<string, (FolderRole, string)>();
    private HashSet<string> judged = [];
    private string? deltaLink;
    private bool hasNoDelta;
    private volatile IReadOnlyList<OutlookFolder>? listed;

    /// <summary>The folders as they are now.</summary>
    public async Task<IReadOnlyList<OutlookFolder>> RefreshAsync(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            await ReadAsync(ct);

            // The archive may have been made since.
            if (!raw.Keys.All(judged.Contains))
            {
                roles = await ReadRolesAsync(ct);
                judged = [.. raw.Keys];
            }

            return listed = Resolve();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The folders as they were last listed.</summary>
    public async ValueTask<IReadOnlyList<OutlookFolder>> AllAsync(CancellationToken ct) => listed ?? await RefreshAsync(ct);

    /// <exception cref="MailException">NotFound <c>folder_not_found</c>.</exception>
    public async Task<OutlookFolder> OfAsync(string path, CancellationToken ct) =>
        Find(await AllAsync(ct), path) ?? Find(await RefreshAsync(ct), path)
        ?? throw MailException.NotFound("folder_not_found", $"The account has no folder {path}. GET the account's folders for their paths.");

    public void Dispose() => turn.Dispose();

    private static OutlookFolder? Find(IReadOnlyList<OutlookFolder> folders, string path) => folders.FirstOrDefault(folder => folder.Path == path);

    private async Task ReadAsync(CancellationToken ct)
    {
        if (!hasNoDelta)
        {
            try
            {
                await ReadDeltaAsync(ct);
                return;
            }
            catch (MailException e) when (deltaLink is not null && (e.Code is GraphFaults.SyncStateLost or GraphFaults.ForeignLink || e.Fault is MailFault.NotFound or MailFault.InvalidInput))
            {
                deltaLink = null;
                await ReadDeltaAsync(ct);
                return;
            }
            catch (MailException e) when (deltaLink is null && e.Fault is MailFault.NotFound or MailFault.InvalidInput)
            {
                // Some mailboxes have no delta of folders.
                hasNoDelta = true;
            }
        }

        await ReadAllAsync(ct);
    }

    private async Task ReadDeltaAsync(CancellationToken ct)
    {
        var isNew = deltaLink is null;
        var found = isNew ? new Dictionary<string, MailFolder>(StringComparer.Ordinal) : raw;
        var request = deltaLink is { } link ? client.Page(link) : client.Me.MailFolders.Delta.ToGetRequestInformation(query => query.QueryParameters.Select = Selected);
        for (var pages = 0; ; pages++)
        {
            request.Headers.TryAdd("Prefer", "odata.maxpagesize=200");
            var page = await client.OneAsync<DeltaGetResponse>(request, ct);
            foreach (var folder in page.Value ?? [])
            {
                if (folder.AdditionalData.ContainsKey("@removed"))
                    found.Remove(folder.Id!);
                else
                    found[folder.Id!] = Merge(found.GetValueOrDefault(folder.Id!), folder);
            }

            if (page.OdataNextLink is null || pages >= MaxPages)
            {
                deltaLink = page.OdataDeltaLink ?? throw GraphFaults.Odd();
                break;
            }

            request = client.Page(page.OdataNextLink);
        }

        if (isNew)
            Take(found);
    }

    private async Task ReadAllAsync(CancellationToken ct)
    {
        var found = new Dictionary<string, MailFolder>(StringComparer.Ordinal);
        var waiting = new Queue<RequestInformation>([client.Me.MailFolders.ToGetRequestInformation(query => (query.QueryParameters.Select, query.QueryParameters.Top) = (Selected, 100))]);
        for (var pages = 0; waiting.TryDequeue(out var request) && pages < MaxPages; pages++)
        {
            var page = await client.OneAsync<MailFolderCollectionResponse>(request, ct);
            foreach (var folder in page.Value ?? [])
            {
                if (found.TryAdd(folder.Id!, folder) && folder.ChildFolderCount > 0)
                    waiting.Enqueue(client.Me.MailFolders[folder.Id].ChildFolders.ToGetRequestInformation(query => (query.QueryParameters.Select, query.QueryParameters.Top) = (Selected, 100)));
            }

            if (page.OdataNextLink is { } next)
                waiting.Enqueue(client.Page(next));
        }

        Take(found);
    }

    private void Take(Dictionary<string, MailFolder> found)
    {
        raw.Clear();
        foreach (var (id, folder) in found)
            raw.Add(id, folder);
    }

    /// <summary>A change tells what changed, and may leave out the rest.</summary>
    private static MailFolder Merge(MailFolder? known, MailFolder told) => new()
    {
        Id = told.Id,
        DisplayName = told.DisplayName ?? known?.DisplayName,
        ParentFolderId = told.ParentFolderId ?? known?.ParentFolderId,
        TotalItemCount = told.TotalItemCount ?? known?.TotalItemCount,
        IsHidden = told.IsHidden ?? known?.IsHidden,
    };

    private async Task<IReadOnlyDictionary<string, (FolderRole Role, string Mark)>> ReadRolesAsync(CancellationToken ct)
    {
        var answers = await client.RunAsync<MailFolder>([.. WellKnown.Select(known => client.Me.MailFolders[known.Name].ToGetRequestInformation(query => query.QueryParameters.Select = ["id"]))], ct);
        var found = new Dictionary<string, (FolderRole, string)>(StringComparer.Ordinal);
        foreach (var (known, answer) in WellKnown.Zip(answers))
        {
            if (answer.Value?.Id is { } id && known.Name == Root)
                raw.Remove(id);
            else if (answer.Value?.Id is { } one)
                found[one] = (known.Role, known.Mark);
            else if (answer.Failure is { Fault: not MailFault.NotFound } failure)
                throw failure;
        }

        return found;
    }

    private List<OutlookFolder> Resolve()
    {
        var chosen = settings().FolderRoles.Set().ToDictionary(set => set.Path, set => set.Role, StringComparer.Ordinal);
        var paths = new HashSet<string>(StringComparer.Ordinal);
        var found = new List<OutlookFolder>();
        foreach (var folder in raw.Values.Where(folder => folder.IsHidden != true).OrderBy(folder => folder.Id, StringComparer.Ordinal))
        {
            var path = PathOf(folder);
            for (var i = 2; !paths.Add(path); i++)
                path = FormattableString.Invariant($"{PathOf(folder)} ({i})");
            var (role, mark) = roles.GetValueOrDefault(folder.Id!, (FolderRole.Other, ""));
            found.Add(new OutlookFolder(
                folder.Id!, new Folder(path, folder.DisplayName ?? "", role, mark.Length > 0 ? mark : null, mark.Length > 0 ? [mark] : [], IsSelectable: true) { ObjectId = folder.Id }, folder.TotalItemCount ?? 0));
        }

        return [.. found
            .Select(folder => folder with { Folder = folder.Folder with { Role = RoleOf(folder.Folder, chosen) } })
            .OrderBy(folder => folder.Folder.Role switch { FolderRole.Inbox => 0, FolderRole.Other => 2, _ => 1 })
            .ThenBy(folder => folder.Path, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>What the owner says, then what the server says, unless the owner gave that to another folder.</summary>
    private static FolderRole RoleOf(Folder folder, Dictionary<string, FolderRole> chosen) =>
        chosen.TryGetValue(folder.Path, out var role) && folder.Role != FolderRole.Inbox ? role
        : chosen.ContainsValue(folder.Role) ? FolderRole.Other
        : folder.Role;

    private string PathOf(MailFolder folder)
    {
        var names = new List<string>();
        for (MailFolder? level = folder; level is not null && names.Count < MaxDepth; level = level.ParentFolderId is { } parent ? raw.GetValueOrDefault(parent) : null)
        {
            // A name may hold what separates the levels.
            names.Add((level.DisplayName ?? "").Replace("/", "%2F", StringComparison.Ordinal));
        }

        names.Reverse();
        return string.Join('/', names);
    }
}
