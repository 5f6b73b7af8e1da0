using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Gmail;

/// <summary>Labels in Gmail's own words, and drafts whose id another client still knows.</summary>
public sealed class GmailLabelTests : IAsyncLifetime
{
    private GmailApp gmail = null!;

    private DaemonApp App => gmail.App;

    private string Inboxed => gmail.Mailbox.Messages.First(m => m.LabelIds.Contains("INBOX") && !m.LabelIds.Contains("STARRED")).Id;

    public async Task InitializeAsync() => gmail = await GmailApp.StartAsync();

    public async Task DisposeAsync() => await gmail.DisposeAsync();

    [Theory]
    [InlineData("STARRED", null, "inbox")]
    [InlineData(null, "INBOX", "archive")]
    [InlineData("TRASH", "INBOX", "trash")]
    [InlineData("SPAM", null, "spam")]
    [InlineData("IMPORTANT", "UNREAD", "inbox")]
    [InlineData("CATEGORY_UPDATES", null, "inbox")]
    public async Task Label_of_the_system_is_a_place_a_flag_or_a_label(string? add, string? remove, string folder)
    {
        var id = Inboxed;

        var changed = await App.PostAsync(
            $"/api/gmail/messages/{id}/labels", new { email = gmail.Email, addLabelIds = add is null ? [] : new[] { add }, removeLabelIds = remove is null ? [] : new[] { remove } });

        (changed.Status, changed.Result.GetProperty("folder").GetString()).ShouldBe((200, folder), changed.Text);
        var now = gmail.Mailbox.Find(id)!.LabelIds;
        if (add is not null)
            now.ShouldContain(add);
        if (remove is not null)
            now.ShouldNotContain(remove);
        changed.Result.GetProperty("labelIds").EnumerateArray().Select(l => l.GetString()!).ShouldBe(now, ignoreOrder: true);
        await gmail.SyncAsync();
        await gmail.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Label_of_a_person_is_listed_synced_and_given_under_either_id()
    {
        var label = gmail.Mailbox.CreateLabel("Kunden/Rot");
        var synced = await App.PostAsync($"/api/gmail/labels/sync?email={gmail.Email}");
        synced.Status.ShouldBe(200, synced.Text);
        var listed = synced.Result.EnumerateArray().Single(l => l.GetProperty("name").GetString() == "Kunden/Rot");
        listed.GetProperty("id").GetString().ShouldBe(label.Id);
        (await App.GetAsync($"/api/gmail/labels?email={gmail.Email}")).Result.EnumerateArray().Select(l => l.GetProperty("id").GetString()).ShouldContain("INBOX");

        var id = Inboxed;
        var given = await App.PostAsync($"/api/gmail/messages/{id}/labels", new { email = gmail.Email, addLabelIds = new[] { listed.GetProperty("labelId").GetString() } });

        given.Status.ShouldBe(200, given.Text);
        gmail.Mailbox.Find(id)!.LabelIds.ShouldContain(label.Id);
        gmail.Mailbox.RenameLabel(label.Id, "Kunden/Blau");
        await App.PostAsync($"/api/gmail/labels/sync?email={gmail.Email}");
        (await App.GetAsync($"/api/labels?provider=gmail&email={gmail.Email}")).Result.EnumerateArray().Select(l => l.GetProperty("name").GetString()).ShouldContain("Kunden/Blau");
    }

    [Theory]
    [InlineData("Label_999", "addLabelIds[0]")]
    [InlineData("SENT", "addLabelIds[0]")]
    [InlineData("DRAFT", "addLabelIds[0]")]
    public async Task Label_that_cannot_be_given_is_refused_by_name_and_nothing_is_done(string label, string field)
    {
        var id = Inboxed;
        var before = gmail.Mailbox.Find(id)!.LabelIds;

        var refused = await App.PostAsync($"/api/gmail/messages/{id}/labels", new { email = gmail.Email, addLabelIds = new[] { label, "STARRED" } });

        (refused.Status, refused.Error).ShouldBe((400, "invalid_label"), refused.Text);
        refused.Envelope.GetProperty("details").TryGetProperty(field, out _).ShouldBeTrue(refused.Text);
        gmail.Mailbox.Find(id)!.LabelIds.ShouldBe(before);
    }

    [Fact]
    public async Task Archived_sent_mail_is_among_the_sent_ones()
    {
        var sent = gmail.Mailbox.Messages.First(m => m.LabelIds.Contains("SENT") && !m.LabelIds.Contains("INBOX"));
        gmail.Mailbox.Modify(sent.Id, ["INBOX"], []);
        await gmail.SyncAsync();

        var archived = await App.PostAsync($"/api/gmail/messages/{sent.Id}/archive?email={gmail.Email}");

        (archived.Status, archived.Result.GetProperty("folder").GetString()).ShouldBe((200, "sent"), archived.Text);
        await gmail.SyncAsync();
        await gmail.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Draft_is_found_by_the_id_it_had_before_it_was_changed()
    {
        var made = await App.PostAsync("/api/gmail/drafts", new { email = gmail.Email, to = "tom@sandbox.test", subject = "Offer", body = "first" });
        var id = made.Result.GetProperty("id").GetString();
        await App.PutAsync($"/api/gmail/drafts/{id}", new { email = gmail.Email, body = "second" });
        var again = await App.PutAsync($"/api/gmail/drafts/{id}", new { email = gmail.Email, body = "third" });

        again.Status.ShouldBe(200, again.Text);
        var read = await App.GetAsync($"/api/gmail/drafts/{id}?email={gmail.Email}");
        (read.Status, read.Result.GetProperty("text").GetString()!.Trim()).ShouldBe((200, "third"), read.Text);
        (await App.GetAsync($"/api/gmail/drafts?email={gmail.Email}&limit=10")).Result.GetProperty("messages").EnumerateArray().Count(m => m.GetProperty("subject").GetString() == "Offer").ShouldBe(1);
        (await App.DeleteAsync($"/api/gmail/drafts/{id}?email={gmail.Email}")).Status.ShouldBe(200);
        await gmail.SyncAsync();
        await gmail.ShouldBeVerifiedAsync();
    }

    [Fact]
    public async Task Folders_are_fixed_and_the_refusal_names_labels()
    {
        var refused = await App.PostAsync("/api/gmail/folders", new { email = gmail.Email, name = "Work" });

        (refused.Status, refused.Error).ShouldBe((409, "folders_are_fixed"), refused.Text);
        refused.Msg!.ShouldContain("/api/labels");
    }
}
