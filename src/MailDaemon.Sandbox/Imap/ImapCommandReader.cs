using System.Buffers;
using System.Globalization;
using System.Text;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Imap;

/// <summary>Reads commands with their literals to the end before anything of them is understood, so that a bad one costs only itself.</summary>
internal sealed class ImapCommandReader(ClientConnection connection, ImapServerOptions options)
{
    private const int MaxLine = 64 * 1024;
    private const int MaxLiteralBeforeLogin = 4 * 1024;
    private const int MaxLiterals = 1000;

    private static readonly SearchValues<char> NotInTags = SearchValues.Create("(){%*\"\\+");

    /// <summary>Before a login less is taken from a client.</summary>
    public bool IsAuthenticated { get; set; }

    /// <summary>The next command; null when the client has left.</summary>
    /// <exception cref="ImapSyntaxException">The line has no tag.</exception>
    public async Task<ImapCommand?> ReadAsync(CancellationToken ct)
    {
        var text = new ArrayBufferWriter<byte>();
        string? tag = null;
        for (var literals = 0; ;)
        {
            var line = await connection.ReadLineAsync(MaxLine, ct);
            if (line is null)
            {
                return null;
            }

            var content = WithoutLineEnd(line);
            var skip = 0;
            if (tag is null)
            {
                tag = TagOf(content, out skip);
            }

            if (LiteralAtEnd(content) is not { } literal)
            {
                text.Write(content.AsSpan(skip));
                return new ImapCommand(tag, text.WrittenMemory);
            }

            // The rest of a literal that came unasked could be anything: then the connection has to end.
            var room = IsAuthenticated ? options.MaxMessageBytes - text.WrittenCount : MaxLiteralBeforeLogin;
            if (literal.Length > room || ++literals > MaxLiterals || (literal.IsUnasked && !options.Offers("LITERAL+")))
            {
                if (literal.IsUnasked)
                {
                    connection.Write("* BYE [TOOBIG] The literal is not accepted\r\n");
                    await connection.CutAsync(ct);
                }

                connection.Write($"{tag} NO [TOOBIG] The literal is not accepted\r\n");
                await connection.FlushAsync(ct);
                (tag, literals) = (null, 0);
                text.ResetWrittenCount();
                continue;
            }

            if (!literal.IsUnasked)
            {
                connection.Write("+ Go on\r\n");
                await connection.FlushAsync(ct);
            }

            text.Write(content.AsSpan(skip));
            text.Write("\r\n"u8);
            if (!await connection.ReadExactlyAsync(text.GetMemory((int)literal.Length)[..(int)literal.Length], ct))
            {
                return null;
            }

            text.Advance((int)literal.Length);
        }
    }

    /// <summary>A line in the middle of a dialogue: the answer to a SASL challenge, or DONE. Null when the client has left.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken ct)
    {
        var line = await connection.ReadLineAsync(MaxLine, ct);
        return line is null ? null : Encoding.ASCII.GetString(WithoutLineEnd(line));
    }

    private static byte[] WithoutLineEnd(byte[] line) => line is [.., (byte)'\r', _] ? line[..^2] : line[..^1];

    /// <summary>tag = 1*(any ASTRING-CHAR except "+")</summary>
    private static string TagOf(byte[] line, out int length)
    {
        var space = Array.IndexOf(line, (byte)' ');
        length = space + 1;
        var tag = Encoding.ASCII.GetString(line.AsSpan(0, Math.Max(space, 0)));
        return tag.Length is > 0 and <= 100 && !tag.AsSpan().ContainsAny(NotInTags) && tag.All(c => c is > ' ' and < '\x7f')
            ? tag
            : throw new ImapSyntaxException("Missing tag");
    }

    private static (long Length, bool IsUnasked)? LiteralAtEnd(byte[] line)
    {
        if (line is not [.., (byte)'}'])
        {
            return null;
        }

        var open = Array.LastIndexOf(line, (byte)'{');
        var inside = open < 0 ? "" : Encoding.ASCII.GetString(line.AsSpan(open + 1, line.Length - open - 2));
        var isUnasked = inside.EndsWith('+');
        return long.TryParse(inside.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? (length, isUnasked) : null;
    }
}
