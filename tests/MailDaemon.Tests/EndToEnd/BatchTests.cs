using System.Text.Json;
using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>One thing done to many messages, seen on the server.</summary>
public sealed class BatchTests
{
    [PeerFact]
    public async Task Thousand_messages_of_two_folders_take_a_few_commands()
    {
        await using var dovecot = await DovecotServer.StartAsync(new DovecotOptions { Transcripts = true });
        await using var app = await DaemonApp.StartAsync(settings: MailApi.Settings(dovecot));
        var api = new MailApi(app.Client, dovecot);
        var user = dovecot.AddUser("batch");
        await dovecot.SeedAsync(user, 600);
        await dovecot.SeedAsync(user, 400, "Work", from: 600);
        await api.AddAsync(user);
        var keys = (await api.ListAsync(user)).Select(m => m.Key).ToList();

        var read = await api.PostAsync("/api/imap/messages/batch", new { keys, action = "read" });
        var moved = await api.PostAsync("/api/imap/messages/batch", new { keys, action = "move", value = "archive" });

        (read.Status, read.Result.GetProperty("done").GetInt32(), read.Result.GetProperty("failed").GetInt32()).ShouldBe((200, 1_000, 0), read.Msg);
        (moved.Result.GetProperty("done").GetInt32(), moved.Result.GetProperty("failed").GetInt32()).ShouldBe((1_000, 0), moved.Msg);
        moved.Result.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("key").GetString()).ShouldBe(keys);
        moved.Result.GetProperty("results").EnumerateArray().ShouldAllBe(r => r.GetProperty("folder").GetString() == "archive" && r.GetProperty("id").GetString()!.StartsWith("imap:"));
        var there = await dovecot.MessagesAsync(user, "Archive");
        there.Count.ShouldBe(1_000);
        var sent = dovecot.Transcript(user).Sent;
        (Count(sent, " UID STORE "), Count(sent, " UID MOVE ")).ShouldBe((2, 2));
        await api.ShouldShowAsync(dovecot, user);
        (await api.ListAsync(user)).ShouldAllBe(m => m.IsRead && m.Folder == "archive");

        var deleted = await api.PostAsync("/api/imap/messages/batch", new { keys = keys.Take(500), action = "delete" });
        deleted.Result.GetProperty("results").EnumerateArray().ShouldAllBe(r => r.GetProperty("folder").GetString() == "trash");
        var gone = await api.PostAsync("/api/imap/messages/batch", new { keys = keys.Take(500), action = "delete" });
        gone.Result.GetProperty("results").EnumerateArray().ShouldAllBe(r => r.GetProperty("permanent").GetBoolean());
        (await dovecot.MessagesAsync(user, "Trash")).ShouldBeEmpty();
        await api.ShouldShowAsync(dovecot, user);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
