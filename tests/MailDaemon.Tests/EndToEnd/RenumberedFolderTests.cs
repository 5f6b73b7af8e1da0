using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Folders whose ids mean nothing any more: the messages keep their keys.</summary>
[Collection(MailPeers.Collection)]
public sealed class RenumberedFolderTests(MailPeers peers, PeerDaemon daemon) : IClassFixture<PeerDaemon>
{
    [PeerFact]
    public async Task Inbox_with_another_uidvalidity_is_rebuilt_under_the_same_keys()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 120);
        await daemon.Api.AddAsync(user);
        var before = await daemon.Api.ListAsync(user);

        await peers.Dovecot.DoveadmAsync("mailbox", "update", "-u", user.Address, "--uid-validity", "77", "INBOX");
        await peers.Dovecot.DoveadmAsync("flags", "add", "-u", user.Address, "\\Flagged", "mailbox", "INBOX", "uid", "2");
        await daemon.Api.SyncAsync(user);
        var after = await daemon.Api.ListAsync(user);

        after.Select(m => m.Key).ShouldBe(before.Select(m => m.Key));
        after.Single(m => m.Uid == 2).IsStarred.ShouldBeTrue();
        (await daemon.Api.PostAsync($"/api/imap/messages/{before[0].Key}/archive")).Status.ShouldBe(200);
        (await peers.Dovecot.MessagesAsync(user, "Archive")).ShouldHaveSingleItem().MessageId.ShouldBe("<seed-119@mail.test>");
        await daemon.Api.ShouldShowAsync(peers.Dovecot, user);
    }

    [PeerFact]
    public async Task Folder_made_anew_in_another_order_keeps_the_keys_of_its_messages()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 5, "Orders");
        await daemon.Api.AddAsync(user);
        var before = (await daemon.Api.ListAsync(user, "Orders")).ToDictionary(m => m.InternetMessageId!, m => m.Key);

        await peers.Dovecot.DoveadmAsync("mailbox", "delete", "-u", user.Address, "Orders");
        foreach (var number in (int[])[4, 2, 0, 1, 3])
            await peers.Dovecot.SeedAsync(user, 1, "Orders", from: number);
        await daemon.Api.SyncAsync(user);
        var after = await daemon.Api.ListAsync(user, "Orders");

        after.ToDictionary(m => m.InternetMessageId!, m => m.Key).ShouldBe(before, ignoreOrder: true);
        after.Single(m => m.InternetMessageId == "<seed-4@mail.test>").Uid.ShouldBe(1);
        await daemon.Api.ShouldShowAsync(peers.Dovecot, user);
    }

    [PeerFact]
    public async Task Action_in_a_folder_made_anew_touches_no_other_message()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 3, "Orders");
        await daemon.Api.AddAsync(user);
        var before = await daemon.Api.ListAsync(user, "Orders");
        var first = before.Single(m => m.InternetMessageId == "<seed-0@mail.test>");
        await peers.Dovecot.DoveadmAsync("mailbox", "delete", "-u", user.Address, "Orders");
        foreach (var number in (int[])[2, 1, 0])
            await peers.Dovecot.SeedAsync(user, 1, "Orders", from: number);
        var there = (await peers.Dovecot.MessagesAsync(user, "Orders")).Select(m => (m.MessageId, m.Flags)).ToList();

        var path = $"/api/imap/messages/{first.Key}";
        Reply[] replies =
        [
            await daemon.Api.PostAsync($"{path}/star"),
            await daemon.Api.PostAsync($"{path}/archive"),
            await daemon.Api.PostAsync($"{path}/move", new { target = "Trash" }),
            await daemon.Api.DeleteAsync(path),
        ];

        replies.ShouldAllBe(r => r.Status == 409 && r.Error == "folder_renumbered");
        (await peers.Dovecot.MessagesAsync(user, "Orders")).Select(m => (m.MessageId, m.Flags)).ShouldBe(there);
        (await daemon.Api.ListAsync(user, "Orders")).Select(m => (m.Key, m.InternetMessageId)).ShouldBe(before.Select(m => (m.Key, m.InternetMessageId)));

        await daemon.Api.SyncAsync(user);
        (await daemon.Api.PostAsync($"{path}/archive")).Status.ShouldBe(200);
        (await peers.Dovecot.MessagesAsync(user, "Archive")).ShouldHaveSingleItem().MessageId.ShouldBe("<seed-0@mail.test>");
        await daemon.Api.ShouldShowAsync(peers.Dovecot, user);
    }

    [PeerFact]
    public async Task Renamed_folder_keeps_the_keys_of_its_messages()
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 5, "Orders");
        await daemon.Api.AddAsync(user);
        var before = (await daemon.Api.ListAsync(user, "Orders")).Select(m => (m.InternetMessageId, m.Key)).ToList();

        await peers.Dovecot.DoveadmAsync("mailbox", "rename", "-u", user.Address, "Orders", "订单");
        await daemon.Api.SyncAsync(user);

        (await daemon.Api.ListAsync(user, "订单")).Select(m => (m.InternetMessageId, m.Key)).ShouldBe(before);
        (await daemon.Api.GetAsync($"/api/imap/messages?email={user.Address}&folder=Orders")).Status.ShouldBe(404);
        await daemon.Api.ShouldShowAsync(peers.Dovecot, user);
    }
}
