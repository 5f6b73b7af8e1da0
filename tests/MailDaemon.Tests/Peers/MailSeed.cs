using System.Globalization;
using System.Text;

namespace MailDaemon.Tests.Peers;

/// <summary>A made-up mail and what a reader should find in it. Flags with spaces between.</summary>
public sealed record SeedMail(
    byte[] Bytes, string Subject, string FromName, string FromAddress, DateTimeOffset Date, string MessageId, string Flags, string? AttachmentName);

/// <summary>
/// Made-up business mail, the same for the same number on every machine: English and Chinese, plain, alternative, with attachment,
/// quoted-printable, base64 and GB18030, some in threads. Small: one to five kilobytes.
/// </summary>
public static class MailSeed
{
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!;
    private static readonly DateTimeOffset First = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private static readonly (string Name, string Address)[] People =
    [
        ("Anna Keller", "anna.keller@keller-gmbh.test"), ("王小明", "wang.xiaoming@shenzhen-led.test"), ("José Álvarez", "jose@alvarez.test"),
        ("李芳", "li.fang@ningbo-fasteners.test"), ("Priya Nair", "priya@nair-textiles.test"), ("Tom O'Brien", "tom@obrien-imports.test"),
        ("陈伟", "chen.wei@yiwu-trade.test"),
    ];

    private static readonly string[] Subjects =
    [
        "Quotation for LED panels", "关于报价单的确认", "Invoice {0} for your order", "样品已寄出，请查收", "Meeting next Tuesday",
        "询价：不锈钢螺丝 M8", "Shipping documents", "发货通知 {0}", "Thank you for the samples", "合同修改意见",
    ];

    private static readonly string[] Sentences =
    [
        "Please find our best price for 2,000 pieces below; it is valid until the end of the month.",
        "您好，附件是最新的报价单，请确认交货期和付款方式。", "Could you confirm the packing list before Friday?",
        "样品今天已经通过顺丰寄出，预计三天内到达。", "The goods left Ningbo on Monday and should reach Hamburg in four weeks.",
        "如有任何问题，请随时与我联系，谢谢！", "We would like to change the colour of the second item to warm white.",
        "贵公司的订单已经安排生产，预计下周完成。", "Kind regards, and have a good weekend.",
    ];

    public static SeedMail Create(int number)
    {
        var (name, address) = People[number % People.Length];
        var subject = Subjects[number % Subjects.Length].Replace("{0}", $"INV-{10000 + number}", StringComparison.Ordinal);
        var thread = number % 5 == 4;
        if (thread) subject = "Re: " + Subjects[(number - 1) % Subjects.Length].Replace("{0}", $"INV-{9999 + number}", StringComparison.Ordinal);
        var date = First.AddMinutes(7 * number);
        var attachment = (number % 6) switch { 4 => $"quotation-{number}.pdf", 5 => $"报价单-{number}.csv", _ => null };

        var mail = new StringBuilder()
            .Append("Return-Path: <").Append(address).Append(">\r\n")
            .Append("From: ").Append(Word(name)).Append(" <").Append(address).Append(">\r\n")
            .Append("To: \"Sales\" <sales@").Append(DovecotServer.Domain).Append(">\r\n")
            .Append("Subject: ").Append(Word(subject)).Append("\r\n")
            .Append("Date: ").Append(date.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture)).Append("\r\n")
            .Append("Message-ID: ").Append(MessageId(number)).Append("\r\n");
        if (thread) mail.Append("In-Reply-To: ").Append(MessageId(number - 1)).Append("\r\nReferences: ").Append(MessageId(number - 1)).Append("\r\n");
        mail.Append("MIME-Version: 1.0\r\n").Append(Body(number, attachment));
        return new SeedMail(
            Encoding.ASCII.GetBytes(mail.ToString()), subject, name, address, date, MessageId(number), Flags(number), attachment);
    }

    private static string MessageId(int number) => $"<seed-{number.ToString(CultureInfo.InvariantCulture)}@{DovecotServer.Domain}>";

    private static string Flags(int number)
    {
        List<string> flags = [];
        if (number % 3 != 0) flags.Add("\\Seen");
        if (number % 11 == 0) flags.Add("\\Answered");
        if (number % 17 == 0) flags.Add("\\Flagged");
        return string.Join(' ', flags);
    }

    private static string Body(int number, string? attachment)
    {
        var sentences = Enumerable.Range(number, 3 + (number % 7)).Select(i => Sentences[i % Sentences.Length]).ToArray();
        var text = string.Join("\r\n\r\n", sentences) + "\r\n";
        if (attachment is not null)
        {
            return Multipart("mixed", number, Part("text/plain", "utf-8", "base64", text), Attachment(attachment, number));
        }

        return (number % 4) switch
        {
            0 => Part("text/plain", "utf-8", "quoted-printable", text),
            1 => Part("text/plain", "gb18030", "base64", text),
            _ => Multipart("alternative", number, Part("text/plain", "utf-8", "quoted-printable", text), Part("text/html", "utf-8", "base64", Html(sentences))),
        };
    }

    private static string Html(string[] sentences) =>
        "<html><body>\r\n" + string.Concat(sentences.Select(s => $"<p style=\"font-family: Arial\">{s}</p>\r\n")) + "</body></html>\r\n";

    private static string Multipart(string subtype, int number, params string[] parts) =>
        $"Content-Type: multipart/{subtype}; boundary=\"=_seed_{number}\"\r\n\r\n"
        + string.Concat(parts.Select(part => $"--=_seed_{number}\r\n{part}\r\n")) + $"--=_seed_{number}--\r\n";

    private static string Part(string type, string charset, string encoding, string text)
    {
        var bytes = charset.Equals("gb18030", StringComparison.Ordinal) ? Gb18030.GetBytes(text) : Encoding.UTF8.GetBytes(text);
        var body = encoding.Equals("base64", StringComparison.Ordinal)
            ? Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks)
            : QuotedPrintable(text);
        return $"Content-Type: {type}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n";
    }

    // The name as RFC 2231 says; an ASCII name comes out as itself.
    private static string Attachment(string name, int number) =>
        $"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        + $"Content-Disposition: attachment; filename*=utf-8''{Uri.EscapeDataString(name)}\r\n\r\n"
        + Convert.ToBase64String(Enumerable.Range(0, 1500).Select(i => (byte)(i * (number + 7))).ToArray(), Base64FormattingOptions.InsertLineBreaks)
        + "\r\n";

    // RFC 2047: words of at most 75 characters; twelve characters of three bytes each make 64.
    private static string Word(string text) => text.All(char.IsAscii)
        ? text
        : string.Join("\r\n ", text.Chunk(12).Select(part => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(part))}?="));

    // RFC 2045 §6.7: lines of at most 76 characters.
    private static string QuotedPrintable(string text)
    {
        var result = new StringBuilder();
        foreach (var line in text.Split("\r\n"))
        {
            var column = 0;
            foreach (var b in Encoding.UTF8.GetBytes(line))
            {
                var code = b is >= 33 and <= 126 and not (byte)'=' or (byte)' ' ? ((char)b).ToString() : $"={b:X2}";
                if (column + code.Length > 75)
                {
                    result.Append("=\r\n");
                    column = 0;
                }

                result.Append(code);
                column += code.Length;
            }

            result.Append("\r\n");
        }

        return result.ToString();
    }
}
