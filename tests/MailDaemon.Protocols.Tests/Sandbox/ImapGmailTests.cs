using MailDaemon.Sandbox.Imap;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Protocols.Tests.Sandbox;

public sealed class ImapGmailTests : SandboxTest
{
    private const string One = "1700000000000000001";

    private MailFolder AllMail => Lina.Find("[Gmail]/All Mail")!;

    private MailFolder Trash => Lina.Find("[Gmail]/Trash")!;

    [Fact]
    public async Task Message_has_one_number_in_every_folder_it_is_labelled_with()
    {
        await StartAsync(ImapServerOptions.Gmail);
        Lina.CreateFolder("台北");
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync("UID COPY 1 &U,BTFw-")).Last().ShouldEndWith(" 1 1] COPY completed");
        (await client.CommandAsync("UID FETCH 1 (X-GM-MSGID X-GM-THRID X-GM-LABELS)"))[0].ShouldBe(
            $"1 FETCH (UID 1 X-GM-MSGID {One} X-GM-THRID {One} X-GM-LABELS (\"&U,BTFw-\"))");

        await client.CommandAsync("SELECT \"[Gmail]/All Mail\"");
        (await client.CommandAsync("UID FETCH 1 (X-GM-MSGID X-GM-LABELS)"))[0].ShouldBe(
            $"1 FETCH (UID 1 X-GM-MSGID {One} X-GM-LABELS (\"\\\\Inbox\" \"&U,BTFw-\"))");
        (await client.CommandAsync("LIST \"\" \"[Gmail]/All Mail\""))[0].ShouldBe("LIST (\\HasNoChildren \\All) \"/\" \"[Gmail]/All Mail\"");
    }

    [Fact]
    public async Task Answer_is_in_the_thread_of_what_it_answers()
    {
        await StartAsync(ImapServerOptions.Gmail);
        Lina.Inbox.Append("Message-ID: <1@x.test>\r\n\r\n"u8.ToArray());
        Put("another");
        Lina.Inbox.Append("Message-ID: <3@x.test>\r\nReferences: <0@x.test>\r\n <1@x.test>\r\n\r\n"u8.ToArray());
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync("UID FETCH 1:3 (X-GM-THRID)")).SkipLast(1).ShouldBe([
            $"1 FETCH (UID 1 X-GM-THRID {One})",
            "2 FETCH (UID 2 X-GM-THRID 1700000000000000002)",
            $"3 FETCH (UID 3 X-GM-THRID {One})",
        ]);
    }

    [Fact]
    public async Task Expunge_takes_the_label_and_counts_as_a_change_in_all_mail()
    {
        await StartAsync(ImapServerOptions.Gmail);
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        var before = AllMail.HighestModSeq;

        await client.CommandAsync("UID STORE 1 +FLAGS.SILENT (\\Deleted \\Seen)");
        AllMail.Messages.Single().Flags.ShouldBe(["\\Deleted", "\\Seen"]);
        var flagged = AllMail.HighestModSeq;
        (await client.CommandAsync("UID EXPUNGE 1")).ShouldContain("1 EXPUNGE");

        Lina.Inbox.Messages.ShouldBeEmpty();
        flagged.ShouldBeGreaterThan(before);
        AllMail.HighestModSeq.ShouldBeGreaterThan(flagged);
        await client.CommandAsync("SELECT \"[Gmail]/All Mail\"");
        (await client.CommandAsync($"UID FETCH 1:* (X-GM-LABELS) (CHANGEDSINCE {flagged})")).ShouldContain(
            $"1 FETCH (UID 1 MODSEQ ({AllMail.HighestModSeq}) X-GM-LABELS ())");
    }

    [Fact]
    public async Task Message_stays_in_all_mail_whatever_is_expunged_there()
    {
        await StartAsync(ImapServerOptions.Gmail);
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "\"[Gmail]/All Mail\"");

        await client.CommandAsync("UID STORE 1 +FLAGS.SILENT (\\Deleted)");
        (await client.CommandAsync("UID EXPUNGE 1")).Count.ShouldBe(1);

        AllMail.Messages.Count.ShouldBe(1);
        Lina.Inbox.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Move_to_trash_takes_the_message_out_of_everywhere_else_and_back_again()
    {
        await StartAsync(ImapServerOptions.Gmail);
        Lina.CreateFolder("work");
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");
        await client.CommandAsync("UID COPY 1 work");

        (await client.CommandAsync("UID MOVE 1 [Gmail]/Trash")).ShouldContain("1 EXPUNGE");
        (Lina.Inbox.Messages.Count, Lina.Find("work")!.Messages.Count, AllMail.Messages.Count, Trash.Messages.Count).ShouldBe((0, 0, 0, 1));

        await client.CommandAsync("SELECT [Gmail]/Trash");
        await client.CommandAsync("UID MOVE 1 INBOX");
        (Lina.Inbox.Messages.Single().Uid, AllMail.Messages.Single().Uid, Trash.Messages.Count).ShouldBe((2u, 2u, 0));
        AllMail.Messages[0].EmailId.ShouldBe("M1");
    }

    [Fact]
    public async Task Stored_labels_are_folders_that_come_and_go()
    {
        await StartAsync(ImapServerOptions.Gmail);
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "\"[Gmail]/All Mail\"");

        (await client.CommandAsync("UID STORE 1 +X-GM-LABELS (new/label \\Sent)"))[0].ShouldBe(
            "1 FETCH (UID 1 X-GM-LABELS (\"\\\\Inbox\" \"\\\\Sent\" \"new/label\"))");
        Lina.Find("new/label")!.Messages.Single().EmailId.ShouldBe("M1");
        (await client.CommandAsync("UID STORE 1 -X-GM-LABELS (\\Inbox)"))[0].ShouldBe("1 FETCH (UID 1 X-GM-LABELS (\"\\\\Sent\" \"new/label\"))");
        Lina.Inbox.Messages.ShouldBeEmpty();
        (await client.CommandAsync("UID STORE 1 X-GM-LABELS (\\Inbox)"))[0].ShouldBe("1 FETCH (UID 1 X-GM-LABELS (\"\\\\Inbox\"))");
        (await client.CommandAsync("UID STORE 1 X-GM-LABELS.SILENT ()")).ShouldNotContain(l => l.Contains("X-GM", StringComparison.Ordinal));
        Lina.Find("new/label")!.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task Elsewhere_the_items_are_unknown()
    {
        await StartAsync();
        Put("one");
        await using var client = await RawClient.ImapAsync(Servers, "INBOX");

        (await client.CommandAsync("FETCH 1 (X-GM-MSGID)")).Last().ShouldBe("BAD Unknown FETCH item");
        (await client.CommandAsync("STORE 1 +X-GM-LABELS (a)")).Last().ShouldBe("BAD Unknown STORE item");
    }

    [Fact]
    public async Task Sample_mail_is_there()
    {
        await StartAsync(ImapServerOptions.Gmail, seed: true);

        AllMail.Messages.Count.ShouldBe(53);
        AllMail.Messages.Select(m => m.EmailId).ShouldBeUnique();
        Lina.Find("[Gmail]/Sent Mail")!.Messages.ShouldNotBeEmpty();
    }
}
