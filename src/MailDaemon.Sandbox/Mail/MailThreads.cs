using System.Text;
using System.Text.RegularExpressions;
using MailDaemon.Sandbox.Imap;

namespace MailDaemon.Sandbox.Mail;

/// <summary>Which messages of a user are one conversation: those that name one another by Message-ID. Used under the user's lock.</summary>
internal sealed partial class MailThreads
{
    private static readonly string[] Own = ["Message-ID"];
    private static readonly string[] Others = ["References", "In-Reply-To"];

    private readonly Dictionary<string, string> threads = new(StringComparer.Ordinal);

    /// <summary>The thread of the first message it names that is known, else one of its own.</summary>
    public string ThreadOf(ReadOnlySpan<byte> message, string emailId)
    {
        var header = message[..HeaderText.EndOf(message)];
        var own = IdsIn(header, Own).FirstOrDefault();
        var thread = IdsIn(header, Others).Prepend(own ?? "").Select(threads.GetValueOrDefault).FirstOrDefault(t => t is not null) ?? $"T{emailId[1..]}";
        if (own is not null)
        {
            threads.TryAdd(own, thread);
        }

        return thread;
    }

    private static IEnumerable<string> IdsIn(ReadOnlySpan<byte> header, string[] fields) =>
        MessageId().Matches(Encoding.Latin1.GetString(HeaderText.Select(header, fields, isKept: true).Span)).Select(m => m.Value);

    [GeneratedRegex(@"<[^<>\s]+>")]
    private static partial Regex MessageId();
}
