using System.Text.RegularExpressions;
using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Smtp;

/// <summary>One reply, all of its lines (RFC 5321 §4.2).</summary>
internal sealed partial record SmtpReply
{
    /// <summary>The longest line taken; the RFC asks for 512 (§4.5.3.1.5), challenges may be longer (RFC 4954 §4).</summary>
    public const int MaxLineBytes = 16 * 1024;

    private const int MaxLines = 128;
    private const int MaxTextChars = 2000;

    internal SmtpReply(int code, string? enhancedCode, IReadOnlyList<string> lines)
    {
        Code = code;
        EnhancedCode = enhancedCode;
        Lines = lines;
    }

    public int Code { get; }

    public string? EnhancedCode { get; }

    /// <summary>The text of each line without codes and control characters; at least one, which may be empty.</summary>
    public IReadOnlyList<string> Lines { get; private init; }

    /// <summary>All lines as one, bounded.</summary>
    public string Text
    {
        get
        {
            var text = string.Join(' ', Lines.Where(l => l.Length > 0));
            return text.Length <= MaxTextChars ? text : string.Concat(text.AsSpan(0, MaxTextChars - 1), "…");
        }
    }

    public bool IsOk => Code is >= 200 and < 300;

    public bool IsTemporary => Code is >= 400 and < 500;

    public bool IsPermanent => Code is >= 500 and < 600;

    /// <summary>Reads a reply; all of it within twice the wait for its first byte, however slowly the server drips.</summary>
    /// <exception cref="SmtpException">Not a reply.</exception>
    /// <exception cref="WireException">The connection failed, or more than the limits allow.</exception>
    public static async ValueTask<SmtpReply> ReadAsync(WireStream wire, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(wire.IdleTimeout * 2);
        try
        {
            return await ReadLinesAsync(wire, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new WireException(WireFault.Timeout, "The server did not come to the end of its reply in time", e);
        }
    }

    public SmtpReply With(Func<string, string> change) => this with { Lines = [.. Lines.Select(change)] };

    public override string ToString() => EnhancedCode is null ? $"{Code} {Text}".TrimEnd() : $"{Code} {EnhancedCode} {Text}".TrimEnd();

    /// <summary><c>Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF</c></summary>
    private static async ValueTask<SmtpReply> ReadLinesAsync(WireStream wire, CancellationToken ct)
    {
        var code = 0;
        string? enhanced = null;
        var lines = new List<string>();
        while (true)
        {
            var line = (await wire.ReadLineAsync(ct).ConfigureAwait(false)).Span;
            if (!TryReadCode(line, out var lineCode) || (lines.Count > 0 && lineCode != code))
            {
                throw new SmtpException(SmtpFault.Protocol, $"The server sent something that is not an SMTP reply: \"{SmtpText.Excerpt(line)}\"");
            }

            code = lineCode;
            var text = SmtpText.Decode(line.Length > 4 ? line[4..] : []);
            var match = EnhancedCodePattern().Match(text);
            if (match.Success && code != 334 && text[0] == '0' + (code / 100))
            {
                enhanced ??= match.Groups["code"].Value;
                text = text[match.Length..];
            }

            lines.Add(text);
            if (line.Length == 3 || line[3] != '-')
            {
                return new SmtpReply(code, enhanced, lines);
            }

            if (lines.Count == MaxLines)
            {
                throw new WireException(WireFault.LimitExceeded, $"The server sent a reply of more than {MaxLines} lines");
            }
        }
    }

    /// <summary><c>Reply-code = %x32-35 %x30-35 %x30-39</c>; the second digit is not held to its range.</summary>
    private static bool TryReadCode(ReadOnlySpan<byte> line, out int code)
    {
        code = 0;
        if (line.Length < 3 || line[0] is < (byte)'2' or > (byte)'5' || !char.IsAsciiDigit((char)line[1]) || !char.IsAsciiDigit((char)line[2]))
        {
            return false;
        }

        code = ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0');
        return line.Length == 3 || line[3] is (byte)' ' or (byte)'-';
    }

    /// <summary><c>status-code = class "." subject "." detail</c> (RFC 3463 §2)</summary>
    [GeneratedRegex(@"^(?<code>[245]\.[0-9]{1,3}\.[0-9]{1,3})(?: +|$)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex EnhancedCodePattern();
}
