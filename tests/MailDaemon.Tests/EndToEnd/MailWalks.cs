using System.Globalization;
using System.Text.Json;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>What must come out the same on every server, whatever it can do.</summary>
internal static class MailWalks
{
    private const string Projects = "Projects/报价 📎";

    /// <summary>Everything the API does to messages, looked at on the server.</summary>
    public static async Task ActAsync(DovecotServer dovecot, MailApi api, MailUser user)
    {
        await dovecot.SeedAsync(user, 8);
        await dovecot.DoveadmAsync("mailbox", "create", "-u", user.Address, Projects);
        await api.AddAsync(user);
        var keys = (await api.ListAsync(user, "inbox")).ToDictionary(m => m.Uid, m => m.Key);

        await FlagAsync(dovecot, api, user, keys);
        await RelocateAsync(dovecot, api, user, keys);
        await DeleteAsync(dovecot, api, user, keys);
        var before = await api.ListAsync(user);
        await api.SyncAsync(user);

        (await api.ListAsync(user)).ShouldBe(before, "the pass found nothing to correct");
        await api.ShouldShowAsync(dovecot, user);
    }

    /// <summary>What others do to the account, looked at through the API after one pass.</summary>
    public static async Task FollowAsync(DovecotServer dovecot, MailApi api, MailUser user)
    {
        await dovecot.SeedAsync(user, 10);
        await dovecot.SeedAsync(user, 3, "Old", from: 20);
        await api.AddAsync(user);
        var keys = (await api.ListAsync(user)).ToDictionary(m => m.InternetMessageId!, m => m.Key);

        await dovecot.DoveadmAsync("flags", "add", "-u", user.Address, "\\Seen \\Flagged", "mailbox", "INBOX", "uid", "1");
        await dovecot.DoveadmAsync("flags", "remove", "-u", user.Address, "\\Seen", "mailbox", "INBOX", "uid", "2");
        await dovecot.DoveadmAsync("move", "-u", user.Address, "Archive", "mailbox", "INBOX", "uid", "3");
        await dovecot.DoveadmAsync("expunge", "-u", user.Address, "mailbox", "INBOX", "uid", "4");
        await dovecot.DoveadmAsync("mailbox", "create", "-u", user.Address, "客户/重要 📌");
        await dovecot.SeedAsync(user, 2, "客户/重要 📌", from: 30);
        await dovecot.DoveadmAsync("mailbox", "delete", "-u", user.Address, "Old");
        await dovecot.SeedAsync(user, 3, from: 40);
        var pass = await api.SyncAsync(user);
        var again = await api.SyncAsync(user);

        await api.ShouldShowAsync(dovecot, user);
        var after = (await api.ListAsync(user)).ToDictionary(m => m.InternetMessageId!, m => m.Key);
        after.Where(m => keys.ContainsKey(m.Key)).ShouldAllBe(m => m.Value == keys[m.Key]);
        (await api.SingleAsync(user, "archive")).InternetMessageId.ShouldBe("<seed-2@mail.test>");

        // Folders are read side by side: a move is a departure here and an arrival there, or, seen the other way round, an arrival that was known.
        Counts(pass).ShouldBeOneOf((6, 2, 5), (6, 3, 4));
        Counts(again).ShouldBe((0, 0, 0));
    }

    private static (int Added, int Updated, int Removed) Counts(JsonElement pass) =>
        (pass.GetProperty("added").GetInt32(), pass.GetProperty("updated").GetInt32(), pass.GetProperty("removed").GetInt32());

    private static async Task FlagAsync(DovecotServer dovecot, MailApi api, MailUser user, Dictionary<long, string> keys)
    {
        var starred = await PostAsync(api, $"/api/imap/messages/imap:7/star?email={user.Address}");
        var read = await PostAsync(api, $"/api/imap/messages/{keys[4]}/read");
        var unread = await PostAsync(api, $"/api/imap/messages/2/unread?email={user.Address}&folder=INBOX");
        await PostAsync(api, $"/api/imap/messages/{keys[1]}/read");

        (starred.GetProperty("key").GetString(), starred.GetProperty("isStarred").GetBoolean()).ShouldBe((keys[7], true));
        (read.GetProperty("id").GetString(), read.GetProperty("isRead").GetBoolean()).ShouldBe(("imap:4", true));
        (unread.GetProperty("key").GetString(), unread.GetProperty("isRead").GetBoolean()).ShouldBe((keys[2], false));
        (await dovecot.MessagesAsync(user, "INBOX")).Take(4).Select(m => m.Flags).ShouldBe(["\\Answered \\Flagged \\Seen", "", "\\Seen", "\\Seen"]);
        (await dovecot.MessageAsync(user, "INBOX", 7)).Flags.ShouldBe("\\Flagged");

        await PostAsync(api, $"/api/imap/messages/{keys[1]}/unstar");
        (await dovecot.MessageAsync(user, "INBOX", 1)).Flags.ShouldBe("\\Answered \\Seen");
    }

    private static async Task RelocateAsync(DovecotServer dovecot, MailApi api, MailUser user, Dictionary<long, string> keys)
    {
        // Somebody else's message in each target, so that the new uids are none that could be guessed.
        foreach (var folder in (string[])["Archive", "Junk", Projects])
            await dovecot.SeedAsync(user, 2, folder, from: 50);

        var archived = await PostAsync(api, $"/api/imap/messages/{keys[3]}/archive");
        var spam = await PostAsync(api, $"/api/imap/messages/imap:4/spam?email={user.Address}");
        var back = await PostAsync(api, $"/api/imap/messages/{keys[4]}/not-spam");
        var moved = await PostAsync(api, $"/api/imap/messages/6/move?email={user.Address}&folder=inbox", new { target = Projects });

        Told(archived).ShouldBe(("imap:3", keys[3], "archive"));
        Told(spam).ShouldBe(("imap:3", keys[4], "spam"));
        Told(back).ShouldBe(("imap:9", keys[4], "inbox"));
        Told(moved).ShouldBe(("imap:3", keys[6], "other"));
        (await dovecot.MessageAsync(user, "Archive", 3)).MessageId.ShouldBe("<seed-2@mail.test>");
        (await dovecot.MessageAsync(user, "INBOX", 9)).MessageId.ShouldBe("<seed-3@mail.test>");
        (await dovecot.MessageAsync(user, Projects, 3)).MessageId.ShouldBe("<seed-5@mail.test>");
        (await dovecot.MessagesAsync(user, "Junk")).Count.ShouldBe(2);
        (await api.DetailAsync(keys[6])).GetProperty("folderPath").GetString().ShouldBe(Projects);
        await api.SyncAsync(user);
    }

    private static async Task DeleteAsync(DovecotServer dovecot, MailApi api, MailUser user, Dictionary<long, string> keys)
    {
        // Marked by another client and not expunged: our deletions must leave it where it is.
        await dovecot.DoveadmAsync("flags", "add", "-u", user.Address, "\\Deleted", "mailbox", "INBOX", "uid", "8");

        var trashed = await api.DeleteAsync($"/api/imap/messages/5?email={user.Address}");
        var inTrash = await dovecot.MessagesAsync(user, "Trash");
        var gone = await api.DeleteAsync($"/api/imap/messages/{keys[5]}");

        (trashed.Result.GetProperty("id").GetString(), trashed.Result.GetProperty("folder").GetString(), trashed.Result.GetProperty("permanent").GetBoolean())
            .ShouldBe(("imap:1", "trash", false));
        inTrash.ShouldHaveSingleItem().MessageId.ShouldBe("<seed-4@mail.test>");
        gone.Result.GetProperty("permanent").GetBoolean().ShouldBeTrue();
        (await dovecot.MessagesAsync(user, "Trash")).ShouldBeEmpty();
        (await dovecot.MessagesAsync(user, "INBOX")).Select(m => m.Uid).ShouldBe([1L, 2, 7, 8, 9]);
        (await dovecot.MessageAsync(user, "INBOX", 8)).Flags.ShouldBe("\\Deleted \\Seen");
        (await api.GetAsync($"/api/imap/messages/{keys[5]}")).Status.ShouldBe(404);
    }

    private static (string? Id, string? Key, string? Folder) Told(JsonElement moved) =>
        (moved.GetProperty("id").GetString(), moved.GetProperty("key").GetString(), moved.GetProperty("folder").GetString());

    private static async Task<JsonElement> PostAsync(MailApi api, string path, object? body = null)
    {
        var reply = await api.PostAsync(path, body);
        reply.Status.ShouldBe(200, string.Create(CultureInfo.InvariantCulture, $"{path}: {reply.Text}"));
        return reply.Result;
    }
}
