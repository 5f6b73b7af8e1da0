using System.Text;
using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class CharsetsTests
{
    [Theory]
    [InlineData("gb2312", "C4E3BAC3", "你好")]
    [InlineData("GBK", "94D0", "斝")]
    [InlineData("x-gbk", "C4E3", "你")]
    [InlineData("gb18030", "8139EE39", "㐀")]
    [InlineData("gb2312", "8139EE39", "㐀")]
    [InlineData("hz-gb-2312", "7E7B44633A437E7D", "你好")]
    [InlineData("big5", "A741A66E", "你好")]
    [InlineData("ks_c_5601-1987", "BEC8B3E7", "안녕")]
    [InlineData("euc-kr", "8141", "갂")]
    [InlineData("shift_jis", "82B182F1", "こん")]
    [InlineData("cp932", "82B1", "こ")]
    [InlineData("euc-jp", "A4B3A4F3", "こん")]
    [InlineData("iso-2022-jp", "1B2442243324731B2842", "こん")]
    [InlineData("ISO-8859-1", "80E4", "€ä")]
    [InlineData("us-ascii", "C3A4", "ä")]
    [InlineData("iso-8859-15", "A4", "€")]
    [InlineData("iso-8859-10", "A1", "Ą")]
    [InlineData("iso-8859-14", "A1", "Ḃ")]
    [InlineData("iso-8859-16", "AA", "Ș")]
    [InlineData("ISO_8859-1:1987", "E4", "ä")]
    [InlineData("windows-1251", "CFF0E8E2E5F2", "Привет")]
    [InlineData("cp-1251", "CF", "П")]
    [InlineData("koi8-r", "F0D2C9D7C5D4", "Привет")]
    [InlineData("windows-874", "CAC7D1CA", "สวัส")]
    [InlineData("utf-7", "2B5432412D2C20612B2D62", "你, a+b")]
    [InlineData("utf-8", "E4BDA0FF", "你\uFFFD")]
    [InlineData("utf8", "E4BDA0", "你")]
    [InlineData("\"utf-8\"", "E4BDA0", "你")]
    [InlineData("3Dutf-8", "E4BDA0", "你")]
    [InlineData("utf-16", "604F7D59", "你好")]
    [InlineData("utf-16", "FEFF4F60", "你")]
    [InlineData("gb2312", "EFBBBFE4BDA0", "你")]
    [InlineData("no-such-charset", "E4BDA0", "你")]
    [InlineData("unknown-8bit", "C4E3BAC3A3ACCEC4BCFED2D1CAD5B5BD", "你好，文件已收到")]
    public void Named_charset_is_decoded(string charset, string hex, string text)
    {
        Charsets.Decode(Convert.FromHexString(hex), charset).ShouldBe(text);
    }

    [Theory]
    [InlineData("utf-8", "你好 Grüße Привет")]
    [InlineData("gb18030", "您好，附件是我们公司的最新报价单，请查收。如有问题请随时联系。")]
    [InlineData("gb18030", "关于合同的问题")]
    [InlineData("big5", "您好，附件是我們公司的最新報價單，請查收。如有問題請隨時聯繫。")]
    [InlineData("shift_jis", "お世話になっております。見積書を添付いたしますので、ご確認ください。")]
    [InlineData("euc-jp", "お世話になっております。見積書を添付いたしますので、ご確認ください。")]
    [InlineData("iso-2022-jp", "お世話になっております。")]
    [InlineData("euc-kr", "안녕하세요. 견적서를 첨부하오니 확인하여 주시기 바랍니다. 감사합니다.")]
    [InlineData("windows-1252", "Sehr geehrte Damen und Herren, anbei die gewünschte Übersicht für März – viele Grüße")]
    [InlineData("windows-1252", "Pièce jointe : référence à vérifier, l’été dernier")]
    [InlineData("windows-1252", "Größe")]
    [InlineData("windows-1252", "maçã")]
    [InlineData("windows-1252", "l’été")]
    [InlineData("windows-1252", "“quoted”")]
    [InlineData("gb18030", "报价单.xls")]
    [InlineData("gb18030", "web版")]
    [InlineData("gb18030", "图片1.jpg")]
    [InlineData("utf-8", "Łódź żółw ž ı ő")]
    [InlineData("utf-8", "или если Ελλάδα")]
    [InlineData("utf-8", "é")]
    [InlineData("gb18030", "张三")]
    [InlineData("windows-1251", "Здравствуйте, во вложении наше коммерческое предложение.")]
    [InlineData("koi8-r", "Здравствуйте, во вложении наше коммерческое предложение.")]
    public void Unnamed_charset_is_guessed(string charset, string text)
    {
        var encoding = charset == "utf-8" ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(charset)!;

        Charsets.Decode(encoding.GetBytes(text), null).ShouldBe(text);
    }

    [Theory]
    [InlineData("iso-2022-jp", "お見積書をお送りします。")]
    [InlineData("gb2312", "您好，附件是报价单")]
    [InlineData("windows-1252", "Grüße aus Köln")]
    [InlineData("gb2312", "für Müller")]
    [InlineData("gb2312", "café")]
    [InlineData("iso-8859-1", "é")]
    [InlineData("koi8-r", "Привет")]
    [InlineData("us-ascii", "Größe")]
    [InlineData("utf-16", "Grüße aus Köln")]
    public void Valid_utf8_is_read_as_such_whatever_the_label(string charset, string text)
    {
        var read = Charsets.Read(Encoding.UTF8.GetBytes(text), charset, isPage: false);

        read.Text.ShouldBe(text);
        read.Defect.ShouldBe($"The charset {(charset switch { "gb2312" => "gb18030", "iso-8859-1" => "windows-1252", "utf-16" => "utf-16le", _ => charset })} contradicts the text; it was read as utf-8.");
    }

    [Theory]
    [InlineData("utf-8", "gb18030", "您好，合同已经寄出，请查收。")]
    [InlineData("utf-8", "windows-1252", "Sehr geehrte Damen und Herren, viele Grüße aus Köln, März")]
    [InlineData("us-ascii", "shift_jis", "お世話になっております。見積書を添付いたします。")]
    [InlineData("iso-8859-1", "gb18030", "您好，附件是我们公司的最新报价单，请查收。")]
    [InlineData("iso-8859-1", "windows-1251", "Здравствуйте, во вложении наше коммерческое предложение.")]
    [InlineData("iso-2022-jp", "big5", "您好，附件是我們公司的最新報價單，請查收。")]
    [InlineData("x-no-such-thing", "windows-1253", "Καλημέρα σας, επισυνάπτεται η προσφορά μας για την παραγγελία.")]
    [InlineData("x-no-such-thing", "windows-1255", "שלום, מצורפת הצעת המחיר שלנו להזמנה. תודה רבה")]
    [InlineData(null, "windows-874", "เรียนคุณลูกค้า ขอแนบใบเสนอราคามาพร้อมนี้")]
    [InlineData(null, "windows-1250", "Dzień dobry, w załączniku przesyłamy ofertę. Proszę o potwierdzenie zamówienia, dziękuję. Zażółć gęślą jaźń")]
    public void Bytes_that_contradict_the_label_are_guessed_at(string? label, string charset, string text)
    {
        var read = Charsets.Read(CodePagesEncodingProvider.Instance.GetEncoding(charset)!.GetBytes(text), label, isPage: false);

        read.Text.ShouldBe(text);
        read.Defect.ShouldNotBeNull().ShouldContain("read as");
    }

    [Theory]
    [InlineData("us-ascii")]
    [InlineData("utf-8")]
    [InlineData("iso-8859-1")]
    [InlineData(null)]
    public void Iso_2022_is_known_by_its_escapes(string? label)
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding(50220)!.GetBytes("先日お願いしました件");

        Charsets.Decode(bytes, label).ShouldBe("先日お願いしました件");
    }

    [Theory]
    [InlineData("gb2312", "图片")]
    [InlineData("gbk", "陆先生")]
    [InlineData("big5", "您好")]
    [InlineData("windows-1252", "Ä–ÖÜ ––––––––––––––––––––––")]
    [InlineData("iso-8859-7", "ΑΒΓ")]
    [InlineData("windows-1251", "ВНИМАНИЕ")]
    [InlineData("koi8-r", "ВНИМАНИЕ")]
    [InlineData("windows-874", "แกง")]
    [InlineData("euc-kr", "하하")]
    public void Label_that_fits_is_followed(string charset, string text)
    {
        var read = Charsets.Read(CodePagesEncodingProvider.Instance.GetEncoding(charset)!.GetBytes(text), charset, isPage: false);

        read.ShouldBe(new DecodedText(text));
    }

    [Fact]
    public void Page_whose_label_contradicts_it_is_read_as_it_says_itself()
    {
        byte[] page = [.. "<?xml version='1.0' encoding='big5'?><p>"u8, .. CodePagesEncodingProvider.Instance.GetEncoding("big5")!.GetBytes("您好，附件"), .. "</p>"u8];

        var read = Charsets.Read(page, "utf-8", isPage: true);

        read.Text.ShouldEndWith("<p>您好，附件</p>");
        read.Defect.ShouldBe("The charset utf-8 contradicts the text; it was read as big5.");
    }

    [Fact]
    public void Charset_is_guessed_from_what_stands_behind_a_long_english_beginning()
    {
        byte[] text = [.. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("All of this is English. ", 2000))), .. CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!.GetBytes("合同已经寄出，请查收。")];

        Charsets.Decode(text, "utf-8").ShouldEndWith("合同已经寄出，请查收。");
    }

    [Fact]
    public void Page_without_a_charset_is_read_as_its_meta_element_says()
    {
        var page = "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=big5\"></head><p>"u8.ToArray().Concat(Convert.FromHexString("A741")).ToArray();

        Charsets.DecodeHtml(page, null).ShouldEndWith("<p>你");
        Charsets.DecodeHtml(page, "x-unknown").ShouldEndWith("<p>你");
        Charsets.DecodeHtml(page, "shift_jis").ShouldEndWith("<p>ｧA");
    }

    [Fact]
    public void Every_byte_pair_is_decoded_in_every_charset()
    {
        string[] names = ["gb2312", "big5", "shift_jis", "euc-jp", "iso-2022-jp", "iso-2022-kr", "euc-kr", "hz-gb-2312", "utf-7", "utf-8", "utf-16", "iso-8859-8-i", "x-mac-cyrillic", "?", ""];
        foreach (var name in names)
        {
            for (var lead = 0; lead < 256; lead++)
            {
                for (var trail = 0; trail < 256; trail += 3)
                {
                    Charsets.Decode([(byte)'a', (byte)lead, (byte)trail], name).ShouldNotBeNull();
                }
            }
        }
    }
}
