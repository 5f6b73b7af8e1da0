using System.Security.Cryptography;
using System.Text;
using MailDaemon.Protocols.Mime;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>Mail and replies through a real Postfix, read by another client in the recipient's mailbox.</summary>
[Collection(MailPeers.Collection)]
public sealed class SendTests(MailPeers peers, PeerDaemon daemon) : IClassFixture<PeerDaemon>
{
    private const string Subject = "报价单 Quotation 📎 – für Käufer, 第二版（含运费与保险）";
    private const string Html = "<p>您好 Anna 👋</p>\n.\n<p>From here: <img src=\"cid:logo@daemon\"> 价格 &lt; 5 €</p>";

    private MailApi Api => daemon.SendingApi;

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Html_with_an_inline_image_and_files_arrives_byte_for_byte_and_a_copy_with_bcc_is_in_sent()
    {
        var (sender, recipient, hidden) = (peers.NewUser(), peers.NewUser(), peers.NewUser());
        await Api.AddAsync(sender);
        byte[] image = [.. Enumerable.Range(0, 70_001).Select(i => (byte)(i * 31))], file = [.. Enumerable.Range(0, 256).Select(i => (byte)i), 13, 10, 46, 13, 10];

        var reply = await Api.PostAsync("/api/imap/send", new
        {
            email = sender.Address,
            toRecipients = new[] { new { address = recipient.Address, name = "李芳 “Fang” 🌸" } },
            bccRecipients = new[] { new { address = hidden.Address } },
            subject = Subject,
            body = Html,
            contentType = "html",
            attachments = new object[]
            {
                new { filename = "标志 🖼.png", content = Convert.ToBase64String(image), contentType = "image/png", contentId = "logo@daemon", isInline = true },
                new { filename = "报价单 📎 2026 (最终版), très bon.pdf", content = Convert.ToBase64String(file), contentType = "application/pdf" },
            },
        });
        reply.Status.ShouldBe(200, reply.Text);
        var raw = await ArrivedAsync(recipient, 1);
        var secret = await ArrivedAsync(hidden, 1);
        var copy = MimeParser.Parse(Encoding.Latin1.GetBytes(await peers.Curl(sender).FetchAsync(peers.Dovecot.ImapsPort, "Sent", 1)));

        (reply.Result.GetProperty("id").GetString(), reply.Result.GetProperty("status").GetString()).ShouldBe(("imap:1", "sent"));
        raw.All(c => c < 128).ShouldBeTrue("nothing on the way needs 8 bits");
        raw.ShouldNotContain(hidden.Address);
        secret.ShouldNotContain("Bcc:", Case.Insensitive);
        foreach (var mail in new[] { MimeParser.Parse(Encoding.Latin1.GetBytes(raw)), copy })
        {
            (mail.Headers.Subject, mail.Headers.MessageId).ShouldBe((Subject, reply.Result.GetProperty("messageId").GetString()));
            mail.Headers.From.ShouldBe([new Mailbox("张伟 Wei Zhang", sender.Address)]);
            mail.Headers.To.ShouldBe([new Mailbox("李芳 “Fang” 🌸", recipient.Address)]);
            mail.HtmlBody.ShouldNotBeNull().ReplaceLineEndings("\n").ShouldBe(Html);
            mail.TextBody.ShouldNotBeNull().ShouldContain("您好 Anna 👋");
            mail.Attachments.Select(a => (a.Filename, a.ContentType.MediaType, mail.Inline.Contains(a), a.ContentId, Hash(a.DecodeBody()))).ShouldBe(
                [("标志 🖼.png", "image/png", true, "logo@daemon", Hash(image)), ("报价单 📎 2026 (最终版), très bon.pdf", "application/pdf", false, null, Hash(file))]);
        }

        copy.Headers.Bcc.ShouldBe([new Mailbox("", hidden.Address)]);
        (await peers.Dovecot.MessagesAsync(sender, "Sent")).ShouldHaveSingleItem().Flags.ShouldBe("\\Seen");
        await Api.SyncAsync(sender);
        (await Api.SingleAsync(sender, "sent")).Id.ShouldBe("imap:1");
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Plain_text_survives_dots_long_lines_and_bare_line_ends()
    {
        var user = peers.NewUser();
        await Api.AddAsync(user);
        var text = ".\n..two\nFrom the start\n" + new string('长', 2000) + "\nends in a space \n\ttab\n\n.";

        var reply = await Api.PostAsync("/api/imap/send", new { email = user.Address, toRecipients = new[] { new { address = user.Address } }, subject = "x", body = text });
        var mail = MimeParser.Parse(Encoding.Latin1.GetBytes(await ArrivedAsync(user, 1)));

        reply.Status.ShouldBe(200, reply.Text);
        mail.TextBody.ShouldNotBeNull().ReplaceLineEndings("\n").TrimEnd('\n').ShouldBe(text);
        mail.Leaves.ShouldHaveSingleItem();
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Reply_stands_in_its_thread_and_marks_the_original_as_answered()
    {
        var (sender, customer) = (peers.NewUser(), peers.NewUser());
        await Api.AddAsync(sender);
        var question = $"From: =?utf-8?B?546L?= <{customer.Address}>\r\nTo: {sender.Address}\r\nSubject: =?utf-8?B?6K+i5Lu3?=\r\nMessage-ID: <q2@customer.test>\r\n"
            + "In-Reply-To: <q1@mail.test>\r\nReferences: <q0@mail.test> <q1@mail.test>\r\nDate: Mon, 02 Feb 2026 10:00:00 +0800\r\n\r\nHow much?\r\n";
        await peers.Curl(customer).SendAsStrangerAsync(peers.Postfix.InboundPort, customer.Address, [sender.Address], Encoding.ASCII.GetBytes(question));
        using var limit = new CancellationTokenSource(MailApi.Patience);
        await peers.Dovecot.UntilMessagesAsync(sender, "INBOX", 1, limit.Token);
        await Api.SyncAsync(sender);
        var original = await Api.SingleAsync(sender, "inbox");

        var reply = await Api.PostAsync("/api/imap/reply", new { email = sender.Address, uid = 1, folder = "INBOX", body = "五元。\nFive.", quoteOriginal = true });
        reply.Status.ShouldBe(200, reply.Text);
        var mail = MimeParser.Parse(Encoding.Latin1.GetBytes(await ArrivedAsync(customer, 1)));
        await Api.SyncAsync(sender);
        var copy = await Api.SingleAsync(sender, "sent");

        mail.Headers.Subject.ShouldBe("Re: 询价");
        mail.Headers.InReplyTo.ShouldBe("<q2@customer.test>");
        mail.Headers.References.ShouldBe(["<q0@mail.test>", "<q1@mail.test>", "<q2@customer.test>"]);
        mail.Headers.To.ShouldBe([new Mailbox("王", customer.Address)]);
        mail.TextBody.ShouldNotBeNull().ReplaceLineEndings("\n").ShouldStartWith("五元。\nFive.\n");
        mail.TextBody.ShouldContain("> How much?");
        (await peers.Dovecot.MessageAsync(sender, "INBOX", 1)).Flags.ShouldBe("\\Answered");
        (await Api.DetailAsync(copy.Key)).GetProperty("threadId").GetString().ShouldBe((await Api.DetailAsync(original.Key)).GetProperty("threadId").GetString());
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Refused_recipient_stops_the_whole_mail_unless_part_of_it_may_go()
    {
        var (sender, recipient) = (peers.NewUser(), peers.NewUser());
        await Api.AddAsync(sender);
        object Mail(string subject, bool allowPartial) => new
        {
            email = sender.Address,
            toRecipients = new[] { new { address = recipient.Address }, new { address = PostfixServer.UnknownRecipient } },
            subject,
            body = "x",
            allowPartial,
        };

        var refused = await Api.PostAsync("/api/imap/send", Mail("all or none", false));
        var partial = await Api.PostAsync("/api/imap/send", Mail("who can", true));
        var arrived = await ArrivedAsync(recipient, 1);

        (refused.Status, refused.Error).ShouldBe((400, "recipient_refused"), refused.Text);
        refused.Msg.ShouldNotBeNull().ShouldContain(PostfixServer.UnknownRecipient);
        refused.Msg.ShouldNotContain(recipient.Address);
        refused.Envelope.GetProperty("details").GetProperty(PostfixServer.UnknownRecipient).GetString().ShouldNotBeNull().ShouldContain("No such user here");
        (partial.Status, partial.Result.GetProperty("status").GetString()).ShouldBe((200, "sent"), partial.Text);
        partial.Result.GetProperty("refused").EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe(PostfixServer.UnknownRecipient);
        arrived.ShouldContain("Subject: who can");
        (await peers.Dovecot.MessagesAsync(recipient, "INBOX")).Count.ShouldBe(1);
        (await peers.Dovecot.MessagesAsync(sender, "Sent")).Count.ShouldBe(1);
    }

    [PeerFact(Peer.Dovecot, Peer.Postfix)]
    public async Task Server_that_cannot_take_the_mail_now_or_is_away_leaves_it_in_the_outbox()
    {
        await using var postfix = await PostfixServer.StartAsync(peers.Dovecot);
        var user = peers.NewUser();
        var api = new MailApi(daemon.App.Client, peers.Dovecot, postfix);
        await api.AddAsync(user);
        object Mail(string to) => new { email = user.Address, toRecipients = new[] { new { address = to } }, subject = "x", body = "x" };

        var busy = await api.PostAsync("/api/imap/send", Mail(PostfixServer.BusyRecipient));
        await postfix.StopAsync();
        var away = await api.PostAsync("/api/imap/send", Mail(user.Address));

        (busy.Status, busy.Result.GetProperty("status").GetString()).ShouldBe((202, "queued"), busy.Text);
        (away.Status, away.Result.GetProperty("status").GetString()).ShouldBe((202, "queued"), away.Text);
        var waiting = (await api.GetAsync($"/api/outbox?provider=imap&email={user.Address}")).Result.GetProperty("items").EnumerateArray().ToDictionary(i => i.GetProperty("messageId").GetString()!);
        var deferred = waiting[busy.Result.GetProperty("messageId").GetString()!];
        (deferred.GetProperty("status").GetString(), deferred.GetProperty("errorCode").GetString()).ShouldBe(("pending", "send_deferred"));
        deferred.GetProperty("lastError").GetString()!.ShouldContain("Please try again later");
        waiting[away.Result.GetProperty("messageId").GetString()!].GetProperty("errorCode").GetString().ShouldBe("server_unreachable");
        (await peers.Dovecot.MessagesAsync(user, "Sent")).ShouldBeEmpty();
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The message of this uid in the inbox, as curl fetches it; all of it is ASCII.</summary>
    private async Task<string> ArrivedAsync(MailUser user, uint uid)
    {
        using var limit = new CancellationTokenSource(MailApi.Patience);
        await peers.Dovecot.UntilMessagesAsync(user, "INBOX", (int)uid, limit.Token);
        return await peers.Curl(user).FetchAsync(peers.Dovecot.ImapsPort, "INBOX", uid);
    }
}
