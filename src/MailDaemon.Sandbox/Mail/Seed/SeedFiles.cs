using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Sandbox.Mail.Seed;

/// <summary>Attachments of the sample mail: small, made here, and real files of their kind.</summary>
internal static class SeedFiles
{
    /// <summary>One page with some lines of ASCII text.</summary>
    public static MimeAttachment Pdf(string name, params IReadOnlyList<string> lines) => File(name, "application/pdf", PdfBytes(lines));

    /// <summary>A picture of one colour.</summary>
    public static MimeAttachment Png(string name, int width, int height, byte red, byte green, byte blue, string? contentId = null) =>
        File(name, "image/png", PngBytes(width, height, [red, green, blue])) with { ContentId = contentId, IsInline = contentId is not null };

    /// <summary>A document of Word with one paragraph a line.</summary>
    public static MimeAttachment Docx(string name, params IReadOnlyList<string> lines) => File(
        name,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ZipBytes(
            ("[Content_Types].xml", """<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""),
            ("_rels/.rels", """<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"""),
            ("word/document.xml", $"""<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{string.Concat(lines.Select(l => $"<w:p><w:r><w:t>{l}</w:t></w:r></w:p>"))}</w:body></w:document>""")));

    public static MimeAttachment Csv(string name, string text) => File(name, "text/csv", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)]);

    public static MimeAttachment Calendar(string name, string text) => File(name, "text/calendar", Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));

    private static MimeAttachment File(string name, string mediaType, byte[] content) => new()
    {
        Filename = name,
        MediaType = mediaType,
        Open = () => new MemoryStream(content, writable: false),
    };

    private static byte[] PdfBytes(IReadOnlyList<string> lines)
    {
        var text = "BT /F1 12 Tf 60 780 Td 16 TL " + string.Join(' ', lines.Select(l => $"({l.Replace("(", "\\(", StringComparison.Ordinal).Replace(")", "\\)", StringComparison.Ordinal)}) Tj T*")) + " ET";
        string[] objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
            $"<< /Length {text.Length} >>\nstream\n{text}\nendstream",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ];
        var pdf = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        foreach (var (body, i) in objects.Select((o, i) => (o, i)))
        {
            offsets.Add(pdf.Length);
            pdf.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{body}\nendobj\n");
        }

        var table = pdf.Length;
        pdf.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        offsets.ForEach(o => pdf.Append(CultureInfo.InvariantCulture, $"{o:0000000000} 00000 n \n"));
        pdf.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {objects.Length + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(pdf.ToString());
    }

    private static byte[] PngBytes(int width, int height, byte[] colour)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);

        byte[] row = [0, .. Enumerable.Repeat(colour, width).SelectMany(c => c)];
        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(pixels, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                zlib.Write(row);
            }
        }

        return [0x89, .. "PNG\r\n\x1a\n"u8, .. Chunk("IHDR", header), .. Chunk("IDAT", pixels.ToArray()), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        var (length, check) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc32(body));
        return [.. length, .. body, .. check];
    }

    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }

    private static byte[] ZipBytes(params (string Name, string Content)[] entries)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                var entry = zip.CreateEntry(name);

                // The earliest time the format knows: the same bytes at every start.
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var stream = entry.Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return buffer.ToArray();
    }
}
