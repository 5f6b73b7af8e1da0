using System.Text;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Tests.Messages;

public sealed class SafeFileNameTests
{
    [Theory]
    [InlineData("../../etc/passwd", "_.._etc_passwd")]
    [InlineData("..\\..\\evil.exe", "_.._evil.exe")]
    [InlineData(".bashrc", "bashrc")]
    [InlineData("-rf", "rf")]
    [InlineData("--output=x.txt", "output=x.txt")]
    [InlineData("@file", "file")]
    [InlineData(" . -~a", "_a")]
    [InlineData("a\u202Egpj.exe", "agpj.exe")]
    [InlineData("  ", "attachment")]
    [InlineData("...", "attachment")]
    [InlineData("a:b*c?.txt", "a_b_c_.txt")]
    [InlineData("$(reboot);`id`&x|y>z.pdf", "__reboot___id__x_y_z.pdf")]
    [InlineData("a\r\nb\t.pdf", "ab.pdf")]
    [InlineData("CON.txt", "_CON.txt")]
    [InlineData("lpt1", "_lpt1")]
    [InlineData("nul.tar.gz", "_nul.tar.gz")]
    [InlineData("constant.txt", "constant.txt")]
    [InlineData("Quotation 2026-07.pdf", "Quotation 2026-07.pdf")]
    [InlineData("报价.pdf", "报价.pdf")]
    [InlineData("a\uFFFD.pdf", "a_.pdf")]
    public void Name_is_a_harmless_form_of_the_own_one(string filename, string safe)
    {
        SafeFileName.Of(filename).ShouldBe(safe);
        SafeFileName.Of(safe).ShouldBe(safe);
    }

    [Fact]
    public void Name_fits_into_a_file_system_and_keeps_its_ending()
    {
        var name = SafeFileName.Of(new string('报', 300) + ".pdf");

        Encoding.UTF8.GetByteCount(name).ShouldBeLessThanOrEqualTo(200);
        name.ShouldEndWith("报.pdf");
    }

    [Theory]
    [InlineData("quote.pdf", "quote.pdf")]
    [InlineData("Angebot für Müller.pdf", "Angebot fur Muller-")]
    [InlineData("报价.pdf", "attachment-")]
    [InlineData("Q-2107 报价单.pdf", "Q-2107-")]
    [InlineData("报价；rm.pdf", "_rm-")]
    public void Ascii_form_keeps_what_it_can(string filename, string start)
    {
        var name = SafeFileName.Ascii(filename);

        name.ShouldStartWith(start);
        name.ShouldEndWith(".pdf");
        System.Text.Ascii.IsValid(name).ShouldBeTrue();
        SafeFileName.Of(name).ShouldBe(name);
    }

    [Fact]
    public void Ascii_forms_of_different_names_differ()
    {
        string[] names = ["报价.pdf", "合同.pdf", "報價.pdf", "報价.pdf", "Müller.pdf", "Muller.pdf"];

        names.Select(SafeFileName.Ascii).Distinct(StringComparer.Ordinal).Count().ShouldBe(names.Length);
    }

    [Fact]
    public void Header_gives_both_forms()
    {
        var header = SafeFileName.ContentDisposition("报价 1\".pdf");

        header.ShouldStartWith("attachment; filename=\"");
        header.ShouldEndWith("; filename*=UTF-8''%E6%8A%A5%E4%BB%B7%201_.pdf");
    }
}
