using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MailDaemon.Engine.Messages;

/// <summary>
/// The one form in which a file name from a mail is given out: readable, and harmless in every file system, in a shell and beside the
/// options of a command.
/// </summary>
public static class SafeFileName
{
    private const string Nameless = "attachment";
    private const int MaxExtension = 20;

    /// <summary>File systems take 255 bytes; numbers and endings of others still fit.</summary>
    private const int MaxBytes = 200;

    private const string Punctuation = " .-_+,=@";
    private static readonly char[] Leading = [' ', '.', '-', '+', ',', '=', '@'];

    private static readonly FrozenSet<string> devices = new[]
    {
        "con", "prn", "aux", "nul", "conin_", "conout_", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "com¹", "com²", "com³",
        "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "lpt¹", "lpt²", "lpt³",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Without path, controls, what turns the direction of text around, and characters that a shell or a file system takes for more than
    /// themselves; no dot or dash begins it, and no name of a device.
    /// </summary>
    public static string Of(string filename)
    {
        var name = new StringBuilder();
        foreach (var rune in filename.EnumerateRunes())
        {
            if (IsKept(rune))
                name.Append(rune);
            else if (!IsDropped(rune))
                name.Append(Rune.IsWhiteSpace(rune) ? ' ' : '_');
        }

        var (stem, extension) = Split(name.ToString().Trim(' ', '.').TrimStart(Leading));
        stem = Shortened(stem, MaxBytes - Encoding.UTF8.GetByteCount(extension)).TrimEnd(extension.Length == 0 ? [' ', '.'] : [' ']);
        if (stem.Length == 0)
            stem = Nameless;
        if (devices.Contains(stem.Split('.')[0].TrimEnd()))
            stem = "_" + stem;
        return stem + extension;
    }

    /// <summary>
    /// The same in ASCII, for programs that read no other. What is lost of two names that differ is made up for by a piece of their hash,
    /// so that they stay different.
    /// </summary>
    public static string Ascii(string filename)
    {
        var name = Of(filename);
        if (IsAscii(name))
            return name;

        var (stem, extension) = Split(name);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 4));
        var plain = Folded(stem);
        return Of($"{(plain.Length == 0 ? Nameless : plain)}-{hash}{(IsAscii(extension) ? extension : "")}");
    }

    /// <summary>The header that gives a file this name (RFC 6266, RFC 8187).</summary>
    public static string ContentDisposition(string filename) =>
        $"attachment; filename=\"{Ascii(filename)}\"; filename*=UTF-8''{Uri.EscapeDataString(Of(filename))}";

    private static bool IsAscii(string text) => System.Text.Ascii.IsValid(text);

    private static bool IsKept(Rune rune) =>
        rune.IsAscii ? char.IsAsciiLetterOrDigit((char)rune.Value) || Punctuation.Contains((char)rune.Value, StringComparison.Ordinal) : rune != Rune.ReplacementChar && !IsDropped(rune) && !Rune.IsWhiteSpace(rune);

    private static bool IsDropped(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static (string Stem, string Extension) Split(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot < 0 || name.Length - dot > MaxExtension ? (name, "") : (name[..dot], name[dot..]);
    }

    private static string Shortened(string text, int bytes)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((bytes -= rune.Utf8SequenceLength) < 0)
                break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    // "Müller" is "Muller"; what has no ASCII form is left out.
    private static string Folded(string text)
    {
        var folded = new StringBuilder();
        foreach (var c in text.Normalize(NormalizationForm.FormKD))
        {
            if (char.IsAscii(c))
                folded.Append(c);
        }

        return string.Join(' ', folded.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)).Trim(' ', '-', '_', '.');
    }
}
