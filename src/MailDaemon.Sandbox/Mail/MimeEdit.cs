using System.Buffers;
using System.Text;
using MailDaemon.Protocols.Mime;
using MailDaemon.Sandbox.Imap;

namespace MailDaemon.Sandbox.Mail;

/// <summary>Changes of a message as bytes: what is not changed stays as it was, byte for byte.</summary>
internal static class MimeEdit
{
    /// <summary>The fields that describe the body and go with it.</summary>
    private static readonly string[] OfBody =
        ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID", "Content-Description", "Content-Language", "Content-Location", "Content-MD5"];

    /// <summary>A part with a text, in UTF-8.</summary>
    public static byte[] TextPart(string content, bool isHtml) =>
        Encoding.ASCII.GetBytes($"Content-Type: text/{(isHtml ? "html" : "plain")}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{Lines(Encoding.UTF8.GetBytes(content))}");

    /// <summary>Base64 in lines of 76 characters.</summary>
    public static string Lines(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks);

    /// <summary>Takes fields from the header and adds others at its end.</summary>
    /// <param name="fields">Each with its line break.</param>
    public static byte[] ReplaceFields(ReadOnlySpan<byte> raw, IReadOnlyList<string> names, ReadOnlySpan<byte> fields)
    {
        var end = HeaderText.EndOf(raw);
        return [.. HeaderText.Select(raw[..end], names, isKept: false).Span[..^2], .. fields, .. "\r\n"u8, .. raw[end..]];
    }

    /// <summary>Puts another body in the place of the shown one; the attachments stay.</summary>
    /// <param name="body">A part with its fields.</param>
    public static byte[] ReplaceBody(ReadOnlySpan<byte> raw, IReadOnlyList<MimePart> attachments, ReadOnlySpan<byte> body)
    {
        var header = HeaderText.Select(raw[..HeaderText.EndOf(raw)], OfBody, isKept: false).Span[..^2];
        var message = new ArrayBufferWriter<byte>();
        message.Write(header);
        if (attachments.Count == 0)
        {
            message.Write(body);
            return message.WrittenSpan.ToArray();
        }

        var boundary = NewBoundary();
        WriteOpening(message, boundary);
        message.Write(body);
        foreach (var part in attachments)
        {
            message.Write(Delimiter(boundary));
            message.Write(part.Raw.Span);
        }

        message.Write(End(boundary));
        return message.WrittenSpan.ToArray();
    }

    /// <summary>Adds a part at the end, in a <c>multipart/mixed</c> that is there or is made.</summary>
    /// <param name="part">With its fields.</param>
    public static byte[] AddPart(ReadOnlySpan<byte> raw, MimePart root, ReadOnlySpan<byte> part)
    {
        var message = new ArrayBufferWriter<byte>(raw.Length + part.Length + 1024);
        if (root.ContentType.MediaType == "multipart/mixed" && root.ContentType.Boundary is { } known)
        {
            var end = raw.LastIndexOf(Encoding.Latin1.GetBytes($"\r\n--{known}--"));
            message.Write(end < 0 ? raw : raw[..end]);
            message.Write(Delimiter(known));
            message.Write(part);
            message.Write(End(known));
            return message.WrittenSpan.ToArray();
        }

        var (start, boundary) = (HeaderText.EndOf(raw), NewBoundary());
        message.Write(HeaderText.Select(raw[..start], OfBody, isKept: false).Span[..^2]);
        WriteOpening(message, boundary);
        message.Write(HeaderText.Select(raw[..start], OfBody, isKept: true).Span);
        message.Write(raw[start..]);
        message.Write(Delimiter(boundary));
        message.Write(part);
        message.Write(End(boundary));
        return message.WrittenSpan.ToArray();
    }

    /// <summary>Takes a part of a multipart out, with the delimiter before it.</summary>
    public static byte[] RemovePart(ReadOnlySpan<byte> raw, MimePart part)
    {
        var found = raw.IndexOf(part.Raw.Span);
        var delimiter = found <= 0 ? -1 : raw[..(found - 1)].LastIndexOf((byte)'\n');
        if (delimiter < 0)
        {
            // The attachment is the whole message.
            return ReplaceBody(raw, [], TextPart("", isHtml: false));
        }

        var end = found + part.Raw.Length;
        end += raw[end..].StartsWith("\r\n"u8) ? 2 : raw[end..].StartsWith("\n"u8) ? 1 : 0;
        return [.. raw[..(delimiter + 1)], .. raw[end..]];
    }

    private static string NewBoundary() => $"_sandbox_{Guid.NewGuid():N}_";

    private static void WriteOpening(ArrayBufferWriter<byte> message, string boundary) =>
        message.Write(Encoding.ASCII.GetBytes($"Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n"));

    private static byte[] Delimiter(string boundary) => Encoding.Latin1.GetBytes($"\r\n--{boundary}\r\n");

    private static byte[] End(string boundary) => Encoding.Latin1.GetBytes($"\r\n--{boundary}--\r\n");
}
