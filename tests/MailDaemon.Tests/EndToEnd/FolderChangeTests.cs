using MailDaemon.Tests.Peers;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Folders made, renamed and deleted over HTTP, seen on the server.</summary>
[Collection(MailPeers.Collection)]
public sealed class FolderChangeTests(MailPeers peers, PeerDaemon daemon) : IClassFixture<PeerDaemon>
{
    [PeerTheory]
    [InlineData("客户 📌")]
    [InlineData("Käufe & Verkäufe")]
    [InlineData("a \"quoted\" \\ name")]
    public async Task Folder_of_any_name_lives_from_its_making_to_its_end(string name)
    {
        var user = peers.NewUser();
        await peers.Dovecot.SeedAsync(user, 3);
        await daemon.Api.AddAsync(user);

        var made = await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address, name });
        var inside = await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address, name = "2026", parent = name });
        (made.Status, made.Result.GetProperty("path").GetString(), made.Result.GetProperty("folder").GetString()).ShouldBe((201, name, "other"), made.Text);
        (inside.Status, inside.Result.GetProperty("path").GetString()).ShouldBe((201, name + "/2026"), inside.Text);
        (await daemon.Api.PostAsync($"/api/imap/messages/1/move?email={user.Address}", new { target = name + "/2026" })).Status.ShouldBe(200);
        (await peers.Dovecot.FoldersAsync(user)).ShouldContain(name + "/2026");
        var key = (await daemon.Api.SingleAsync(user, name + "/2026")).Key;

        var renamed = await daemon.Api.PutAsync($"/api/imap/folders?email={user.Address}&path={Uri.EscapeDataString(name)}", new { name = "报价" });
        (renamed.Status, renamed.Result.GetProperty("path").GetString()).ShouldBe((200, "报价"), renamed.Text);
        (await daemon.Api.SingleAsync(user, "报价/2026")).Key.ShouldBe(key, "nothing was read again");
        var pass = await daemon.Api.SyncAsync(user);
        pass.GetProperty("added").GetInt32().ShouldBe(0);
        (await daemon.Api.SingleAsync(user, "报价/2026")).Key.ShouldBe(key);
        (await peers.Dovecot.FoldersAsync(user)).ShouldNotContain(name);
        await daemon.Api.ShouldShowAsync(peers.Dovecot, user);

        var path = $"/api/imap/folders?email={user.Address}&path={Uri.EscapeDataString("报价")}";
        var kept = await daemon.Api.DeleteAsync(path);
        (kept.Status, kept.Error).ShouldBe((409, "folder_not_empty"), kept.Text);
        var full = await daemon.Api.DeleteAsync(path + "/2026");
        (full.Status, full.Error).ShouldBe((409, "folder_not_empty"), full.Text);
        (await daemon.Api.DeleteAsync(path + "&force=true")).Status.ShouldBe(200);
        (await peers.Dovecot.FoldersAsync(user)).ShouldNotContain(f => f.StartsWith("报价", StringComparison.Ordinal));
        (await daemon.Api.GetAsync($"/api/imap/messages/{key}")).Status.ShouldBe(404);
        await daemon.Api.ShouldShowAsync(peers.Dovecot, user);
    }

    [PeerFact]
    public async Task Folder_whose_name_begins_alike_is_left_alone()
    {
        var user = peers.NewUser();
        foreach (var folder in new[] { "Work", "Work/In", "Workshop" })
            await peers.Dovecot.SeedAsync(user, 1, folder);
        await daemon.Api.AddAsync(user);
        var keys = (await daemon.Api.ListAsync(user)).Select(m => m.Key).Order(StringComparer.Ordinal).ToList();

        (await daemon.Api.PutAsync($"/api/imap/folders?email={user.Address}&path=Work", new { name = "Play" })).Status.ShouldBe(200);

        (await daemon.Api.ListAsync(user)).Select(m => m.Key).Order(StringComparer.Ordinal).ShouldBe(keys);
        (await daemon.Api.ListAsync(user)).Select(m => m.FolderPath).Order(StringComparer.Ordinal).ShouldBe(["Play", "Play/In", "Workshop"]);
        await daemon.Api.ShouldShowAsync(peers.Dovecot, user);
    }

    [PeerFact]
    public async Task What_the_server_has_or_must_keep_is_not_touched()
    {
        var user = peers.NewUser();
        await daemon.Api.AddAsync(user);
        var folders = $"/api/imap/folders?email={user.Address}";
        (await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address, name = "One" })).Status.ShouldBe(201);
        (await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address, name = "Two" })).Status.ShouldBe(201);

        foreach (var (reply, status, error) in new[]
        {
            (await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address, name = "One" }), 409, "folder_exists"),
            (await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address, name = "a/b" }), 400, "invalid_folder_name"),
            (await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address, name = "a*" }), 400, "invalid_folder_name"),
            (await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address, name = " a" }), 400, "invalid_folder_name"),
            (await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address, name = "a\u0001" }), 400, "invalid_parameter"),
            (await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address, name = new string('x', 201) }), 400, "invalid_parameter"),
            (await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address }), 400, "missing_parameter"),
            (await daemon.Api.PostAsync("/api/imap/folders", new { name = "x" }), 400, "missing_parameter"),
            (await daemon.Api.PostAsync("/api/imap/folders", new { email = user.Address, name = "x", parent = "../etc" }), 404, "folder_not_found"),
            (await daemon.Api.PostAsync("/api/imap/folders", new { email = "nobody@mail.test", name = "x" }), 401, "account_not_configured"),
            (await daemon.Api.PutAsync(folders + "&path=One", new { name = "Two" }), 409, "folder_exists"),
            (await daemon.Api.PutAsync(folders + "&path=One", new { name = "a/b" }), 400, "invalid_folder_name"),
            (await daemon.Api.PutAsync(folders + "&path=INBOX", new { name = "x" }), 409, "folder_protected"),
            (await daemon.Api.PutAsync(folders + "&path=sent", new { name = "x" }), 409, "folder_protected"),
            (await daemon.Api.PutAsync(folders + "&path=nowhere", new { name = "x" }), 404, "folder_not_found"),
            (await daemon.Api.DeleteAsync(folders + "&path=INBOX&force=true"), 409, "folder_protected"),
            (await daemon.Api.DeleteAsync(folders + "&path=nowhere"), 404, "folder_not_found"),
            (await daemon.Api.DeleteAsync(folders), 400, "missing_parameter"),
            (await daemon.Api.DeleteAsync(folders + "&path=One&force=perhaps"), 400, "invalid_parameter"),
            (await daemon.Api.DeleteAsync($"/api/yahoo/folders?email={user.Address}&path=One"), 404, "unknown_provider"),
        })
        {
            (reply.Status, reply.Error).ShouldBe((status, error), reply.Text);
        }

        (await daemon.Api.PutAsync(folders + "&path=One", new { name = "One" })).Status.ShouldBe(200, "its own name is free for it");
        await peers.Dovecot.DoveadmAsync("mailbox", "delete", "-u", user.Address, "Two");
        var gone = await daemon.Api.DeleteAsync(folders + "&path=Two");
        gone.Status.ShouldBe(404, gone.Text);
        (await peers.Dovecot.FoldersAsync(user)).ShouldContain("One");
    }
}
