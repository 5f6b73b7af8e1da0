using MailDaemon.Engine.Messages;
using MailDaemon.Protocols.Imap;

namespace MailDaemon.Engine.Providers.Imap;

/// <summary>Creating, renaming and deleting folders.</summary>
internal sealed partial class ImapProvider
{
    public Task<string> CreateFolderAsync(string? parent, string name, CancellationToken ct) => connections.RunAsync(
        async (client, token) =>
        {
            var all = await client.ListAsync(new ListRequest(), token);
            var above = parent is null ? null : all.FirstOrDefault(l => l.Name == parent);
            if (above?.Attributes.Contains("\\Noinferiors", StringComparer.OrdinalIgnoreCase) == true)
            {
                throw MailException.Conflict("folder_has_no_children", $"The server allows no folders within {parent}.");
            }

            var (root, delimiter) = await RootAsync(client, all, token);
            RequirePlain(name, delimiter);
            var path = parent is null ? root + name
                : delimiter is null ? throw MailException.Conflict("folder_has_no_children", "This server has no folders within folders.")
                : parent + delimiter + name;
            RequireFree(all, path);
            await client.CreateAsync(path, token);
            await SubscribeAsync(client, path, token);
            return path;
        },
        ct);

    public Task<IReadOnlyDictionary<string, string>> RenameFolderAsync(string path, string name, CancellationToken ct) => connections.RunAsync<IReadOnlyDictionary<string, string>>(
        async (client, token) =>
        {
            await client.UnselectAsync(token);
            var all = await client.ListAsync(new ListRequest(), token);
            var (_, delimiter) = await RootAsync(client, all, token);
            RequirePlain(name, delimiter);
            var renamed = delimiter is { } character && path.LastIndexOf(character) is var end and >= 0 ? path[..(end + 1)] + name : name;
            if (renamed != path)
            {
                RequireFree(all, renamed);
                await client.RenameAsync(path, renamed, token);
                await SubscribeAsync(client, renamed, token);
            }

            var inside = all.Select(l => l.Name).Where(other => delimiter is { } d && other.StartsWith(path + d, StringComparison.Ordinal));
            return inside.Prepend(path).ToDictionary(old => old, old => renamed + old[path.Length..], StringComparer.Ordinal);
        },
        ct);

    public Task DeleteFolderAsync(string path, bool force, CancellationToken ct) => connections.RunAsync(
        async (client, token) =>
        {
            await client.UnselectAsync(token);
            var all = await client.ListAsync(new ListRequest(), token);
            var inside = all.Where(l => l.Delimiter is { } d && l.Name.StartsWith(path + d, StringComparison.Ordinal)).OrderByDescending(l => l.Name.Length).ToList();
            if (!force)
            {
                await RequireEmptyAsync(client, path, inside.Count, token);
            }

            foreach (var folder in inside.Select(l => l.Name).Append(path))
            {
                await DeleteOneAsync(client, folder, isAsked: folder == path, token);
            }

            return true;
        },
        ct);

    private static async Task RequireEmptyAsync(ImapClient client, string path, int inside, CancellationToken ct)
    {
        var messages = (await client.StatusAsync([path], ct)).Select(s => s.Messages ?? 0).FirstOrDefault();
        if (messages > 0 || inside > 0)
        {
            throw MailException.Conflict(
                "folder_not_empty", $"{path} holds {messages} messages and {inside} folders. Move them first, or delete them for good with force=true.");
        }
    }

    private static async Task DeleteOneAsync(ImapClient client, string folder, bool isAsked, CancellationToken ct)
    {
        try
        {
            await client.DeleteAsync(folder, ct);
        }
        catch (ImapException e) when (!isAsked && e.Fault == ImapFault.No)
        {
            // A level that is only part of names goes with the last folder in it.
        }

        try
        {
            await client.UnsubscribeAsync(folder, ct);
        }
        catch (ImapException e) when (e.Fault is ImapFault.No or ImapFault.Bad)
        {
            // It was not subscribed.
        }
    }

    /// <summary>Mail programs show what is subscribed; a server that has no subscriptions shows all.</summary>
    private static async Task SubscribeAsync(ImapClient client, string path, CancellationToken ct)
    {
        try
        {
            await client.SubscribeAsync(path, ct);
        }
        catch (ImapException e) when (e.Fault is ImapFault.No or ImapFault.Bad)
        {
            // The folder is there all the same.
        }
    }

    /// <summary>Where a user's own folders begin, such as <c>INBOX.</c>, and what stands between the levels of a name (RFC 2342).</summary>
    private static async Task<(string Root, char? Delimiter)> RootAsync(ImapClient client, IReadOnlyList<MailboxListing> all, CancellationToken ct)
    {
        var own = (await client.NamespaceAsync(ct)).Personal is [var first, ..] ? first : null;
        return (own?.Prefix ?? "", own?.Delimiter ?? all.Select(l => l.Delimiter).FirstOrDefault(d => d is not null));
    }

    private static void RequirePlain(string name, char? delimiter)
    {
        if (delimiter is { } character && name.Contains(character, StringComparison.Ordinal))
        {
            throw MailException.InvalidInput("invalid_folder_name", $"On this server {character} stands between folders and cannot be part of a name. For a folder in another give parent.");
        }
    }

    private static void RequireFree(IReadOnlyList<MailboxListing> all, string path)
    {
        if (all.Any(l => l.Name == path && !l.Attributes.Contains("\\NonExistent", StringComparer.OrdinalIgnoreCase) && !l.Attributes.Contains("\\Noselect", StringComparer.OrdinalIgnoreCase)))
        {
            throw MailException.Conflict("folder_exists", $"There is a folder {path} already.");
        }
    }
}
