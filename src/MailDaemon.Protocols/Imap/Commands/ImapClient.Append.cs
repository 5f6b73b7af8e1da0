using System.Globalization;

namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <summary>Puts a message into a mailbox, streamed.</summary>
    /// <returns>Where it is; null when the server does not tell (no UIDPLUS).</returns>
    /// <exception cref="ImapException">No with TRYCREATE, OVERQUOTA or TOOBIG; LimitExceeded when it is over the announced limit and nothing was sent.</exception>
    /// <exception cref="InvalidOperationException">The message is not as long as announced; the connection is lost.</exception>
    public async Task<AppendUid?> AppendAsync(string mailbox, AppendMessage message, CancellationToken ct)
    {
        if (Capabilities.AppendLimit is { } limit && message.Size > limit)
        {
            throw new ImapException(ImapFault.LimitExceeded, $"The server takes messages of up to {limit} bytes; this has {message.Size}", "TOOBIG");
        }

        var command = names.Write(Command("APPEND"), mailbox, IsUtf8Enabled);
        if (message.Flags.Count > 0)
        {
            command.Flags(message.Flags);
        }

        if (message.InternalDate is { } date)
        {
            command.Word(DateTime(date));
        }

        if (message.HasUtf8Header && enabled.Contains("UTF8=ACCEPT"))
        {
            command.Word("UTF8").Open().Body(message.Size, message.WriteAsync, isLiteral8: true).Close();
        }
        else
        {
            command.Body(message.Size, message.WriteAsync, isLiteral8: false);
        }

        var status = await ExecuteAsync(command, null, ct).ConfigureAwait(false);
        return status.ReadAppendUid();
    }

    /// <summary>date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE</summary>
    private static string DateTime(DateTimeOffset date)
    {
        var zone = date.Offset < TimeSpan.Zero ? '-' : '+';
        return string.Create(
            CultureInfo.InvariantCulture, $"\"{date:dd-MMM-yyyy HH:mm:ss} {zone}{date.Offset:hhmm}\"");
    }
}
