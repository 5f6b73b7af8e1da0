using System.Globalization;
using MailDaemon.Protocols.Imap.Parsing;

namespace MailDaemon.Protocols.Imap;

public sealed partial class ImapClient
{
    /// <summary>Writes a section of any size to <paramref name="destination"/> in constant memory, in pieces of <see cref="ImapLimits.ChunkBytes"/>.</summary>
    /// <param name="section">As in <see cref="FetchRequest.Sections"/>; empty for the whole message.</param>
    /// <exception cref="ImapException">No with NONEXISTENT: the message is gone.</exception>
    public Task FetchSectionAsync(uint uid, string section, Stream destination, CancellationToken ct) =>
        FetchSectionAsync("BODY", uid, section, destination, ct);

    /// <summary>
    /// Writes a part with its transfer encoding taken off by the server (RFC 3516); needs BINARY. Refused with UNKNOWN-CTE when the
    /// server cannot: then <see cref="FetchSectionAsync(uint, string, Stream, CancellationToken)"/> still does.
    /// </summary>
    public Task FetchDecodedSectionAsync(uint uid, string section, Stream destination, CancellationToken ct) =>
        Capabilities.Has("BINARY")
            ? FetchSectionAsync("BINARY", uid, section, destination, ct)
            : throw new ImapException(ImapFault.Protocol, "The server does not offer BINARY");

    private async Task FetchSectionAsync(string item, uint uid, string section, Stream destination, CancellationToken ct)
    {
        RequireSelected();
        RequireSection(section);
        for (long offset = 0; ; offset += limits.ChunkBytes)
        {
            var piece = string.Create(CultureInfo.InvariantCulture, $"{section}<{offset}.{limits.ChunkBytes}>");
            var command = Command("UID FETCH").Word(uid.ToString(CultureInfo.InvariantCulture)).Open().Word("UID").Word(Peek(item, piece)).Close();
            var chunk = new SectionChunk(item, destination);
            await FetchChunkAsync(command, uid, chunk, ct).ConfigureAwait(false);
            if (!chunk.HasAnswer)
            {
                throw new ImapException(ImapFault.No, $"The message {uid} is gone", "NONEXISTENT");
            }

            var isWhole = chunk.HasNoOrigin || chunk.Length > limits.ChunkBytes;
            if (isWhole && offset > 0)
            {
                throw Broken(ImapFault.Protocol, $"{endpoint} sends whole sections where pieces are asked for", null);
            }

            if (isWhole || chunk.Length < limits.ChunkBytes)
            {
                return;
            }
        }
    }

    private async Task FetchChunkAsync(ImapWriter command, uint uid, SectionChunk chunk, CancellationToken ct)
    {
        var turn = BeginTurn(null);
        reader.LiteralTarget = chunk.TargetOf;
        try
        {
            await SendAsync(turn, command, ct).ConfigureAwait(false);
            while (turn.Outstanding > 0)
            {
                var reply = await NextAsync(turn, ct).ConfigureAwait(false);
                if (reply.Kind != ReplyKind.Data || reply.Name != DataName.Fetch)
                {
                    Dispatch(turn, reply);
                    continue;
                }

                var message = FetchParser.Read(reply, limits);
                var hasLiteral = chunk.EndReply();
                if (!hasLiteral && (message.Uid != uid || message.Sections.Count == 0))
                {
                    Observe(message);
                }
                else if (message.Uid is { } other && other != uid)
                {
                    throw Broken(ImapFault.Protocol, $"{endpoint} sent message {other} in place of {uid}", null);
                }
                else
                {
                    await chunk.TakeAsync(message, ct).ConfigureAwait(false);
                }
            }

            turn.IsComplete = true;
        }
        finally
        {
            EndTurn(turn);
        }

        turn.ThrowIfRefused();
    }

    /// <summary>One piece of a section: its literal goes past memory, a quoted string or NIL comes with the reply.</summary>
    private sealed class SectionChunk(string item, Stream destination)
    {
        /// <summary>More than the longest name of a section with its literal's length.</summary>
        private const int MaxItemBytes = 4096;

        private readonly byte[] itemName = System.Text.Encoding.ASCII.GetBytes(item + "[");

        private bool takesLiteral;

        public bool HasAnswer { get; private set; }

        /// <summary>QUIRK: some servers know no pieces; without an origin, or longer than asked for, it is everything.</summary>
        public bool HasNoOrigin { get; private set; }

        public long Length { get; private set; }

        public Stream? TargetOf(ReadOnlyMemory<byte> reply, long length)
        {
            // What stands before the literal: … BODY[1]<0> {1234}
            var near = reply.Span[Math.Max(0, reply.Length - MaxItemBytes)..];
            var text = near[..near.LastIndexOf((byte)'{')].TrimEnd(" ~"u8);
            var last = text[(text.LastIndexOf((byte)']') is >= 0 and var close ? close : 0)..];
            if (takesLiteral || last.IsEmpty || last[0] != (byte)']' || text.LastIndexOf(itemName) < 0)
            {
                return null;
            }

            takesLiteral = true;
            HasNoOrigin = last.Length == 1;
            Length += length;
            return destination;
        }

        /// <summary>Whether the reply that ends here had the literal.</summary>
        public bool EndReply()
        {
            var had = takesLiteral;
            takesLiteral = false;
            return had;
        }

        public async Task TakeAsync(FetchedMessage message, CancellationToken ct)
        {
            HasAnswer = true;
            foreach (var bytes in message.Sections.Values)
            {
                Length += bytes.Length;
                await destination.WriteAsync(bytes, ct).ConfigureAwait(false);
            }
        }
    }
}
