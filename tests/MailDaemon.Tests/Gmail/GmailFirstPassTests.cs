using System.Text.Json;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Gmail;

/// <summary>The first pass over a Gmail mailbox of 200 messages: over the API and over IMAP, and what it leaves behind.</summary>
public sealed class GmailFirstPassTests
{
    private const int Messages = 200;

    [Fact]
    public async Task Over_imap_comes_what_comes_over_the_api_without_reading_a_message_there()
    {
        await using var gmail = await GmailApp.StartAsync(prepare: Fill);
        var overApi = await DetailsAsync(gmail);
        await gmail.ShouldBeVerifiedAsync();
        gmail.CountOf("messages.get").ShouldBe(Messages);
        await using var directory = new TempDirectory();
        var authority = Path.Combine(directory.Path, "ca.pem");
        await File.WriteAllTextAsync(authority, gmail.Servers.CaPem);
        (await gmail.App.DeleteAsync($"/api/accounts/gmail/{gmail.Email}")).Status.ShouldBe(200);
        await gmail.RestartAsync(
            ("Gmail:FirstPassByImap", "true"), ("Gmail:ImapHost", "127.0.0.1"), ("Gmail:ImapPort", $"{gmail.Servers.GmailImapPort}"), ("Imap:TrustedCertificates", authority));
        gmail.Gmail.ClearRequests();

        await gmail.SignInAsync();
        await gmail.SyncAsync();

        gmail.CountOf("messages.get").ShouldBeLessThanOrEqualTo(25);
        gmail.Servers.GmailImapCounters.CountOf("FETCH").ShouldBeGreaterThan(0);
        var overImap = await DetailsAsync(gmail);
        overImap.Keys.ShouldBe(overApi.Keys, ignoreOrder: true);
        overApi.Count.ShouldBe(Messages);
        foreach (var (key, detail) in overApi)
            overImap[key].ShouldBe(detail);
        await gmail.ShouldBeVerifiedAsync();

        gmail.Gmail.ClearRequests();
        await gmail.SyncAsync();
        gmail.Gmail.Requests.ShouldHaveSingleItem().Method.ShouldBe("gmail.users.history.list");
    }

    [Fact]
    public async Task Costs_a_batch_for_each_page_and_a_few_lists()
    {
        await using var gmail = await GmailApp.StartAsync(prepare: Fill);

        var parts = gmail.Gmail.Requests.Where(r => r.Method == "gmail.users.messages.get").ToList();
        parts.ShouldAllBe(part => part.IsBatchPart && part.Status == 200);
        gmail.Gmail.Requests.Count(r => r.Method == "batch").ShouldBeInRange(Messages / 50, Messages / 25);
        gmail.CountOf("messages.list").ShouldBeLessThan(30);
        gmail.Gmail.Requests.Sum(r => r.Units).ShouldBeInRange(Messages * 20, (Messages * 20) + 300);
    }

    private static void Fill(GmailMailbox mailbox)
    {
        var label = mailbox.CreateLabel("客户/重要");
        var seeded = mailbox.Messages.Where(m => m.LabelIds.Contains("INBOX")).Take(4).ToList();
        mailbox.Modify(seeded[0].Id, [label.Id, "STARRED"], ["UNREAD"]);
        mailbox.Trash(seeded[1].Id);
        mailbox.MoveToSpam(seeded[2].Id);
        mailbox.Modify(seeded[3].Id, [label.Id], ["INBOX"]);
        mailbox.Fill(Messages - mailbox.Messages.Count);
    }

    /// <summary>Each message as it is listed and read: body, attachments, thread, labels, size. The size of an attachment may be an estimate over IMAP.</summary>
    private static async Task<Dictionary<string, string>> DetailsAsync(GmailApp gmail)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        var labels = (await gmail.App.GetAsync($"/api/labels?provider=gmail&email={gmail.Email}")).Result.EnumerateArray().Where(label => label.GetProperty("type").GetString() == "account").ToList();
        foreach (var item in await gmail.ListAsync())
        {
            var key = item.GetProperty("key").GetString()!;
            var detail = await gmail.App.GetAsync($"/api/gmail/messages/{key}");
            detail.Status.ShouldBe(200, detail.Text);
            var members = detail.Result.EnumerateObject().Where(member => member.Name != "attachments").ToDictionary(member => member.Name, member => member.Value.GetRawText());
            members["attachments"] = string.Join(';', detail.Result.GetProperty("attachments").EnumerateArray().Select(Attachment));

            // An account that is added again has its labels under other ids of ours.
            details.Add(key, labels.Aggregate(item.GetRawText() + JsonSerializer.Serialize(members), (text, label) => text.Replace(label.GetProperty("id").GetString()!, label.GetProperty("native").GetString(), StringComparison.Ordinal)));
        }

        return details;
    }

    private static string Attachment(JsonElement attachment) =>
        string.Join(',', attachment.EnumerateObject().Where(member => member.Name is not ("size" or "sizeIsEstimate")).Select(member => $"{member.Name}={member.Value.GetRawText()}"));
}
