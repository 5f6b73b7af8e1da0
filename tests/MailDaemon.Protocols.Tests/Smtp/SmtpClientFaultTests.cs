using System.Net.Sockets;
using System.Text;
using MailDaemon.Protocols.Net;
using MailDaemon.Protocols.Smtp;
using MailDaemon.Protocols.Tests.Net;
using static MailDaemon.Protocols.Tests.Smtp.SmtpDialogue;

namespace MailDaemon.Protocols.Tests.Smtp;

/// <summary>Servers and networks that misbehave at each step of a sign-in and a send.</summary>
public sealed class SmtpClientFaultTests
{
    /// <summary>What the server says, and before each how many lines it waits for; -1 is the message.</summary>
    private static readonly (int Lines, string Reply)[] Session =
    [
        (0, "220-mail.example\r\n220 ESMTP\r\n"),
        (1, "250-mail.example\r\n250-PIPELINING\r\n250 AUTH LOGIN\r\n"),
        (1, "334 VXNlcm5hbWU6\r\n"),
        (1, "334 UGFzc3dvcmQ6\r\n"),
        (1, "235 2.7.0 welcome\r\n"),
        (3, "250 2.1.0 sender ok\r\n250 2.1.5 b ok\r\n250 2.1.5 c ok\r\n"),
        (1, "354 go on\r\n"),
        (-1, "250-2.0.0 queued as\r\n250 2.0.0 4711\r\n"),
    ];

    private static readonly SmtpEnvelope ToTwo = Mail with { Recipients = ["b@x.example", "c@x.example"] };

    [Fact]
    public async Task Replies_that_come_byte_by_byte_are_understood()
    {
        await using var server = ScriptedServer.Start(peer => PlayAsync(peer, int.MaxValue, null));
        var endpoint = server.Endpoint();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint.Host, endpoint.Port);
        var wire = new WireStream(new ByteByByteStream(new NetworkStream(socket, ownsSocket: true)), endpoint, new WireOptions());
        await using var client = await SmtpClient.OpenAsync(wire, endpoint, default);

        await client.AuthenticateAsync(Password, default);

        (await client.SendAsync(ToTwo, Text("Subject: x\n\n."), default)).ServerText.ShouldBe("queued as 4711");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connection_lost_at_any_byte_is_uncertain_after_the_final_dot_only(bool isReset)
    {
        var all = Session.Sum(s => s.Reply.Length);
        var beforeReceipt = all - Session[^1].Reply.Length;

        // A reset while the client still connects is another failure.
        for (var bytes = isReset ? Session[0].Reply.Length : 0; bytes < all; bytes++)
        {
            var isUncertain = bytes >= beforeReceipt;
            var gotMessage = false;
            await using var server = ScriptedServer.Start(async peer => gotMessage = await PlayAsync(peer, bytes, isReset));

            var e = await Record.ExceptionAsync(() => SendAsync(server));

            await server.PlayedAsync();
            gotMessage.ShouldBe(isUncertain, $"after {bytes} bytes");
            if (isUncertain)
            {
                e.ShouldBeOfType<SmtpException>($"after {bytes} bytes").Fault.ShouldBe(SmtpFault.Uncertain);
            }
            else
            {
                e.ShouldBeOfType<WireException>($"after {bytes} bytes").Fault.ShouldBe(WireFault.Closed);
            }
        }
    }

    [Fact]
    public async Task Goodbye_of_the_server_at_any_step_is_a_deferral_with_its_words()
    {
        for (var step = 0; step < Session.Length; step++)
        {
            var stop = step;
            await using var server = ScriptedServer.Start(peer => PlayToAsync(peer, stop, p => p.SendAsync("421 4.3.2 shutting down")));

            var e = await RefusalAsync(() => SendAsync(server));

            (e.Fault, e.ReplyCode, e.ServerText).ShouldBe((SmtpFault.Deferred, 421, "shutting down"), $"step {step}");
        }
    }

    [Fact]
    public async Task Silence_at_any_step_times_out_and_is_uncertain_after_the_final_dot_only()
    {
        var options = new WireOptions { IdleTimeout = TimeSpan.FromMilliseconds(700) };

        await Task.WhenAll(Enumerable.Range(0, Session.Length).Select(async step =>
        {
            await using var server = ScriptedServer.Start(peer => PlayToAsync(peer, step, p => p.ReadLineAsync()));
            var e = await Record.ExceptionAsync(() => SendAsync(server, options));
            if (step == Session.Length - 1)
            {
                var refusal = e.ShouldBeOfType<SmtpException>();
                refusal.Fault.ShouldBe(SmtpFault.Uncertain);
                e = refusal.InnerException;
            }

            e.ShouldBeOfType<WireException>($"step {step}").Fault.ShouldBe(WireFault.Timeout, $"step {step}");
        }));
    }

    [Fact]
    public async Task Nonsense_at_any_step_is_a_protocol_fault_and_uncertain_after_the_final_dot_only()
    {
        for (var step = 0; step < Session.Length; step++)
        {
            var stop = step;
            await using var server = ScriptedServer.Start(peer => PlayToAsync(peer, stop, p => p.SendAsync("HTTP/1.1 400 Bad Request")));

            var e = await RefusalAsync(() => SendAsync(server));

            e.Fault.ShouldBe(step == Session.Length - 1 ? SmtpFault.Uncertain : SmtpFault.Protocol, $"step {step}");
        }
    }

    [Theory]
    [InlineData("250-x")]
    [InlineData("250-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    public async Task Reply_without_end_is_cut_off(string line)
    {
        await using var server = ScriptedServer.Start(async peer =>
        {
            await peer.SendAsync("220 x");
            await peer.ReadLineAsync();
            await SendUntilClosedAsync(peer, line + "\r\n");
        });

        (await WireStreamTests.FaultAsync(() => ConnectAsync(server))).ShouldBe(WireFault.LimitExceeded);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Line_without_end_is_cut_off_at_any_step()
    {
        for (var step = 0; step < Session.Length; step++)
        {
            var stop = step;
            await using var server = ScriptedServer.Start(peer => PlayToAsync(peer, stop, p => SendUntilClosedAsync(p, new string('2', 4096))));

            var e = await Record.ExceptionAsync(() => SendAsync(server));

            if (step == Session.Length - 1)
            {
                e.ShouldBeOfType<SmtpException>().Fault.ShouldBe(SmtpFault.Uncertain);
            }
            else
            {
                e.ShouldBeOfType<WireException>($"step {step}").Fault.ShouldBe(WireFault.LimitExceeded, $"step {step}");
            }
        }
    }

    [Fact]
    public async Task Cancelling_after_the_final_dot_is_uncertain_and_before_it_a_cancellation()
    {
        for (var step = 2; step < Session.Length; step++)
        {
            using var cancel = new CancellationTokenSource();
            var stop = step;
            await using var server = ScriptedServer.Start(peer => PlayToAsync(peer, stop, async p =>
            {
                await cancel.CancelAsync();
                await p.ReadLineAsync();
            }));

            var e = await Record.ExceptionAsync(() => SendAsync(server, ct: cancel.Token));

            if (step == Session.Length - 1)
            {
                e.ShouldBeOfType<SmtpException>().Fault.ShouldBe(SmtpFault.Uncertain);
                e.InnerException.ShouldBeAssignableTo<OperationCanceledException>();
            }
            else
            {
                e.ShouldBeAssignableTo<OperationCanceledException>($"step {step}");
            }
        }
    }

    [Theory]
    [InlineData("550 5.7.1 spam", SmtpFault.Rejected, true)]
    [InlineData("552 5.3.4 too big", SmtpFault.TooLarge, true)]
    [InlineData("451 4.3.0 later", SmtpFault.Deferred, true)]
    [InlineData("354 what", SmtpFault.Uncertain, false)]
    [InlineData("334 what", SmtpFault.Uncertain, false)]
    public async Task Reply_to_the_message_decides_about_it(string reply, SmtpFault fault, bool isUsable)
    {
        await using var server = ScriptedServer.Start(async peer =>
        {
            await SmtpClientSendTests.AcceptUntilDataAsync(peer);
            await peer.ReadMessageAsync();
            await peer.SendAsync(reply);
            await peer.ReadLineAsync();
        });
        await using var client = await ConnectAsync(server);

        (await RefusalAsync(() => client.SendAsync(Mail, Text("x"), default))).Fault.ShouldBe(fault);

        client.IsUsable.ShouldBe(isUsable);
    }

    [Fact]
    public async Task Server_that_refuses_in_the_middle_of_a_message_and_closes_is_heard()
    {
        await using var server = ScriptedServer.Start(async peer =>
        {
            await SmtpClientSendTests.AcceptUntilDataAsync(peer);
            await peer.ReadLineAsync();
            await peer.SendAsync("552 5.3.4 enough");
            await peer.ShutDownAsync();
        });
        await using var client = await ConnectAsync(server);
        var line = Encoding.ASCII.GetBytes(new string('x', 998) + "\r\n");

        var e = await Record.ExceptionAsync(() => client.SendAsync(
            Mail,
            async (stream, ct) =>
            {
                // The first line makes the server answer; the rest meets a closed door at some time.
                await stream.WriteAsync(line, ct);
                await stream.FlushAsync(ct);
                await server.PlayedAsync();
                for (var i = 0; i < 20_000; i++)
                {
                    await stream.WriteAsync(line, ct);
                }
            },
            default));

        // A reset may overtake the words on their way; nothing is accepted in either case.
        if (e is SmtpException refusal)
        {
            (refusal.Fault, refusal.ServerText).ShouldBe((SmtpFault.TooLarge, "enough"));
        }
        else
        {
            e.ShouldBeOfType<WireException>().Fault.ShouldBe(WireFault.Closed);
        }

        client.IsUsable.ShouldBeFalse();
    }

    private static async Task SendAsync(ScriptedServer server, WireOptions? options = null, CancellationToken ct = default)
    {
        await using var client = await ConnectAsync(server, options);
        await client.AuthenticateAsync(Password, ct);
        await client.SendAsync(ToTwo, Text("Subject: x\n\n.\n"), ct);
    }

    /// <summary>Plays the session and closes after so many bytes; returns whether the whole message came.</summary>
    private static async Task<bool> PlayAsync(ScriptedPeer peer, int bytes, bool? isReset)
    {
        var gotMessage = false;
        foreach (var (lines, reply) in Session)
        {
            await WaitAsync(peer, lines);
            gotMessage |= lines < 0;
            await peer.SendRawAsync(reply[..Math.Min(bytes, reply.Length)]);
            bytes -= reply.Length;
            if (bytes < 0)
            {
                if (isReset == true)
                {
                    peer.Abort();
                }

                peer.Close();
                return gotMessage;
            }
        }

        return gotMessage;
    }

    /// <summary>Plays the session up to a step and then something else instead.</summary>
    private static async Task PlayToAsync(ScriptedPeer peer, int step, Func<ScriptedPeer, Task> instead)
    {
        for (var i = 0; i <= step; i++)
        {
            await WaitAsync(peer, Session[i].Lines);
            if (i < step)
            {
                await peer.SendRawAsync(Session[i].Reply);
            }
        }

        await instead(peer);
    }

    private static async Task WaitAsync(ScriptedPeer peer, int lines)
    {
        if (lines < 0)
        {
            (await peer.ReadMessageAsync()).ShouldBe("Subject: x\r\n\r\n..\r\n.\r\n", "the message of these tests");
        }

        for (var i = 0; i < lines; i++)
        {
            (await peer.ReadLineAsync()).ShouldNotBeNull();
        }
    }

    private static async Task SendUntilClosedAsync(ScriptedPeer peer, string text)
    {
        try
        {
            // 64 MB is more than any limit.
            for (var sent = 0; sent < 64_000_000; sent += text.Length)
            {
                await peer.SendRawAsync(text);
            }

            throw new InvalidOperationException("The client took everything");
        }
        catch (IOException)
        {
            // It has closed, as it should.
        }
    }
}
