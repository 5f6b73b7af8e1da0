using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Smtp;
using MailDaemon.Protocols.Tests.Net;
using static MailDaemon.Protocols.Tests.Smtp.SmtpDialogue;

namespace MailDaemon.Protocols.Tests.Smtp;

public sealed class SmtpClientSendTests
{
    [Fact]
    public async Task Accepted_message_gives_the_servers_receipt()
    {
        await using var server = ScriptedServer.Dialogue(Plain + """
            C: MAIL FROM:<a@x.example>
            S: 250 2.1.0 ok
            C: RCPT TO:<b@x.example>
            S: 250 2.1.5 ok
            C: DATA
            S: 354 go
            C: Subject: hi
            C: 
            C: ..dot
            C: end
            C: .
            S: 250 2.0.0 1Yat1n00V1sBWGw3SYaubg mail accepted for delivery
            """);
        await using var client = await ConnectAsync(server);

        var receipt = await client.SendAsync(Mail, Text("Subject: hi\n\n.dot\nend"), default);

        receipt.ServerText.ShouldBe("1Yat1n00V1sBWGw3SYaubg mail accepted for delivery");
        receipt.Refused.ShouldBeEmpty();
        await client.DisposeAsync();
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Many_messages_go_over_one_connection_with_a_reset_between()
    {
        const string One = "C: MAIL FROM:<a@x.example>\nS: 250 ok\nC: RCPT TO:<b@x.example>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\nC: .\n";
        await using var server = ScriptedServer.Dialogue(
            $"{Plain}{One}S: 250 first\nC: RSET\nS: 250 ok\n{One}S: 554 5.7.1 spam\nC: RSET\nS: 250 ok\n{One}S: 250 third\nC: QUIT\nS: 221 bye");
        await using var client = await ConnectAsync(server);

        (await client.SendAsync(Mail, Text("x"), default)).ServerText.ShouldBe("first");
        var e = await RefusalAsync(() => client.SendAsync(Mail, Text("x"), default));
        (await client.SendAsync(Mail, Text("x"), default)).ServerText.ShouldBe("third");
        await client.QuitAsync(default);

        (e.Fault, e.ReplyCode, e.EnhancedCode, e.ServerText).ShouldBe((SmtpFault.Rejected, 554, "5.7.1", "spam"));
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Pipelined_commands_leave_together_and_data_alone()
    {
        await using var server = ScriptedServer.Start(async peer =>
        {
            await GreetAsync(peer, "PIPELINING");
            await peer.ExpectAsync("MAIL FROM:<a@x.example>");
            await peer.ExpectAsync("RCPT TO:<b@x.example>");
            await peer.ExpectAsync("RCPT TO:<c@x.example>");
            await peer.ExpectAsync("RCPT TO:<d@x.example>");
            await peer.SendAsync("250 ok", "250 ok", "251 forwarded", "250-o", "250 k");
            await peer.ExpectAsync("DATA");
            await peer.SendAsync("354 go");
            (await peer.ReadMessageAsync()).ShouldBe("x\r\n.\r\n");
            await peer.SendAsync("250 queued");
        });
        await using var client = await ConnectAsync(server);

        (await client.SendAsync(ToThree, Text("x"), default)).ServerText.ShouldBe("queued");
    }

    [Theory]
    [InlineData("452 4.5.3 too many")]
    [InlineData("452 too many")]
    [InlineData("552 too many")]
    [InlineData("550 5.5.3 too many")]
    public async Task Recipients_beyond_the_limit_are_left_for_another_transaction(string reply)
    {
        await using var server = ScriptedServer.Dialogue(Plain + $"""
            C: MAIL FROM:<a@x.example>
            S: 250 ok
            C: RCPT TO:<b@x.example>
            S: 250 ok
            C: RCPT TO:<c@x.example>
            S: {reply}
            C: RCPT TO:<d@x.example>
            S: {reply}
            C: DATA
            S: 451 4.3.0 later
            C: RSET
            S: 250 ok
            """);
        await using var client = await ConnectAsync(server);

        // Nobody is taken for refused: the reply to DATA is what stops the message.
        (await RefusalAsync(() => client.SendAsync(ToThree, NeverWritten(), default))).Fault.ShouldBe(SmtpFault.Deferred);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refused_recipient_stops_the_message_and_all_refused_are_named(bool isPipelined)
    {
        await using var server = ScriptedServer.Dialogue(isPipelined
            ? Pipelined + """
                C: MAIL FROM:<a@x.example>
                C: RCPT TO:<b@x.example>
                C: RCPT TO:<c@x.example>
                C: RCPT TO:<d@x.example>
                S: 250 ok
                S: 550 5.1.1 no b
                S: 250 ok
                S: 452 4.2.2 d is full
                C: RSET
                S: 250 ok
                """
            : Plain + """
                C: MAIL FROM:<a@x.example>
                S: 250 ok
                C: RCPT TO:<b@x.example>
                S: 550 5.1.1 no b
                C: RCPT TO:<c@x.example>
                S: 250 ok
                C: RCPT TO:<d@x.example>
                S: 452 4.2.2 d is full
                C: RSET
                S: 250 ok
                """);
        await using var client = await ConnectAsync(server);

        var e = await RefusalAsync(() => client.SendAsync(ToThree, NeverWritten(), default));

        (e.Fault, e.ReplyCode, e.EnhancedCode, e.ServerText).ShouldBe((SmtpFault.RecipientsRefused, 550, "5.1.1", "no b"));
        e.Refusals.ShouldBe([new SmtpRefusal("b@x.example", 550, "5.1.1", "no b"), new SmtpRefusal("d@x.example", 452, "4.2.2", "d is full")]);
        e.Refusals.Select(r => r.IsTemporary).ShouldBe([false, true]);
        client.IsUsable.ShouldBeTrue();
        await client.DisposeAsync();
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Partial_delivery_goes_to_the_accepted_and_lists_the_refused()
    {
        await using var server = ScriptedServer.Dialogue(Pipelined + """
            C: MAIL FROM:<a@x.example>
            C: RCPT TO:<b@x.example>
            C: RCPT TO:<c@x.example>
            C: RCPT TO:<d@x.example>
            S: 250 ok
            S: 550 5.1.1 no b
            S: 250 ok
            S: 553 no d
            C: DATA
            S: 354 go
            C: x
            C: .
            S: 250 queued
            """);
        await using var client = await ConnectAsync(server);

        var receipt = await client.SendAsync(ToThree with { AllowPartial = true }, Text("x"), default);

        receipt.Refused.ShouldBe([new SmtpRefusal("b@x.example", 550, "5.1.1", "no b"), new SmtpRefusal("d@x.example", 553, null, "no d")]);
    }

    [Theory]
    [InlineData("550 no", "450 later", SmtpFault.RecipientsRefused)]
    [InlineData("450 greylisted", "451 greylisted", SmtpFault.Deferred)]
    public async Task Message_that_nobody_may_get_is_not_sent_though_partial_delivery_is_allowed(string first, string second, SmtpFault fault)
    {
        await using var server = ScriptedServer.Dialogue(
            $"{Pipelined}C: MAIL FROM:<a@x.example>\nC: RCPT TO:<b@x.example>\nC: RCPT TO:<c@x.example>\nS: 250 ok\nS: {first}\nS: {second}\nC: RSET\nS: 250 ok");
        await using var client = await ConnectAsync(server);

        var e = await RefusalAsync(() => client.SendAsync(
            Mail with { Recipients = ["b@x.example", "c@x.example"], AllowPartial = true }, NeverWritten(), default));

        e.Fault.ShouldBe(fault);
        e.Refusals.Count.ShouldBe(2);
        await client.DisposeAsync();
        await server.PlayedAsync();
    }

    [Theory]
    [InlineData("550 5.7.1 not you", SmtpFault.Rejected)]
    [InlineData("451 4.7.1 later", SmtpFault.Deferred)]
    [InlineData("530 5.7.0 Authentication required", SmtpFault.AuthenticationRequired)]
    [InlineData("535 sign in", SmtpFault.AuthenticationFailed)]
    [InlineData("552 message size exceeds fixed maximum", SmtpFault.TooLarge)]
    [InlineData("552 5.3.4 too big", SmtpFault.TooLarge)]
    [InlineData("552 5.2.2 your mailbox is full", SmtpFault.Rejected)]
    [InlineData("553 5.6.7 no such characters", SmtpFault.Utf8Unsupported)]
    [InlineData("354 what", SmtpFault.Protocol)]
    public async Task Refused_sender_is_told_apart_with_and_without_pipelining(string reply, SmtpFault fault)
    {
        await using var pipelined = ScriptedServer.Dialogue(
            $"{Pipelined}C: MAIL FROM:<a@x.example>\nC: RCPT TO:<b@x.example>\nS: {reply}\nS: 503 5.5.1 no MAIL\nC: RSET\nS: 250 ok\nC: NOOP\nS: 250 ok");
        await using var plain = ScriptedServer.Dialogue($"{Plain}C: MAIL FROM:<a@x.example>\nS: {reply}\nC: RSET\nS: 250 ok\nC: NOOP\nS: 250 ok");

        foreach (var server in new[] { pipelined, plain })
        {
            await using var client = await ConnectAsync(server);
            var e = await RefusalAsync(() => client.SendAsync(Mail, NeverWritten(), default));
            e.Fault.ShouldBe(fault);
            e.Message.ShouldBe("The server refused the sender: " + reply);
            await client.NoopAsync(default);
        }
    }

    [Theory]
    [InlineData("S: 554 5.5.1 no valid recipients", SmtpFault.Rejected, true)]
    [InlineData("S: 451 disk", SmtpFault.Deferred, true)]
    [InlineData("S: 250 ok", SmtpFault.Protocol, false)]
    [InlineData("S: 334 VXNlcm5hbWU6", SmtpFault.Protocol, false)]
    public async Task Refused_data_sends_no_byte_of_the_message(string reply, SmtpFault fault, bool isUsable)
    {
        await using var server = ScriptedServer.Dialogue(
            $"{Plain}C: MAIL FROM:<a@x.example>\nS: 250 ok\nC: RCPT TO:<b@x.example>\nS: 250 ok\nC: DATA\n{reply}{(isUsable ? "\nC: RSET\nS: 250 ok" : "")}");
        await using var client = await ConnectAsync(server);

        (await RefusalAsync(() => client.SendAsync(Mail, NeverWritten(), default))).Fault.ShouldBe(fault);

        client.IsUsable.ShouldBe(isUsable);
        await client.DisposeAsync();
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Receipt_that_comes_before_the_message_is_not_believed()
    {
        await using var server = ScriptedServer.Start(async peer =>
        {
            await GreetAsync(peer, "HELP");
            await peer.ExpectAsync("MAIL FROM:<a@x.example>");
            await peer.SendAsync("250 ok");
            await peer.ExpectAsync("RCPT TO:<b@x.example>");
            await peer.SendAsync("250 ok");
            await peer.ExpectAsync("DATA");
            await peer.SendAsync("354 go", "250 queued");
            await peer.ExpectEndAsync();
        });
        await using var client = await ConnectAsync(server);

        (await RefusalAsync(() => client.SendAsync(Mail, NeverWritten(), default))).Fault.ShouldBe(SmtpFault.Protocol);

        client.IsUsable.ShouldBeFalse();
        await client.DisposeAsync();
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Message_that_cannot_be_written_to_its_end_is_never_ended()
    {
        string? received = "";
        await using var server = ScriptedServer.Start(async peer =>
        {
            await AcceptUntilDataAsync(peer);
            received = await peer.ReadMessageAsync();
        });
        await using var client = await ConnectAsync(server);

        await Should.ThrowAsync<InvalidDataException>(() => client.SendAsync(
            Mail,
            async (stream, ct) =>
            {
                await stream.WriteAsync(new byte[200_000], ct);
                throw new InvalidDataException("the attachment is gone");
            },
            default));

        await server.PlayedAsync();
        received.ShouldBeNull();
        client.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task Envelope_that_cannot_be_sent_leaves_no_trace()
    {
        await using var server = ScriptedServer.Dialogue(Hello + "S: 250 SIZE 100\nC: NOOP\nS: 250 ok");
        await using var client = await ConnectAsync(server);

        await Should.ThrowAsync<ArgumentException>(() => client.SendAsync(Mail with { Sender = "a@x\r\nRSET" }, NeverWritten(), default));
        (await RefusalAsync(() => client.SendAsync(Mail with { SizeBytes = 101 }, NeverWritten(), default))).Fault.ShouldBe(SmtpFault.TooLarge);
        (await RefusalAsync(() => client.SendAsync(Mail with { NeedsUtf8 = true }, NeverWritten(), default))).Fault.ShouldBe(SmtpFault.Utf8Unsupported);

        await client.NoopAsync(default);
    }

    [Fact]
    public async Task Large_group_of_recipients_is_split_so_that_both_sides_never_wait_for_each_other()
    {
        var recipients = Enumerable.Range(0, 250).Select(i => $"r{i}@x.example").ToList();
        await using var server = ScriptedServer.Start(async peer =>
        {
            await GreetAsync(peer, "PIPELINING");
            await peer.ExpectAsync("MAIL FROM:<a@x.example>");
            for (var group = 0; group < 3; group++)
            {
                var size = group < 2 ? 100 : 50;
                for (var i = 0; i < size; i++)
                {
                    await peer.ExpectAsync($"RCPT TO:<r{(group * 100) + i}@x.example>");
                }

                await peer.SendAsync([.. Enumerable.Repeat("250 ok", size + (group == 0 ? 1 : 0))]);
            }

            await peer.ExpectAsync("DATA");
            await peer.SendAsync("354 go");
            await peer.ReadMessageAsync();
            await peer.SendAsync("250 queued");
        });
        await using var client = await ConnectAsync(server);

        (await client.SendAsync(Mail with { Recipients = recipients }, Text("x"), default)).ServerText.ShouldBe("queued");
    }

    [Fact]
    public async Task Transcript_has_the_commands_and_not_the_message()
    {
        var transcript = new List<string>();
        await using var server = ScriptedServer.Start(async peer =>
        {
            await AcceptUntilDataAsync(peer);
            await peer.ReadMessageAsync();
            await peer.SendAsync("250 queued");
        });
        await using var client = await ConnectAsync(server, new WireOptions { Transcript = (_, line) => transcript.Add(line) });

        await client.SendAsync(Mail, Text("Subject: private\n\nprivate"), default);

        transcript.Skip(4).ShouldBe(
            ["MAIL FROM:<a@x.example>", "250 ok", "RCPT TO:<b@x.example>", "250 ok", "DATA", "354 go", "<29 bytes>", ".", "250 queued"]);
    }

    [SmtpCorpusFact]
    public async Task Recorded_dialogue_sends()
    {
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("comcast-greeting.txt"));
            await peer.ExpectAsync("EHLO [127.0.0.1]");
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("comcast-ehlo+pipelining.txt"));
            await peer.ExpectAsync("MAIL FROM:<a@x.example> SIZE=7");
            await peer.ExpectAsync("RCPT TO:<b@x.example>");
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("pipelined-mailbox-unavailable.txt"));
            await peer.ExpectAsync("RSET");
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("comcast-rset.txt"));
            await peer.ExpectAsync("MAIL FROM:<a@x.example> SIZE=7");
            await peer.ExpectAsync("RCPT TO:<b@x.example>");
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("pipelined-mail-from-rcpt-to.txt"));
            await peer.ExpectAsync("DATA");
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("comcast-data.txt"));
            await peer.ReadMessageAsync();
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("comcast-data-done.txt"));
            await peer.ExpectAsync("QUIT");
            await peer.SendRawAsync(await SmtpCorpus.ReadAsync("comcast-quit.txt"));
        });
        await using var client = await ConnectAsync(server);
        var mail = Mail with { SizeBytes = 7 };

        var e = await RefusalAsync(() => client.SendAsync(mail, NeverWritten(), default));
        var receipt = await client.SendAsync(mail, Text("a\r\nbc\r\n"), default);
        await client.QuitAsync(default);

        e.Refusals.ShouldBe([new SmtpRefusal("b@x.example", 550, "5.1.0", "mailbox unavailable")]);
        receipt.ServerText.ShouldBe("1Yat1n00V1sBWGw3SYaubg mail accepted for delivery");
        await server.PlayedAsync();
    }

    internal static async Task GreetAsync(ScriptedPeer peer, string offer)
    {
        await peer.SendAsync("220 x");
        await peer.ExpectAsync("EHLO [127.0.0.1]");
        await peer.SendAsync("250-x", "250 " + offer);
    }

    /// <summary>Plays up to the 354 for one recipient, without pipelining.</summary>
    internal static async Task AcceptUntilDataAsync(ScriptedPeer peer)
    {
        await GreetAsync(peer, "HELP");
        foreach (var reply in new[] { "250 ok", "250 ok", "354 go" })
        {
            (await peer.ReadLineAsync()).ShouldNotBeNull();
            await peer.SendAsync(reply);
        }
    }
}
