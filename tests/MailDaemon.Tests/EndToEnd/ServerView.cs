using System.Globalization;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>A message as Dovecot's own tool sees it.</summary>
/// <param name="Flags">Without <c>\Recent</c>, in order, with spaces between.</param>
internal sealed record ServerMessage(long Uid, string Flags, string MessageId);

/// <summary>What is on the server, seen by doveadm and never by the client under test.</summary>
internal static class ServerView
{
    public static async Task<IReadOnlyList<ServerMessage>> MessagesAsync(this DovecotServer dovecot, MailUser user, string folder)
    {
        var table = await dovecot.DoveadmAsync("-f", "tab", "fetch", "-u", user.Address, "uid flags hdr.message-id", "mailbox", folder, "all");
        return [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Parse).OrderBy(m => m.Uid)];
    }

    public static async Task<ServerMessage> MessageAsync(this DovecotServer dovecot, MailUser user, string folder, long uid) =>
        (await dovecot.MessagesAsync(user, folder)).Single(m => m.Uid == uid);

    /// <summary>The folders that can hold messages; those that are there only for their subfolders are left out.</summary>
    public static async Task<IReadOnlyList<string>> FoldersAsync(this DovecotServer dovecot, MailUser user)
    {
        var table = await dovecot.DoveadmAsync("-f", "tab", "mailbox", "status", "-u", user.Address, "messages", "*");
        return [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split('\t')[0])];
    }

    /// <summary>Compares folder by folder what the API shows with what the server has: uids, Message-IDs, read and starred, nothing more or less.</summary>
    public static async Task ShouldShowAsync(this MailApi api, DovecotServer dovecot, MailUser user)
    {
        var folders = (await api.GetAsync($"/api/imap/folders?email={user.Address}")).Result.EnumerateArray()
            .Where(f => !f.GetProperty("flags").EnumerateArray().Any(flag => flag.GetString()!.ToLowerInvariant() is "\\noselect" or "\\nonexistent")).ToList();
        var paths = await dovecot.FoldersAsync(user);
        folders.Select(f => f.GetProperty("path").GetString()!).Order(StringComparer.Ordinal).ShouldBe(paths.Order(StringComparer.Ordinal));
        foreach (var folder in folders)
        {
            var path = folder.GetProperty("path").GetString()!;
            var shown = (await api.ListAsync(user, path)).Select(m => (m.Uid, m.InternetMessageId, m.IsRead, m.IsStarred)).OrderBy(m => m.Uid).ToList();
            var there = (await dovecot.MessagesAsync(user, path)).Select(m => (m.Uid, (string?)m.MessageId, m.Has("\\Seen"), m.Has("\\Flagged"))).ToList();
            shown.ShouldBe(there, path);
            (folder.GetProperty("total").GetInt32(), folder.GetProperty("unread").GetInt32()).ShouldBe((there.Count, there.Count(m => !m.Item3)), path);
        }
    }

    private static bool Has(this ServerMessage message, string flag) => message.Flags.Split(' ').Contains(flag, StringComparer.Ordinal);

    private static ServerMessage Parse(string line)
    {
        var cells = line.Split('\t');
        var flags = cells[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(f => f != "\\Recent").Order(StringComparer.Ordinal);
        return new ServerMessage(long.Parse(cells[0], CultureInfo.InvariantCulture), string.Join(' ', flags), cells[2].Trim());
    }
}
