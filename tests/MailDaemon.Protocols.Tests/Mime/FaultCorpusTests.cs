using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

/// <summary>Mails that other programs misread (corpus/faults), as people read them.</summary>
public sealed class FaultCorpusTests
{
    [CorpusFact]
    public void Each_is_read_as_people_read_it()
    {
        Read("06a-subject-tab-fold").Headers.Subject.ShouldNotBeNullOrWhiteSpace();
        Read("07a-from-bare-comma").Headers.From.ShouldBe([new Mailbox("Hansen, Bob", "bob@example.test")]);
        Read("07d-cc-without-at").Headers.Cc.ShouldBe([new Mailbox("Verteiler", ""), new Mailbox("", "alice@example.test")]);
        var blank = Read("08-blank-plain-part").Content;
        (blank.IsTextWhole, blank.Html!.Contains("RE-88231")).ShouldBe((false, true));
        Read("09a-says-iso2022jp-is-utf8").TextBody.ShouldBe("お見積書をお送りします。\n");
        Read("09a-says-iso2022jp-is-utf8").Defects.ShouldBe(["The charset iso-2022-jp contradicts the text; it was read as utf-8."]);
        Read("09c-says-utf8-is-gbk").TextBody.ShouldBe("您好，合同已经寄出，请查收。\n");
        Read("09c-says-utf8-is-gbk").Defects.ShouldBe(["The charset utf-8 contradicts the text; it was read as gb18030."]);
        Read("10a-filename-raw-gbk").Attachments.Select(part => part.Filename).ShouldBe(["合同扫描件.pdf"]);
        Read("11-filename-unquoted-blanks").Attachments.Select(part => part.Filename).ShouldBe(["Offer Kiel 2026.pdf"]);
        Read("12a-ct-no-semicolon").HtmlBody.ShouldBe("<p>合同已经寄出</p>\n");
        Read("12d-multipart-no-boundary").TextBody!.ShouldContain("The container leaves on Monday.");
        Read("13a-markdown-only").TextBody!.ShouldStartWith("# Minutes");
        Read("13a-markdown-only").Attachments.ShouldBeEmpty();
        Read("14-apple-inline-pdf").Attachments.Select(part => part.Filename).ShouldBe(["Invoice 88231.pdf"]);
        Read("14-apple-inline-pdf").Inline.ShouldBeEmpty();
        Read("19a-date").Headers.Date.ShouldBe(new DateTimeOffset(2026, 1, 5, 10, 0, 0, TimeSpan.FromHours(8)));
        Read("19c-date").Headers.Date.ShouldBe(new DateTimeOffset(2026, 1, 5, 10, 0, 0, TimeSpan.Zero));
        Read("19c-date").Defects.ShouldBe(["The Date field names no time zone; it was read as UTC."]);
        Read("21-japanese-hard-wrap").TextBody.ShouldBe("先日お願いしました街路灯の見\n積書を至急お送りください。\n");
        Read("26-eml-attached").Attachments.ShouldHaveSingleItem().Embedded!.Headers.Subject.ShouldBe("原始询盘");
    }

    private static MimeMessage Read(string name) => MimeParser.Parse(File.ReadAllBytes(Path.Combine(MimeCorpus.Root!, "..", "faults", name + ".eml")));
}
