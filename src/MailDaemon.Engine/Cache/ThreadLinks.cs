using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Cache;

/// <summary>What ties a message to a conversation (RFC 5256, REFERENCES), worked out before the transaction.</summary>
/// <param name="Own">The conversation that it would be in if it were alone.</param>
/// <param name="IsNative">Whether the provider has told its conversation, and nothing is to be worked out.</param>
/// <param name="Nodes">The Message-IDs that it has or names.</param>
/// <param name="Subject">The base subject's hash where no id names an earlier message; null elsewhere.</param>
/// <param name="IsOrphan">It is an answer and does not say to what: its subject has to.</param>
internal sealed record ThreadLinks(string Own, bool IsNative, IReadOnlyList<string> Nodes, long? Subject, bool IsOrphan)
{
    /// <summary>Of a longer line of references the root and the newest are enough: those between name one another.</summary>
    private const int MostReferences = 20;

    private const int LongestId = 500;

    public static ThreadLinks Of(AccountKey account, RemoteMessage message)
    {
        if (!string.IsNullOrEmpty(message.ThreadId))
            return new ThreadLinks(RowMapper.Clean(message.ThreadId), IsNative: true, [], null, IsOrphan: false);
        var references = Ids(message.Content.Headers.References);

        // In-Reply-To only where there are no References (RFC 5256, step 1).
        var earlier = references.Count > 0 ? references : Ids([message.Content.Headers.InReplyTo]);
        var own = Id(message.InternetMessageId);
        var root = earlier.Count > 0 ? earlier[0] : own ?? message.Identity;
        var nodes = earlier.Count > MostReferences ? [earlier[0], .. earlier.TakeLast(MostReferences - 1)] : earlier;
        if (own is not null && !nodes.Contains(own))
            nodes = [.. nodes, own];
        var subject = BaseSubject.Of(message.Subject);
        var isAlone = earlier.Count == 0 && subject.Text.Length > 0;
        var isOrphan = isAlone && subject.IsReply;

        // A message that begins a conversation knows best; whoever has only In-Reply-To, or nothing, knows least of where it began.
        var standing = earlier.Count == 0 && !isOrphan ? 'a' : references.Count > 0 ? 'b' : 'c';
        return new ThreadLinks(MessageKeys.Thread(account, standing, root), IsNative: false, nodes, isAlone ? Hash(subject.Text) : null, isOrphan);
    }

    /// <summary>The node that stands for a subject once an answer has named nothing else.</summary>
    public static string SubjectNode(long subject) => string.Create(CultureInfo.InvariantCulture, $"s:{subject:x16}");

    private static List<string> Ids(IReadOnlyList<string?> ids) => [.. ids.Select(Id).OfType<string>().Distinct(StringComparer.Ordinal)];

    private static string? Id(string? id) =>
        id is null || RowMapper.Clean(id).Trim() is not { Length: > 0 and <= LongestId } clean ? null : clean;

    private static long Hash(string subject) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(subject)));
}
