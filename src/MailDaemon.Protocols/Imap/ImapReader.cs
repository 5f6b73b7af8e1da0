using System.Buffers.Text;
using System.Text;
using MailDaemon.Protocols.Imap.Parsing;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Imap;

/// <summary>
/// Finds the borders of replies: a line, and the literals it announces with the lines that follow them. What is inside is read
/// later by others, so that a bad reply never costs the place in the stream.
/// </summary>
internal sealed class ImapReader(WireStream wire, ImapLimits limits)
{
    /// <summary>Takes the place of a literal that is too long; see <see cref="ImapTokens"/>.</summary>
    private static ReadOnlySpan<byte> Skipped => "{!}"u8;

    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <summary>Given the reply up to a literal and its length: where to write it to, or null to hold it in memory.</summary>
    public Func<ReadOnlyMemory<byte>, long, Stream?>? LiteralTarget { get; set; }

    /// <summary>Reads one whole reply.</summary>
    /// <exception cref="WireException">The connection broke, or a line is over the limit.</exception>
    /// <exception cref="ImapException">The reply is over a limit.</exception>
    public async ValueTask<ImapReply> ReadAsync(CancellationToken ct)
    {
        var line = await wire.ReadLineAsync(ct).ConfigureAwait(false);
        var reply = Classify(line);
        return reply.Kind == ReplyKind.Data && TryFindLiteral(line.Span, out var border)
            ? await ReadWithLiteralsAsync(line, border, ct).ConfigureAwait(false)
            : reply;
    }

    /// <summary>Tells what a line begins. Of a reply with literals the first line suffices.</summary>
    internal static ImapReply Classify(ReadOnlyMemory<byte> bytes, bool ownsBytes = false)
    {
        var text = bytes.Span;

        // QUIRK: several, "+" without the space.
        if (text.Length > 0 && text[0] == (byte)'+')
        {
            return new ImapReply { Kind = ReplyKind.Continuation, Bytes = bytes, Payload = text.Length > 1 && text[1] == (byte)' ' ? 2 : 1 };
        }

        if (text.Length > 1 && text[0] == (byte)'*' && text[1] == (byte)' ')
        {
            return ClassifyUntagged(bytes, ownsBytes);
        }

        // QUIRK: Exchange 2010, [COPYUID 55 31 6] without "* OK" before it.
        if (text.Length > 0 && text[0] == (byte)'[')
        {
            return new ImapReply { Kind = ReplyKind.Status, Status = StatusKind.Ok, Bytes = bytes, Payload = 0 };
        }

        var space = text.IndexOf((byte)' ');
        if (space > 0)
        {
            var position = space;
            var status = StatusOf(Word(text, ref position));
            if (status is StatusKind.Ok or StatusKind.No or StatusKind.Bad)
            {
                return new ImapReply { Kind = ReplyKind.Tagged, Bytes = bytes, TagLength = space, Status = status, Payload = position };
            }
        }

        return new ImapReply { Kind = ReplyKind.Junk, Bytes = bytes };
    }

    private static ImapReply ClassifyUntagged(ReadOnlyMemory<byte> bytes, bool ownsBytes)
    {
        var text = bytes.Span;
        var position = 1;
        var word = Word(text, ref position);
        uint number = 0;
        if (Utf8Parser.TryParse(word, out uint parsed, out var used) && used == word.Length)
        {
            number = parsed;
            word = Word(text, ref position);
        }

        var status = StatusOf(word);
        return status != StatusKind.None
            ? new ImapReply { Kind = ReplyKind.Status, Bytes = bytes, Status = status, Payload = position }
            : new ImapReply { Kind = ReplyKind.Data, Bytes = bytes, OwnsBytes = ownsBytes, Name = NameOf(word), Number = number, Payload = position };
    }

    /// <summary>The next word, and the position behind it.</summary>
    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> text, ref int position)
    {
        while (position < text.Length && text[position] == (byte)' ')
        {
            position++;
        }

        var length = text[position..].IndexOfAny(" \r(["u8);
        var word = length < 0 ? text[position..] : text.Slice(position, length);
        position += word.Length;
        return word;
    }

    private static StatusKind StatusOf(ReadOnlySpan<byte> word) => word.Length switch
    {
        2 when ImapWords.Is(word, "OK"u8) => StatusKind.Ok,
        2 when ImapWords.Is(word, "NO"u8) => StatusKind.No,
        3 when ImapWords.Is(word, "BAD"u8) => StatusKind.Bad,
        3 when ImapWords.Is(word, "BYE"u8) => StatusKind.Bye,
        7 when ImapWords.Is(word, "PREAUTH"u8) => StatusKind.PreAuth,
        _ => StatusKind.None,
    };

    private static DataName NameOf(ReadOnlySpan<byte> word) => word.Length switch
    {
        2 when ImapWords.Is(word, "ID"u8) => DataName.Id,
        4 when ImapWords.Is(word, "LIST"u8) || ImapWords.Is(word, "LSUB"u8) => DataName.List,
        5 when ImapWords.Is(word, "FETCH"u8) => DataName.Fetch,
        5 when ImapWords.Is(word, "FLAGS"u8) => DataName.Flags,
        5 when ImapWords.Is(word, "XLIST"u8) => DataName.List,
        6 when ImapWords.Is(word, "EXISTS"u8) => DataName.Exists,
        6 when ImapWords.Is(word, "STATUS"u8) => DataName.Status,
        6 when ImapWords.Is(word, "SEARCH"u8) => DataName.Search,
        7 when ImapWords.Is(word, "EXPUNGE"u8) => DataName.Expunge,
        7 when ImapWords.Is(word, "ESEARCH"u8) => DataName.ESearch,
        7 when ImapWords.Is(word, "ENABLED"u8) => DataName.Enabled,
        8 when ImapWords.Is(word, "VANISHED"u8) => DataName.Vanished,
        9 when ImapWords.Is(word, "NAMESPACE"u8) => DataName.Namespace,
        10 when ImapWords.Is(word, "CAPABILITY"u8) => DataName.Capability,
        _ => DataName.Other,
    };

    private readonly record struct LiteralBorder(int Start, long Length);

    /// <summary>Whether the line ends in <c>{n}</c>, <c>{n+}</c> or <c>~{n}</c>.</summary>
    private static bool TryFindLiteral(ReadOnlySpan<byte> line, out LiteralBorder border)
    {
        border = default;
        if (line.Length < 3 || line[^1] != (byte)'}')
        {
            return false;
        }

        var open = line.LastIndexOf((byte)'{');
        if (open < 0)
        {
            return false;
        }

        var inside = line[(open + 1)..^1];
        if (inside.Length > 0 && inside[^1] is (byte)'+' or (byte)'-')
        {
            inside = inside[..^1];
        }

        if (inside.Length is 0 or > 19 || inside.ContainsAnyExceptInRange((byte)'0', (byte)'9') || !Utf8Parser.TryParse(inside, out long length, out _))
        {
            return false;
        }

        border = new LiteralBorder(open, length);
        return true;
    }

    private async ValueTask<ImapReply> ReadWithLiteralsAsync(ReadOnlyMemory<byte> line, LiteralBorder border, CancellationToken ct)
    {
        // Most replies have one literal and end in ")": room for that is taken at once, unless the literal may go elsewhere.
        var expected = border.Length > limits.MaxLiteralBytes || LiteralTarget is not null ? 0 : (int)border.Length;
        var assembled = new Assembly(limits, expected + line.Length + 64);
        for (var count = 1; ; count++)
        {
            if (count > limits.MaxLiterals)
            {
                throw new ImapException(ImapFault.LimitExceeded, $"A reply has more than {limits.MaxLiterals} literals");
            }

            assembled.AppendText(line.Span);
            var target = LiteralTarget?.Invoke(assembled.Bytes, border.Length);
            if (target is null && border.Length > limits.MaxSkippedBytes)
            {
                throw new ImapException(ImapFault.LimitExceeded, $"A literal of {border.Length} bytes is announced, which is over the limit");
            }

            if (target is not null || border.Length > assembled.LiteralsLeft)
            {
                assembled.ReplaceTail(line.Length - border.Start, Skipped);
                await wire.CopyExactlyAsync(target, border.Length, ct).ConfigureAwait(false);
            }
            else
            {
                assembled.AppendText(LineEnd);
                await wire.ReadExactlyAsync(assembled.TakeLiteral((int)border.Length), ct).ConfigureAwait(false);
            }

            line = await wire.ReadLineAsync(ct).ConfigureAwait(false);
            if (!TryFindLiteral(line.Span, out border))
            {
                assembled.AppendText(line.Span);
                return Classify(assembled.Bytes, ownsBytes: true);
            }
        }
    }

    /// <summary>The bytes of a reply with literals, within the limits.</summary>
    private sealed class Assembly(ImapLimits limits, int capacity)
    {
        private byte[] buffer = new byte[capacity];
        private int length;
        private int textLength;

        public int LiteralsLeft { get; private set; } = limits.MaxLiteralBytes;

        public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

        public void AppendText(ReadOnlySpan<byte> text)
        {
            textLength += text.Length;
            if (textLength > limits.MaxReplyBytes)
            {
                throw new ImapException(ImapFault.LimitExceeded, $"A reply is longer than {limits.MaxReplyBytes} bytes");
            }

            Reserve(text.Length);
            text.CopyTo(buffer.AsSpan(length));
            length += text.Length;
        }

        public void ReplaceTail(int count, ReadOnlySpan<byte> text)
        {
            length -= count;
            textLength -= count;
            AppendText(text);
        }

        public Memory<byte> TakeLiteral(int count)
        {
            LiteralsLeft -= count;
            Reserve(count);
            length += count;
            return buffer.AsMemory(length - count, count);
        }

        private void Reserve(int count)
        {
            if (length + count > buffer.Length)
            {
                Array.Resize(ref buffer, Math.Max(length + count, (int)Math.Min(buffer.Length * 2L, Array.MaxLength)));
            }
        }
    }
}
