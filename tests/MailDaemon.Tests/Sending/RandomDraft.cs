using System.Globalization;
using System.Text;

namespace MailDaemon.Tests.Sending;

/// <summary>A draft as any program might store it: random fields, parts, encodings and boundaries. The same seed gives the same bytes.</summary>
internal sealed class RandomDraft
{
    private readonly Random random;
    private readonly MemoryStream bytes = new();

    private RandomDraft(int seed) => random = new Random(seed);

    public static byte[] Of(int seed) => new RandomDraft(seed).Write();

    private byte[] Write()
    {
        var fields = new List<string> { "From: Nora Sales <sales@example.test>", Pick("To: tom@sandbox.test", "TO : \"Tom, of sandbox\"\r\n <tom@sandbox.test>", "To: friends: tom@sandbox.test;") };
        Maybe(fields, "Date: Mon, 5 Jan 2026 10:00:00 +0100", "date: somewhen\r\n\tlast year");
        Maybe(fields, $"Message-ID: <{random.Next()}@other.program>", $"message-id:\r\n <{random.Next()}@other.program>");
        Maybe(fields, "Bcc: hidden@other.example", "BCC : Hidden One <hidden@other.example>,\r\n\thidden2@other.example");
        Maybe(fields, "Subject: plain", "Subject: =?utf-8?B?5oql5Lu3?=\r\n =?utf-8?B?5Y2V?=", "Subject: raw 报价 in UTF-8", "Subject: in\told folds\r\n\tof Outlook");
        Maybe(fields, "Reply-To: Orders <orders@example.test>");
        Maybe(fields, "Importance: high\r\nX-Priority: 1", "X-MS-Has-Attach:");
        Maybe(fields, "Disposition-Notification-To: Nora <sales@example.test>");
        Maybe(fields, "X-Unsent: 1", "X-Mozilla-Draft-Info: internal/draft; vcard=0; receipt=0; DSN=0; uuencode=0");
        Maybe(fields, $"X-Long: {new string('x', 900)}", $"References: {string.Join("\r\n ", Enumerable.Range(0, 40).Select(i => $"<{i}@kunde.example>"))}");
        fields = [.. fields.OrderBy(_ => random.Next())];
        fields.Insert(random.Next(fields.Count + 1), "MIME-Version: 1.0");
        foreach (var field in fields)
            Line(field);
        Entity(depth: 0);
        return bytes.ToArray();
    }

    private void Entity(int depth)
    {
        if (depth < 4 && random.Next(3) > 0)
            Multipart(depth);
        else
            Leaf();
    }

    private void Multipart(int depth)
    {
        var boundary = Pick("sep", "----=_NextPart_000_0001", "=_=", "a b'c()+_,-./:=?", "Apple-Mail=_" + random.Next().ToString(CultureInfo.InvariantCulture), new string('b', 70)) + depth.ToString(CultureInfo.InvariantCulture);
        Line($"Content-Type: multipart/{Pick("mixed", "alternative", "related; type=\"text/html\"", "signed; micalg=sha-256; protocol=\"application/pgp-signature\"")};\r\n\tboundary=\"{boundary}\"");
        Line("");
        if (random.Next(3) == 0)
            Line("This is a multi-part message.\r\n--" + boundary[..^1]);
        for (var parts = random.Next(1, 4); parts > 0; parts--)
        {
            Line("--" + boundary + Pick("", " ", "\t"));
            Entity(depth + 1);
        }

        Line($"--{boundary}--");
        if (random.Next(3) == 0)
            Line("an epilogue\r\n");
    }

    private void Leaf()
    {
        switch (random.Next(6))
        {
            case 0:
                Line("Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n");
                Line("报价单 \r\n.\r\n..dots\r\nFrom here on \r\n-- \r\nNora");
                break;
            case 1:
                Line("Content-Type: text/html; charset=gb18030\r\nContent-Transfer-Encoding: 8bit\r\n");
                bytes.Write([0x3C, 0x70, 0x3E, 0xB1, 0xA8, 0xBC, 0xDB, 0x3C, 0x2F, 0x70, 0x3E]);
                Line("");
                break;
            case 2:
                Line("Content-type: TEXT/plain; charset=\"iso-8859-1\"\r\ncontent-transfer-encoding: Quoted-Printable\r\n");
                Line("Stra=DFe =\r\n and a soft break=20\r\n" + new string('y', 990));
                break;
            case 3:
                Line("Content-Type: application/pdf;\r\n name=\"=?utf-8?Q?=E6=8A=A5=E4=BB=B7.pdf?=\"\r\nContent-Disposition: attachment; filename*=utf-8''%E6%8A%A5%E4%BB%B7.pdf\r\nContent-Transfer-Encoding: base64\r\nX-Attachment-Id: f_1\r\n");
                Line(Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('p', random.Next(5000))), Base64FormattingOptions.InsertLineBreaks));
                break;
            case 4:
                Line("Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\nBcc: stays@b.example\r\nDate: Mon, 5 Jan 2026 10:00:00 +0100\r\nSubject: inner\r\n\r\nBcc: stays too");
                break;
            default:
                Line("");
                Line("no header at all");
                break;
        }
    }

    private void Maybe(List<string> fields, params string[] choices)
    {
        if (random.Next(3) > 0)
            fields.Add(Pick(choices));
    }

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];

    private void Line(string text) => bytes.Write(Encoding.UTF8.GetBytes(text + "\r\n"));
}
