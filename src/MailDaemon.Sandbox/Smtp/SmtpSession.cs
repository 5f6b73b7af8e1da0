using System.Text;
using MailDaemon.Sandbox.Mail;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Smtp;

/// <summary>One client from greeting to QUIT (RFC 5321, RFC 6409).</summary>
internal sealed partial class SmtpSession(ClientConnection connection, SmtpHost host)
{
    private const int MaxCommandLine = 2048;
    private const int MaxBadCommands = 20;

    private readonly SmtpServerOptions options = host.Options;
    private readonly SmtpFaults faults = host.Faults;
    private readonly List<string> recipients = [];
    private SmtpPath? sender;
    private MailUser? user;
    private bool isGreeted;
    private bool isExtended;
    private bool isLeaving;
    private int badCommands;

    /// <summary>What the next reply answers.</summary>
    private string step = "CONNECT";

    public async Task RunAsync(CancellationToken ct)
    {
        connection.IdleTimeout = options.IdleTimeout;
        if (faults.CutAfterReplyBytes.TryTake(out var bytes))
        {
            connection.CutAfter = bytes;
        }

        try
        {
            await AnswerAsync(await FailOnPurposeAsync("CONNECT", ct) ?? "220 localhost ESMTP MailDaemon sandbox", ct);
            while (!isLeaving && await ServeNextAsync(ct))
            {
                // All is done in the condition.
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            connection.Write("421 4.4.2 Too long without a command\r\n");
            await connection.FlushAsync(ct);
        }
        catch (LineTooLongException)
        {
            connection.Write("500 5.5.2 The line is too long\r\n");
            await connection.FlushAsync(ct);
        }
    }

    private async Task<bool> ServeNextAsync(CancellationToken ct)
    {
        var line = await connection.ReadLineAsync(MaxCommandLine, ct);
        if (line is null)
        {
            return false;
        }

        // A bare LF is no line end: taken for one it would let a sender smuggle commands past other servers.
        if (line is not [.., (byte)'\r', _])
        {
            await AnswerAsync("500 5.5.2 The line must end with CR LF", ct);
            return CountBad();
        }

        var text = Encoding.UTF8.GetString(line.AsSpan(0, line.Length - 2));
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var verb = (space < 0 ? text : text[..space]).ToUpperInvariant();
        var argument = space < 0 ? "" : text[(space + 1)..].Trim();
        host.Counters.AddCommand(verb);
        step = verb;
        if (!options.Offers("PIPELINING") && connection.HasBufferedInput)
        {
            isLeaving = true;
            await AnswerAsync("554 5.5.0 PIPELINING was not offered", ct);
            return false;
        }

        var reply = await FailOnPurposeAsync(verb, ct) ?? await ServeAsync(verb, argument, ct);
        if (reply.StartsWith("50", StringComparison.Ordinal) && !CountBad())
        {
            reply = "421 4.7.0 Too many bad commands";
            isLeaving = true;
        }

        await AnswerAsync(reply, ct);
        if (verb == "STARTTLS" && reply.StartsWith("220", StringComparison.Ordinal))
        {
            await UpgradeAsync(ct);
        }

        return true;
    }

    private async Task<string> ServeAsync(string verb, string argument, CancellationToken ct) => verb switch
    {
        "EHLO" => Greet(argument, extended: true),
        "HELO" => Greet(argument, extended: false),
        "STARTTLS" => StartTls(argument),
        "AUTH" => await AuthenticateAsync(argument, ct),
        "MAIL" => Mail(argument),
        "RCPT" => Recipient(argument),
        "DATA" => await DataAsync(argument, ct),
        "RSET" => Reset(),
        "NOOP" => "250 2.0.0 Ok",
        "VRFY" => "252 2.5.0 Send some mail to find out",
        "QUIT" => Quit(),
        _ => "500 5.5.1 Unknown command",
    };

    private string Greet(string argument, bool extended)
    {
        if (argument.Length == 0)
        {
            return "501 5.5.4 Tell your name";
        }

        Forget();
        isGreeted = true;
        isExtended = extended;
        if (!extended)
        {
            return "250 localhost";
        }

        var lines = new List<string> { "localhost" };
        lines.AddRange(options.Extensions.Where(e => !e.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))
            .Select(e => e.Equals("SIZE", StringComparison.OrdinalIgnoreCase) ? $"SIZE {options.MaxMessageBytes}" : e));
        if (!connection.IsEncrypted)
        {
            lines.Add("STARTTLS");
        }
        else if (options.Extensions.Any(e => e.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase)))
        {
            lines.Add("AUTH" + string.Concat(options.Extensions.Where(e => e.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase)).Select(e => e[4..])));
        }

        return string.Join("\r\n", lines.Select((line, i) => (i < lines.Count - 1 ? "250-" : "250 ") + line));
    }

    private string StartTls(string argument) =>
        argument.Length > 0 ? "501 5.5.4 No parameters are allowed"
        : connection.IsEncrypted ? "503 5.5.1 TLS is on already"
        : "220 2.0.0 Go ahead";

    /// <summary>All that was said in clear text is forgotten (RFC 3207 §4.2).</summary>
    private async Task UpgradeAsync(CancellationToken ct)
    {
        await connection.UpgradeToTlsAsync(host.Certificate, ct);
        Forget();
        isGreeted = isExtended = false;
    }

    private string Reset()
    {
        Forget();
        return "250 2.0.0 Ok";
    }

    private string Quit()
    {
        isLeaving = true;
        return "221 2.0.0 Good bye";
    }

    private void Forget()
    {
        sender = null;
        recipients.Clear();
    }

    private bool CountBad() => ++badCommands < MaxBadCommands;

    /// <summary>Sends a reply; without ENHANCEDSTATUSCODES or EHLO the enhanced code is left out (RFC 2034).</summary>
    private async Task AnswerAsync(string reply, CancellationToken ct)
    {
        if (faults.CutBeforeReply.TryTake(step, out _))
        {
            await connection.CutAsync(ct);
        }

        connection.Write((options.Offers("ENHANCEDSTATUSCODES") && isExtended ? reply : WithoutEnhancedCode(reply)) + "\r\n");

        // With PIPELINING the replies to a group of commands may leave together.
        if (!connection.HasBufferedInput || !options.Offers("PIPELINING") || step == "STARTTLS")
        {
            await connection.FlushAsync(ct);
        }
    }

    private static string WithoutEnhancedCode(string reply)
    {
        var parts = reply.Split(' ', 3);
        var isEnhanced = parts.Length == 3 && parts[1].Length >= 5 && parts[1][1] == '.' && parts[1].All(c => c == '.' || char.IsAsciiDigit(c));
        return isEnhanced ? $"{parts[0]} {parts[2]}" : reply;
    }

    /// <returns>The reply of a refusal; null when the step goes its way.</returns>
    private async Task<string?> FailOnPurposeAsync(string name, CancellationToken ct)
    {
        if (faults.Silence.TryTake(name, out _))
        {
            await connection.FlushAsync(ct);
            var ignored = new byte[4096];
            while (await connection.ReadExactlyAsync(ignored, ct))
            {
                // The client may say what it likes.
            }

            throw new ConnectionCutException();
        }

        if (faults.Delay.TryTake(name, out var delay))
        {
            await connection.FlushAsync(ct);
            await Task.Delay(delay, host.Time, ct);
        }

        if (faults.EndlessReply.TryTake(name, out _))
        {
            var line = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("250-and so on\r\n", 1000)));
            while (true)
            {
                await connection.WriteAsync(line, ct);
            }
        }

        if (!faults.Refuse.TryTake(name, out var reply))
        {
            return null;
        }

        isLeaving |= reply.StartsWith("421", StringComparison.Ordinal) || (name == "CONNECT" && reply.StartsWith('5'));
        return reply;
    }
}
