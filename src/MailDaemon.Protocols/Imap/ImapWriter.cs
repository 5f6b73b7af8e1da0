using System.Buffers;
using System.Globalization;
using System.Text;

namespace MailDaemon.Protocols.Imap;

/// <summary>Which literals may be sent without waiting for the server's consent (RFC 7888).</summary>
internal enum LiteralMode
{
    /// <summary>None.</summary>
    Synchronising,

    /// <summary>LITERAL-: up to 4,096 bytes.</summary>
    Small,

    /// <summary>LITERAL+: all.</summary>
    All,
}

/// <summary>How commands are to be written on a connection.</summary>
internal readonly record struct WriterStyle(LiteralMode Literals, bool AllowUtf8);

/// <summary>A piece of a command. After it the server's consent is awaited, or bytes of the caller follow.</summary>
internal sealed record CommandPiece(ReadOnlyMemory<byte> Bytes, string? Trace)
{
    public bool AwaitsConsent { get; init; }

    public long BodySize { get; init; }

    public Func<Stream, CancellationToken, Task>? Body { get; init; }
}

/// <summary>Writes one command, tag and line end left out. Pure: it knows no connection.</summary>
internal sealed class ImapWriter
{
    private const int SmallLiteral = 4096;

    private readonly WriterStyle style;
    private readonly List<CommandPiece> pieces = [];
    private readonly ArrayBufferWriter<byte> buffer = new(128);
    private StringBuilder trace = new();
    private bool needsSpace = true;

    /// <param name="name">The command: <c>UID FETCH</c>.</param>
    public ImapWriter(string name, WriterStyle style)
    {
        Name = name;
        this.style = style;
        Write(name);
    }

    public string Name { get; }

    /// <summary>A word of our own making: never text from outside.</summary>
    public ImapWriter Word(string word)
    {
        Space();
        Write(word);
        return this;
    }

    public ImapWriter Number(ulong number) => Word(number.ToString(CultureInfo.InvariantCulture));

    public ImapWriter Open()
    {
        Space();
        Write("(");
        needsSpace = false;
        return this;
    }

    public ImapWriter Close()
    {
        Write(")");
        needsSpace = true;
        return this;
    }

    /// <summary>astring = 1*ASTRING-CHAR / string</summary>
    /// <exception cref="ArgumentException">The text holds CR, LF or NUL.</exception>
    public ImapWriter Text(string text) => Text(text, ImapQuoting.FormOf(text, style.AllowUtf8));

    /// <summary>string = quoted / literal: never an atom.</summary>
    /// <exception cref="ArgumentException">The text holds CR, LF or NUL.</exception>
    public ImapWriter String(string text)
    {
        var form = ImapQuoting.FormOf(text, style.AllowUtf8);
        return Text(text, form == ImapTextForm.Atom ? ImapTextForm.Quoted : form);
    }

    /// <summary>A secret: its place in the transcript is taken by ***.</summary>
    public ImapWriter Secret(string text) => Text(text, ImapQuoting.FormOf(text, style.AllowUtf8), isSecret: true);

    /// <summary>A secret word that is safe by its making (base64).</summary>
    public ImapWriter SecretWord(string word)
    {
        Space();
        buffer.Write(Encoding.ASCII.GetBytes(word));
        trace.Append("***");
        return this;
    }

    /// <summary>A mailbox name as the server spells it.</summary>
    public ImapWriter Bytes(ReadOnlySpan<byte> text)
    {
        Space();
        WriteLiteral(text.ToArray(), null);
        return this;
    }

    public ImapWriter Flags(IReadOnlyList<string> flags)
    {
        Open();
        foreach (var flag in flags)
        {
            ImapQuoting.RequireFlag(flag, nameof(flags));
            Word(flag);
        }

        return Close();
    }

    /// <summary>A message that the caller writes; its consent is always awaited above 4 KiB, so that it can be refused unsent.</summary>
    /// <param name="isLiteral8">~{n}: the bytes may hold NUL or are UTF-8 (RFC 6855 §4).</param>
    public ImapWriter Body(long size, Func<Stream, CancellationToken, Task> body, bool isLiteral8)
    {
        Space();
        var waits = style.Literals == LiteralMode.Synchronising || size > SmallLiteral;
        Write(string.Create(CultureInfo.InvariantCulture, $"{(isLiteral8 ? "~" : string.Empty)}{{{size}{(waits ? string.Empty : "+")}}}"));
        End(new CommandPiece(default, null) { AwaitsConsent = waits, BodySize = size, Body = body });
        return this;
    }

    /// <summary>The pieces of the finished command.</summary>
    public IReadOnlyList<CommandPiece> Finish()
    {
        buffer.Write("\r\n"u8);
        pieces.Add(new CommandPiece(buffer.WrittenSpan.ToArray(), trace.ToString()));
        return pieces;
    }

    private ImapWriter Text(string text, ImapTextForm form, bool isSecret = false)
    {
        ImapQuoting.RequireSafe(text, nameof(text));
        Space();
        switch (form)
        {
            case ImapTextForm.Literal:
                WriteLiteral(Encoding.UTF8.GetBytes(text), isSecret ? "***" : null);
                break;
            case ImapTextForm.Quoted:
                WriteTraced($"\"{text}\"", isSecret);
                break;
            default:
                WriteTraced(text, isSecret);
                break;
        }

        return this;
    }

    private void WriteLiteral(byte[] bytes, string? traced)
    {
        var waits = style.Literals == LiteralMode.Synchronising || (style.Literals == LiteralMode.Small && bytes.Length > SmallLiteral);
        Write(string.Create(CultureInfo.InvariantCulture, $"{{{bytes.Length}{(waits ? string.Empty : "+")}}}"));
        if (waits)
        {
            End(new CommandPiece(default, null) { AwaitsConsent = true });
        }
        else
        {
            buffer.Write("\r\n"u8);
        }

        buffer.Write(bytes);
        trace.Append(traced ?? Encoding.UTF8.GetString(bytes));
    }

    /// <summary>Closes the piece at hand with its line end.</summary>
    private void End(CommandPiece kind)
    {
        buffer.Write("\r\n"u8);
        pieces.Add(kind with { Bytes = buffer.WrittenSpan.ToArray(), Trace = trace.ToString() });
        buffer.ResetWrittenCount();
        trace = new StringBuilder();
    }

    private void Space()
    {
        if (needsSpace)
        {
            Write(" ");
        }

        needsSpace = true;
    }

    private void Write(string text) => WriteTraced(text, isSecret: false);

    private void WriteTraced(string text, bool isSecret)
    {
        Encoding.UTF8.GetBytes(text, buffer);
        trace.Append(isSecret ? "***" : text);
    }
}
