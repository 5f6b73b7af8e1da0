using System.Buffers;

namespace MailDaemon.Sandbox.Smtp;

/// <content>The message itself (RFC 5321 §4.1.1.4, §4.5.2).</content>
internal sealed partial class SmtpSession
{
    private const int MaxDataLine = 64 * 1024;

    /// <summary>RFC 5321 §4.5.3.1.6: 1,000 bytes with CR LF; the dot that stuffing adds is not counted.</summary>
    private const int MaxTextLine = 1000;

    private async Task<string> DataAsync(string argument, CancellationToken ct)
    {
        if (argument.Length > 0)
        {
            return "501 5.5.4 No parameters are allowed";
        }

        if (recipients.Count == 0)
        {
            return sender is null ? "503 5.5.1 MAIL first" : "554 5.5.1 There are no valid recipients";
        }

        await AnswerAsync("354 End with a dot on a line of its own", ct);
        await connection.FlushAsync(ct);
        var (text, objection) = await ReadTextAsync(ct);
        step = "END";
        if (faults.LoseMessage.TryTake(out _))
        {
            await connection.CutAsync(ct);
        }

        var reply = await FailOnPurposeAsync("END", ct) ?? objection ?? Accept(text);
        Forget();
        return reply;
    }

    private string Accept(ReadOnlyMemory<byte> text)
    {
        var mail = host.Delivery.Accept(sender!.Address, [.. recipients], text, user!.Address, sender.Parameters);
        return $"250 2.0.0 Ok: queued as {mail.Number}";
    }

    /// <summary>Reads up to CR LF . CR LF, and nothing else ends it. What is wrong with the text is said after its end.</summary>
    private async Task<(ReadOnlyMemory<byte> Text, string? Objection)> ReadTextAsync(CancellationToken ct)
    {
        var text = new ArrayBufferWriter<byte>();
        string? objection = null;
        var isLineStart = true;
        while (true)
        {
            var line = await connection.ReadLineAsync(MaxDataLine, ct) ?? throw new Net.ConnectionCutException();
            if (isLineStart && line.AsSpan().SequenceEqual(".\r\n"u8))
            {
                return (text.WrittenMemory, objection);
            }

            var content = isLineStart && line[0] == '.' ? line.AsMemory(1) : line;
            isLineStart = line is [.., (byte)'\r', _];
            objection ??= ObjectionTo(content.Span, isLineStart);
            if (text.WrittenCount + content.Length > options.MaxMessageBytes)
            {
                objection ??= "552 5.3.4 The message is too large";
                continue;
            }

            text.Write(content.Span);
        }
    }

    private string? ObjectionTo(ReadOnlySpan<byte> line, bool endsWithCrLf)
    {
        if (!endsWithCrLf || line[..^2].Contains((byte)'\r'))
        {
            return "550 5.6.0 The message has a bare CR or LF";
        }

        if (line.Length > MaxTextLine)
        {
            return "554 5.6.0 The message has a line that is too long";
        }

        return line.ContainsAnyInRange((byte)0x80, (byte)0xff) && !sender!.Parameters.Any(p => p is "BODY=8BITMIME" or "SMTPUTF8")
            ? "554 5.6.3 The message has 8-bit data that was not declared"
            : null;
    }
}
