using System.Security.Cryptography;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Protocols.Tests.Sandbox;

public sealed class SeedMailTests : SandboxTest
{
    [Fact]
    public async Task Mailbox_has_the_folders_and_numbers_of_a_real_one()
    {
        await StartAsync(seed: true);

        Lina.Folders.Where(f => f.IsSelectable).Select(f => $"{f.Path} {f.Messages.Count}").ShouldBe(
            ["Archive 6", "Drafts 2", "INBOX 30", "Junk 3", "Sent 10", "Trash 2", "项目/报价 5"]);
        Lina.Inbox.Messages.Count(m => !m.Flags.Contains("\\Seen")).ShouldBe(8);
        Servers.World.FindUser("tom@sandbox.test")!.Inbox.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_message_is_clean_mime_of_the_last_sixty_days()
    {
        await StartAsync(seed: true);
        var now = Clock.GetUtcNow();

        foreach (var message in All())
        {
            var mail = MimeParser.Parse(message.Raw);
            mail.Defects.ShouldBeEmpty();
            mail.Headers.Date!.Value.ShouldBeInRange(now.AddDays(-60), now);
            message.InternalDate.ShouldBe(mail.Headers.Date.Value.AddSeconds(7));
            mail.Headers.MessageId.ShouldNotBeNull();
        }

        All().Select(m => MimeParser.Parse(m.Raw).Headers.MessageId).ShouldBeUnique();
    }

    [Fact]
    public async Task Thread_leads_back_to_its_first_message()
    {
        await StartAsync(seed: true);

        var last = Mail("AW: AW: Request for quotation: LED panels 60x60");

        last.Headers.References.ShouldBe(
            ["<nordlicht-1@nordlicht.example>", "<nordlicht-2@sandbox.test>", "<nordlicht-3@nordlicht.example>", "<nordlicht-4@sandbox.test>"]);
        last.HtmlBody!.ShouldContain("<b>1,200 panels at USD 12.65</b>");
        last.Attachments.Single().ContentId.ShouldBe("logo@nordlicht");
    }

    [Fact]
    public async Task File_names_in_chinese_and_with_emoji_are_read_back()
    {
        await StartAsync(seed: true);

        Mail("合同已盖章 📄 请查收").Attachments.Select(a => $"{a.Filename} {a.ContentType.MediaType}").ShouldBe(
            ["📦发货清单与合同（盖章）.pdf application/pdf", "收货地址.csv text/csv"]);
        Mail("询价：轨道射灯 30W 500套").Attachments.Single().DecodeBody()[..4].ShouldBe("PK\x03\x04"u8.ToArray());
        Mail("URGENT: flickering drivers in shipment INV-0877").Attachments[0].DecodeBody()[..8].ShouldBe([0x89, .. "PNG\r\n\x1a\n"u8]);
    }

    [Fact]
    public async Task Machines_say_that_they_are_machines()
    {
        await StartAsync(seed: true);

        Mail("Automatic reply: Price list").Headers.Get("Auto-Submitted").ShouldBe("auto-replied");
        All().Count(m => MimeParser.Parse(m.Raw).Headers.Get("List-Id") is not null).ShouldBe(8);
    }

    [Fact]
    public async Task Two_starts_at_one_time_give_the_same_bytes()
    {
        await StartAsync(seed: true);
        var first = Convert.ToHexString(SHA256.HashData([.. All().SelectMany(m => m.Raw.ToArray())]));
        await Servers.DisposeAsync();

        await StartAsync(seed: true);

        Convert.ToHexString(SHA256.HashData([.. All().SelectMany(m => m.Raw.ToArray())])).ShouldBe(first);
    }

    private IEnumerable<StoredMessage> All() => Lina.Folders.SelectMany(f => f.Messages);

    private MimeMessage Mail(string subject) => All().Select(m => MimeParser.Parse(m.Raw)).Single(m => m.Headers.Subject == subject);
}
