using System.Globalization;
using System.Text;
using MailDaemon.Tests.Peers;

namespace MailDaemon.Benchmarks;

/// <summary>
/// Made-up mail of the size real mail has, about 48 KB on average: two to nine kilobytes of text, a tenth with an attachment of 250 KB;
/// plain, alternative and HTML only; base64, quoted-printable and 8bit; UTF-8, GB18030 and Big5. The same for the same number everywhere.
/// </summary>
internal sealed class BenchmarkMail
{
    private const int Vocabulary = 20_000;
    private const int Texts = 300;

    private static readonly string[] Senders = ["王伟", "Anna Keller", "李娜", "Tom O'Brien", "陈静", "José Álvarez"];
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!;
    private static readonly Encoding Big5 = CodePagesEncodingProvider.Instance.GetEncoding("big5")!;
    private static readonly DateTimeOffset First = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(1);
    private readonly string[] _words;
    private readonly string[][] _texts;
    private readonly string[] _attachments;
    private readonly string _file;
    private readonly string _picture;

    public BenchmarkMail()
    {
        _words = [.. Enumerable.Range(0, Vocabulary).Select(_ => Word())];
        _texts = [.. Enumerable.Range(0, Texts).Select(_ => Text(_random.Next(2000, 9000)))];
        _attachments = [.. Enumerable.Range(0, 4).Select(_ => Attachment(250_000, "application/pdf", "quotation.pdf"))];
        _file = Attachment(30_000, "application/pdf", "quotation.pdf");
        _picture = "Content-ID: <picture@example.test>\r\n" + Attachment(5_000, "image/png", "logo.png", "inline");
    }

    public static string MessageId(int number) => $"<bench-{number}@{DovecotServer.Domain}>";

    /// <summary>When the server received it.</summary>
    public static DateTimeOffset Date(int number) => First.AddMinutes(number);

    /// <summary>What to search for: a word of nearly every text, one of a single mail, two Chinese characters that stand together in some, and a phrase.</summary>
    public (string Common, string Rare, string Han, string Phrase) Terms(int messages)
    {
        var english = _texts[0].First(line => line[0] < 128).Split(' ');
        var chinese = _texts[0].First(line => line[0] > 128);
        return (_words[0], (messages / 3).ToString(CultureInfo.InvariantCulture), chinese[4..6], $"\"{english[2]} {english[3]}\"");
    }

    public byte[] Create(int number) => Create(number, Body(number, number % 10));

    /// <summary>As <see cref="Create(int)"/>, but a quarter has a file of 30 KB and a twelfth a picture in the text, and nothing is larger.</summary>
    public byte[] CreateSmall(int number) => Create(number, (number % 12) switch
    {
        0 or 4 or 8 => Multipart("mixed", Body(number, 1 + (number % 9)), _file),
        1 => Multipart("related", QuotedPrintable("html", $"<p>{_texts[number % Texts][0]}</p><img src=\"cid:picture@example.test\"><p>{number}</p>\r\n"), _picture),
        _ => Body(number, 1 + (number % 9)),
    });

    private byte[] Create(int number, string body)
    {
        var sender = Senders[number % Senders.Length];
        var subject = $"订单 Order {number} {_words[number * 7 % Vocabulary]} {_words[number * 13 % Vocabulary]}";
        var header = $"""
            Return-Path: <sender{number % 50}@example.test>
            Received: from mx.example.test (mx.example.test [192.0.2.{number % 250}])
            {'\t'}by mail.test with ESMTPS id {number:x8}; {Rfc5322(Date(number))}
            From: {Encoded(sender)} <sender{number % 50}@example.test>
            To: Sales <sales@mail.test>, team{number % 9}@mail.test
            Subject: {Encoded(subject)}
            Message-ID: {MessageId(number)}
            Date: {Rfc5322(Date(number).AddSeconds(-5))}
            MIME-Version: 1.0

            """.ReplaceLineEndings("\r\n");
        return Encoding.UTF8.GetBytes(header + body);
    }

    private string Body(int number, int kind)
    {
        var lines = _texts[number % Texts];
        var text = string.Join("\r\n", lines) + $"\r\n{number}\r\n";
        var html = $"<html><body>\r\n{string.Concat(lines.Select(line => $"<p style=\"margin:0\">{line}</p>\r\n"))}<p>{number}</p></body></html>\r\n";
        return kind switch
        {
            0 => Multipart("mixed", Multipart("alternative", Base64("plain", "utf-8", Encoding.UTF8, text), QuotedPrintable("html", html)), _attachments[number / 10 % 4]),
            1 or 2 => Multipart("alternative", Base64("plain", "utf-8", Encoding.UTF8, text), Base64("html", "utf-8", Encoding.UTF8, html)),
            3 or 4 => Multipart("alternative", QuotedPrintable("plain", text), QuotedPrintable("html", html)),
            5 => QuotedPrintable("html", html),
            6 => Base64("plain", "gb18030", Gb18030, text),
            7 => Base64("html", "big5", Big5, html),
            8 => QuotedPrintable("plain", text),
            _ => $"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}",
        };
    }

    private static string Multipart(string subtype, params string[] parts)
    {
        var boundary = $"=_{subtype}_{parts.Length}";
        return $"Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\r\n\r\n{string.Concat(parts.Select(part => $"--{boundary}\r\n{part}\r\n"))}--{boundary}--\r\n";
    }

    private static string Base64(string subtype, string charset, Encoding encoding, string text) =>
        $"Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n{Lines(encoding.GetBytes(text))}\r\n";

    private static string QuotedPrintable(string subtype, string text)
    {
        var result = new StringBuilder($"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
        var column = 0;
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is (byte)'\r') continue;
            if (b is not (byte)'\n' && column >= 72)
            {
                result.Append("=\r\n");
                column = 0;
            }

            if (b is (byte)'\n') result.Append("\r\n");
            else if (b is >= 32 and <= 126 and not (byte)'=') result.Append((char)b);
            else result.Append('=').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            column = b switch { (byte)'\n' => 0, >= 32 and <= 126 and not (byte)'=' => column + 1, _ => column + 3 };
        }

        return result.ToString();
    }

    private string Attachment(int size, string type, string name, string disposition = "attachment")
    {
        var bytes = new byte[size];
        _random.NextBytes(bytes);
        return $"Content-Type: {type}; name=\"{name}\"\r\nContent-Disposition: {disposition}; filename=\"{name}\"\r\n"
            + $"Content-Transfer-Encoding: base64\r\n\r\n{Lines(bytes)}\r\n";
    }

    // Four lines in five are English, the rest Chinese; few words are frequent, as in real text.
    private string[] Text(int characters)
    {
        var lines = new List<string>();
        for (var written = 0; written < characters; written += lines[^1].Length)
        {
            lines.Add(_random.Next(5) > 0
                ? string.Join(' ', Enumerable.Range(0, 10).Select(_ => _words[(int)(Vocabulary * Math.Pow(_random.NextDouble(), 3))]))
                : string.Concat(Enumerable.Range(0, 20).Select(_ => (char)(0x4E00 + (int)(3000 * Math.Pow(_random.NextDouble(), 2))))));
        }

        return [.. lines];
    }

    private string Word() => string.Concat(Enumerable.Range(0, _random.Next(2, 10)).Select(_ => (char)('a' + _random.Next(26))));

    private static string Lines(byte[] bytes) => Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks);

    private static string Encoded(string text) => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";

    private static string Rfc5322(DateTimeOffset date) => date.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
}
