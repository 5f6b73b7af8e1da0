using System.Text;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Smtp;

public sealed partial class SmtpClient
{
    /// <summary>Commands written before their replies are read; more could fill both directions at once (RFC 2920 §3.1).</summary>
    private const int MaxPipelined = 100;

    /// <summary>After the final dot servers scan the message: RFC 5321 §4.5.3.2.6 asks for 10 minutes, others for one.</summary>
    private const int FinalWaitFactor = 10;

    private static readonly TimeSpan LastWordsWait = TimeSpan.FromSeconds(2);
    private static readonly byte[] FinalDot = ".\r\n"u8.ToArray();

    private bool needsReset;

    /// <summary>
    /// Sends one message. <paramref name="writeMessage"/> is called once, after the recipients are accepted, and writes the
    /// message as it is: line ends and dots are seen to here. If it throws, the connection is cut and the server has nothing.
    /// </summary>
    /// <exception cref="ArgumentException">An address that cannot be sent; nothing left.</exception>
    /// <exception cref="SmtpException">
    /// <see cref="SmtpFault.Uncertain"/> when the reply to the final dot did not come, also because of <paramref name="ct"/>;
    /// with every other fault the server has not accepted the message.
    /// </exception>
    /// <exception cref="WireException">The connection broke before the final dot: the server has not accepted the message.</exception>
    public async Task<SmtpReceipt> SendAsync(SmtpEnvelope envelope, Func<Stream, CancellationToken, Task> writeMessage, CancellationToken ct)
    {
        var transaction = SmtpTransaction.Plan(envelope, Capabilities);
        if (needsReset)
        {
            await ResetAsync(ct).ConfigureAwait(false);
        }

        needsReset = true;
        Offer offer;
        try
        {
            offer = await OfferAsync(transaction, envelope.AllowPartial, ct).ConfigureAwait(false);
            await BeginDataAsync(ct).ConfigureAwait(false);
        }
        catch (SmtpException) when (IsUsable)
        {
            await TryResetAsync(ct).ConfigureAwait(false);
            throw;
        }

        await WriteBodyAsync(writeMessage, ct).ConfigureAwait(false);
        var reply = await FinishAsync(ct).ConfigureAwait(false);
        return new SmtpReceipt { ServerText = reply.Text, Refused = offer.Refused, Excess = offer.Excess };
    }

    /// <summary>MAIL and all RCPT; returns who does not get it, if the message may go to the others.</summary>
    private async Task<Offer> OfferAsync(SmtpTransaction transaction, bool allowPartial, CancellationToken ct)
    {
        var refused = new List<SmtpRefusal>();
        var excess = new List<string>();
        var accepted = 0;
        var isPipelined = Capabilities.Pipelining;
        await WriteLineAsync(transaction.Mail, transaction.Mail, ct).ConfigureAwait(false);
        if (!isPipelined)
        {
            await FlushAsync(ct).ConfigureAwait(false);
            AcceptMail(await ReadReplyAsync(ct).ConfigureAwait(false));
        }

        var awaitsMail = isPipelined;
        foreach (var group in transaction.Recipients.Chunk(isPipelined ? MaxPipelined : 1))
        {
            foreach (var (_, command) in group)
            {
                await WriteLineAsync(command, command, ct).ConfigureAwait(false);
            }

            await FlushAsync(ct).ConfigureAwait(false);
            if (awaitsMail)
            {
                awaitsMail = false;
                await AcceptMailAsync(group.Length, ct).ConfigureAwait(false);
            }

            foreach (var (address, _) in group)
            {
                var reply = await ReadReplyAsync(ct).ConfigureAwait(false);
                if (reply.IsOk)
                {
                    accepted++;
                }
                else if (accepted > 0 && IsTooMany(reply))
                {
                    excess.Add(address);
                }
                else
                {
                    refused.Add(Refusal(address, reply));
                }
            }
        }

        return refused.Count == 0 || (allowPartial && accepted > 0) ? new Offer(refused, excess) : throw RecipientsRefused(refused);
    }

    /// <summary>452, by RFC 5321 §4.5.3.1.10 also 552; with an enhanced code that says so, as a full mailbox has these codes too (RFC 3463 §3.6).</summary>
    private static bool IsTooMany(SmtpReply reply) => reply.EnhancedCode is { } code ? code.EndsWith(".5.3", StringComparison.Ordinal) : reply.Code is 452 or 552;

    /// <summary>The reply to MAIL, with the replies to RCPT behind it: those are read too when it is a refusal.</summary>
    private async Task AcceptMailAsync(int behind, CancellationToken ct)
    {
        var reply = await ReadReplyAsync(ct).ConfigureAwait(false);
        try
        {
            for (var i = 0; i < behind && !reply.IsOk; i++)
            {
                await ReadReplyAsync(ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WireException or SmtpException)
        {
            // The connection is over; why MAIL was refused is the better reason.
        }

        AcceptMail(reply);
    }

    private static void AcceptMail(SmtpReply reply)
    {
        if (!reply.IsOk)
        {
            throw Refused("The server refused the sender", reply);
        }
    }

    private SmtpRefusal Refusal(string address, SmtpReply reply)
    {
        if (FaultOf(reply) is SmtpFault.AuthenticationFailed or SmtpFault.AuthenticationRequired or SmtpFault.Protocol)
        {
            // Later replies may be on their way: whose they are is no longer sure.
            IsUsable = false;
            throw Refused($"The server did not take the recipient {address}", reply);
        }

        return new SmtpRefusal(address, reply.Code, reply.EnhancedCode, reply.Text);
    }

    /// <summary>One refusal for good decides; when all may pass with time (greylisting), so may the message.</summary>
    private static SmtpException RecipientsRefused(List<SmtpRefusal> refused)
    {
        var first = refused.Find(r => !r.IsTemporary) ?? refused[0];
        return new SmtpException(
            first.IsTemporary ? SmtpFault.Deferred : SmtpFault.RecipientsRefused,
            $"The server refused {string.Join(", ", refused.Take(10).Select(r => r.Address))}",
            new SmtpReply(first.ReplyCode, first.EnhancedCode, [first.ServerText])) { Refusals = refused };
    }

    private async Task BeginDataAsync(CancellationToken ct)
    {
        var reply = await CommandAsync("DATA", ct).ConfigureAwait(false);
        if (reply.Code == 354 && !wire.HasBufferedInput)
        {
            return;
        }

        if (!reply.IsTemporary && !reply.IsPermanent)
        {
            // Replies and commands are out of step: what comes next could be taken for the receipt.
            IsUsable = false;
            throw new SmtpException(SmtpFault.Protocol, "The server's replies do not match the commands", reply);
        }

        throw Refused("The server refused the message", reply);
    }

    /// <summary>Everything but the final dot. Without that a server discards what it got.</summary>
    private async Task WriteBodyAsync(Func<Stream, CancellationToken, Task> writeMessage, CancellationToken ct)
    {
        var data = new SmtpDataStream(wire);
        await using (data.ConfigureAwait(false))
        {
            try
            {
                await writeMessage(data, ct).ConfigureAwait(false);
                await data.CompleteAsync(ct).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                var reply = e is WireException ? await LastWordsAsync(ct).ConfigureAwait(false) : null;
                await DisposeAsync().ConfigureAwait(false);
                if (reply is not null)
                {
                    throw new SmtpException(FaultOf(reply), "The server refused the message while it was sent", reply, e);
                }

                throw;
            }

            wire.Trace(WireDirection.Sent, Encoding.UTF8.GetBytes(FormattableString.Invariant($"<{data.BytesWritten} bytes>")));
        }
    }

    /// <summary>The final dot and its reply. From the first byte of it on, only a reply can say that the message was not accepted.</summary>
    private async Task<SmtpReply> FinishAsync(CancellationToken ct)
    {
        SmtpReply reply;
        var usual = wire.IdleTimeout;
        try
        {
            wire.IdleTimeout = usual * FinalWaitFactor;
            reply = await SendFinalDotAsync(ct).ConfigureAwait(false) ?? await SmtpReply.ReadAsync(wire, ct).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await DisposeAsync().ConfigureAwait(false);
            throw new SmtpException(SmtpFault.Uncertain, "The server's reply to the message did not come; it may have accepted it", inner: e);
        }
        finally
        {
            wire.IdleTimeout = usual;
        }

        IsUsable &= reply.Code != 421;
        if (reply.IsOk)
        {
            return reply;
        }

        if (reply.IsTemporary || reply.IsPermanent)
        {
            throw Refused("The server refused the message", reply);
        }

        IsUsable = false;
        throw new SmtpException(SmtpFault.Uncertain, "The server's reply to the message cannot be understood; it may have accepted it", reply);
    }

    /// <summary>Null when the dot is on its way; the refusal that the server left behind when it had closed already.</summary>
    private async Task<SmtpReply?> SendFinalDotAsync(CancellationToken ct)
    {
        wire.Trace(WireDirection.Sent, FinalDot.AsSpan(0, 1));
        try
        {
            await wire.WriteAsync(FinalDot, ct).ConfigureAwait(false);
            await wire.FlushAsync(ct).ConfigureAwait(false);
            return null;
        }
        catch (WireException)
        {
            if (await LastWordsAsync(ct).ConfigureAwait(false) is { } reply)
            {
                IsUsable = false;
                return reply;
            }

            throw;
        }
    }

    /// <summary>A server that closes in the middle of a message may have said why. Null when it has not refused.</summary>
    private async Task<SmtpReply?> LastWordsAsync(CancellationToken ct)
    {
        try
        {
            wire.IdleTimeout = wire.IdleTimeout < LastWordsWait ? wire.IdleTimeout : LastWordsWait;
            var reply = await SmtpReply.ReadAsync(wire, ct).ConfigureAwait(false);
            return reply.IsTemporary || reply.IsPermanent ? reply : null;
        }
        catch (Exception e) when (e is WireException or SmtpException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>What became of the recipients before the message.</summary>
    private sealed record Offer(IReadOnlyList<SmtpRefusal> Refused, IReadOnlyList<string> Excess);

    private async Task ResetAsync(CancellationToken ct)
    {
        var reply = await CommandAsync("RSET", ct).ConfigureAwait(false);
        needsReset = reply.IsOk ? false : throw Refused("The server refused RSET", reply);
    }

    private async Task TryResetAsync(CancellationToken ct)
    {
        try
        {
            await ResetAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WireException or SmtpException or OperationCanceledException)
        {
            IsUsable = false;
        }
    }
}
