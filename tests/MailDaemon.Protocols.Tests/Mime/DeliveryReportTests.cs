using MailDaemon.Protocols.Mime;

namespace MailDaemon.Protocols.Tests.Mime;

public sealed class DeliveryReportTests
{
    private const string Bounce = """
        Subject: Undelivered
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b

        Sorry.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.org
        Original-Envelope-Id: E42

        Original-Recipient: rfc822; Li@example.org
        Final-Recipient: rfc822; li@mail.example.org
        Action: FAILED
        Status: 5.1.1 (no such user)
        Diagnostic-Code: smtp; 550 5.1.1 no
         such user

        Final-Recipient: rfc822; <wang@example.org>
        Action: delayed
        Status: 4.4.1
        --b
        Content-Type: text/rfc822-headers

        Message-ID: <1@example.com>
        Subject: Quotation
        --b--
        """;

    [Fact]
    public void Bounce_tells_message_recipients_and_reasons()
    {
        var report = DeliveryReport.Read(Mail.Parse(Bounce))!;

        report.OriginalMessageId.ShouldBe("<1@example.com>");
        report.EnvelopeId.ShouldBe("E42");
        report.ReportingServer.ShouldBe("mx.example.org");
        report.Recipients.ShouldBe(
        [
            new RecipientReport { Address = "Li@example.org", Action = "failed", Status = "5.1.1", Diagnostic = "550 5.1.1 no such user" },
            new RecipientReport { Address = "wang@example.org", Action = "delayed", Status = "4.4.1" },
        ]);
        report.Recipients.Select(each => each.IsFailure).ShouldBe([true, false]);
    }

    [Fact]
    public void Returned_message_gives_its_identifier()
    {
        var bounce = Bounce.Replace("text/rfc822-headers", "message/rfc822", StringComparison.Ordinal);

        DeliveryReport.Read(Mail.Parse(bounce))!.OriginalMessageId.ShouldBe("<1@example.com>");
    }

    [Fact]
    public void Mail_without_a_report_has_none()
    {
        DeliveryReport.Read(Mail.Parse("Subject: x\n\nAction: failed\n")).ShouldBeNull();
        DeliveryReport.Read(Mail.Parse("Content-Type: message/delivery-status\n\nno fields\n\nat all\n")).ShouldBeNull();
    }

    [CorpusFact]
    public void Real_reports_are_read()
    {
        var reports = MimeCorpus.MessageNames().Select(name => DeliveryReport.Read(MimeParser.Parse(MimeCorpus.Read(name)))).OfType<DeliveryReport>().ToList();

        reports.Count.ShouldBeGreaterThan(10);
        reports.ShouldAllBe(report => report.Recipients.All(each => each.Address.Length > 0));
    }
}
