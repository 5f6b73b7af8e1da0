using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Suite;

/// <summary>What is done to messages is done on the server. Abstract: each provider has its own account.</summary>
public abstract class ChangeTests(MailAccount account)
{
    private DaemonApp App => account.App;

    [Theory]
    [InlineData("read", "unread", "isRead")]
    [InlineData("star", "unstar", "isStarred")]
    public async Task Flag_goes_both_ways_on_the_server_and_in_the_cache(string set, string unset, string property)
    {
        var item = await account.ReceiveAsync($"to {set}");

        foreach (var (action, isOn) in new[] { (set, true), (set, true), (unset, false), (unset, false) })
        {
            var reply = await App.PostAsync(account.MessagePath(item.Key(), action));

            reply.Status.ShouldBe(200, reply.Text);
            (reply.Result.Key(), reply.Result.Is(property)).ShouldBe((item.Key(), isOn));
            var server = account.OnServer(item);
            (property == "isRead" ? server.IsRead : server.IsStarred).ShouldBe(isOn);
            (await account.ReadAsync(item.Key())).Is(property).ShouldBe(isOn);
        }

        await account.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Spam_goes_to_its_folder_and_comes_back_with_its_key()
    {
        var item = await account.ReceiveAsync("no spam");

        var spam = await App.PostAsync(account.MessagePath(item.String("id")!, "spam", $"email={account.Email}"));

        spam.Status.ShouldBe(200, spam.Text);
        (spam.Result.Key(), spam.Result.String("folder")).ShouldBe((item.Key(), "spam"));
        account.OnServer(item).Folder.ShouldBe("spam");
        (await App.GetAsync(account.MessagePath(spam.Result.String("id")!, query: $"email={account.Email}&folder=spam"))).Result.Key().ShouldBe(item.Key());
        (await App.PostAsync(account.MessagePath(item.Key(), "not-spam"))).Result.String("folder").ShouldBe("inbox");
        account.OnServer(item).Folder.ShouldBe("inbox");
        await account.SyncAsync();
        (await account.ReadAsync(item.Key())).String("folder").ShouldBe("inbox");
        await account.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Archive_and_move_tell_where_the_message_is()
    {
        var item = await account.ReceiveAsync("to the archive");

        (await App.PostAsync(account.MessagePath(item.Key(), "archive"))).Result.String("folder").ShouldBe("archive");
        account.OnServer(item).Folder.ShouldBe("archive");
        foreach (var folder in (string[])["trash", "spam", "archive", "inbox", "inbox"])
        {
            var moved = await App.PostAsync(account.MessagePath(item.Key(), "move"), new { target = folder });
            (moved.Status, moved.Result.Key(), moved.Result.String("folder")).ShouldBe((200, item.Key(), folder), moved.Text);
            account.OnServer(item).Folder.ShouldBe(folder);
        }

        (await App.PostAsync(account.MessagePath(item.Key(), "move"), new { target = "nowhere" })).ShouldBeRefused(404, "folder_not_found");
        await account.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Deleted_message_goes_to_trash_and_from_there_for_good()
    {
        var item = await account.ReceiveAsync("to delete");

        var trashed = await App.DeleteAsync(account.MessagePath(item.String("id")!, query: $"email={account.Email}"));
        trashed.Status.ShouldBe(200, trashed.Text);
        (trashed.Result.Key(), trashed.Result.String("folder"), trashed.Result.Is("permanent")).ShouldBe((item.Key(), "trash", false));
        account.OnServer(item).Folder.ShouldBe("trash");

        var gone = await App.DeleteAsync(account.MessagePath(item.Key()));
        gone.Status.ShouldBe(200, gone.Text);
        (gone.Result.Is("permanent"), gone.Result.String("id")).ShouldBe((true, trashed.Result.String("id")));
        account.ServerMails.ShouldNotContain(mail => mail.MessageId == item.String("internetMessageId"));
        (await App.DeleteAsync(account.MessagePath(item.Key()))).ShouldBeRefused(404, "message_not_found");
        await account.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Message_that_left_the_server_meanwhile_is_told_and_forgotten()
    {
        var item = await account.ReceiveAsync("gone meanwhile");
        account.Remove(item);

        (await App.PostAsync(account.MessagePath(item.Key(), "archive"))).ShouldBeRefused(404, "message_gone");

        (await App.GetAsync(account.MessagePath(item.Key()))).ShouldBeRefused(404, "message_not_found");
    }

    [Theory]
    [InlineData("star", "isStarred", true)]
    [InlineData("unstar", "isStarred", false)]
    [InlineData("read", "isRead", true)]
    [InlineData("unread", "isRead", false)]
    public async Task Batch_sets_the_flag_of_each(string action, string property, bool isOn)
    {
        var items = (await account.ListAsync("inbox")).Take(3).ToList();

        var reply = await App.PostAsync($"/api/{account.Provider}/messages/batch", new { keys = items.Select(item => item.Key()), action });

        reply.Result.GetProperty("done").GetInt32().ShouldBe(3, reply.Text);
        foreach (var item in items)
        {
            (await account.ReadAsync(item.Key())).Is(property).ShouldBe(isOn);
            var server = account.OnServer(item);
            (property == "isRead" ? server.IsRead : server.IsStarred).ShouldBe(isOn);
        }
    }

    [Theory]
    [InlineData("spam", null, "spam")]
    [InlineData("not-spam", null, "inbox")]
    [InlineData("archive", null, "archive")]
    [InlineData("move", "archive", "archive")]
    [InlineData("delete", null, "trash")]
    public async Task Batch_puts_each_where_it_is_told(string action, string? value, string folder)
    {
        var items = new[] { await account.ReceiveAsync($"batch {action} {value}"), await account.ReceiveAsync($"batch {action} {value} too") };

        var reply = await App.PostAsync($"/api/{account.Provider}/messages/batch", new { keys = items.Select(item => item.Key()), action, value });

        reply.Result.All("results").ShouldAllBe(r => r.String("status") == "done" && r.String("folder") == folder, reply.Text);
        items.ShouldAllBe(item => account.OnServer(item).Folder == folder);
        await account.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task One_of_a_batch_that_is_not_there_keeps_none_of_the_others()
    {
        var items = new[] { await account.ReceiveAsync("batch one"), await account.ReceiveAsync("batch two") };

        var reply = await App.PostAsync(
            $"/api/{account.Provider}/messages/batch",
            new { email = account.Email, keys = new[] { items[0].Key(), "m_nothere", items[0].Key() }, ids = new[] { items[1].String("id") }, action = "star" });

        reply.Status.ShouldBe(200, reply.Text);
        reply.Result.All("results").Select(r => (r.String("asked"), r.String("status"))).ShouldBe(
            [(items[0].Key(), "done"), ("m_nothere", "failed"), (items[0].Key(), "done"), (items[1].String("id"), "done")]);
        reply.Result.All("results")[1].String("error").ShouldBe("message_not_found");
        (reply.Result.GetProperty("done").GetInt32(), reply.Result.GetProperty("failed").GetInt32()).ShouldBe((3, 1));
        items.ShouldAllBe(item => account.OnServer(item).IsStarred);
    }
}
