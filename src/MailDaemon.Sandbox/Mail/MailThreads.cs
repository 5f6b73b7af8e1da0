using System.Text;
using System.Text.RegularExpressions;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Imap;

namespace MailDaemon.Sandbox.Mail;

/// <summary>Which messages of a user are one conversation: those that name one another by Message-ID. Used under the user's lock.</summary>
/// <param name="needsSameSubject">Whether they must have the same subject too, answers and forwards aside, as at Gmail.</param>
internal sealed partial class MailThreads(bool needsSameSubject)
{
    private static readonly string[] Own = ["Message-ID"];
    private static readonly string[] Others = ["References", "In-Reply-To"];

    private readonly Dictionary<string, (string Thread, string Subject)> threads = new(StringComparer.Ordinal);

    /// <summary>The thread of the first message it names that is known, else one of its own.</summary>
    public string ThreadOf(ReadOnlySpan<byte> message, string emailId)
    {
        var header = message[..HeaderText.EndOf(message)];
        var subject = needsSameSubject ? SubjectOf(header) : "";
        var own = IdsIn(header, Own).FirstOrDefault();
        var thread = IdsIn(header, Others).Prepend(own ?? "")
            .Select(id => threads.GetValueOrDefault(id))
            .FirstOrDefault(known => known.Thread is not null && known.Subject == subject).Thread ?? $"T{emailId[1..]}";
        if (own is not null)
        {
            threads.TryAdd(own, (thread, subject));
        }

        return thread;
    }

    private static IEnumerable<string> IdsIn(ReadOnlySpan<byte> header, string[] fields) =>
        MessageId().Matches(Encoding.Latin1.GetString(HeaderText.Select(header, fields, isKept: true).Span)).Select(m => m.Value);

    private static string SubjectOf(ReadOnlySpan<byte> header)
    {
        var subject = MimeParser.ParseHeaders(HeaderText.Select(header, ["Subject"], isKept: true)).Subject ?? "";
        return Prefixes().Replace(subject, "").Trim().ToUpperInvariant();
    }

    [GeneratedRegex(@"<[^<>\s]+>")]
    private static partial Regex MessageId();

    [GeneratedRegex(@"^(\s*(re|fwd?|aw|wg|回复|答复|转发)\s*[:：])+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Prefixes();
}
