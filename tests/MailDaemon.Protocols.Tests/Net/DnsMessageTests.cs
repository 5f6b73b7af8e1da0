using MailDaemon.Protocols.Net;

namespace MailDaemon.Protocols.Tests.Net;

public sealed class DnsMessageTests
{
    private const ushort Id = 0x1234;

    // firma.example MX 10 mx.firma.example, with the name compressed.
    private static readonly byte[] answer =
    [
        0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0,
        5, .. "firma"u8, 7, .. "example"u8, 0, 0, 15, 0, 1,
        0xC0, 12, 0, 15, 0, 1, 0, 0, 0, 60, 0, 7, 0, 10, 2, .. "mx"u8, 0xC0, 12,
    ];

    [Fact]
    public void Question_is_written_as_the_rfc_draws_it()
    {
        DnsMessage.WriteQuestion(Id, "firma.example", DnsRecordType.Mx).ShouldBe(
            [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, .. "firma"u8, 7, .. "example"u8, 0, 0, 15, 0, 1]);
    }

    [Theory]
    [InlineData("münchen.example", "xn--mnchen-3ya")]
    [InlineData("firma.example.", "firma")]
    public void Question_asks_in_ascii(string name, string label)
    {
        var question = DnsMessage.WriteQuestion(Id, name, DnsRecordType.Srv);

        question[12].ShouldBe((byte)label.Length);
        System.Text.Encoding.ASCII.GetString(question, 13, label.Length).ShouldBe(label);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..example")]
    [InlineData(".example")]
    public void Name_that_is_none_is_no_question(string name)
    {
        Should.Throw<ArgumentException>(() => DnsMessage.WriteQuestion(Id, name, DnsRecordType.Mx));
    }

    [Fact]
    public void Compressed_answer_is_read()
    {
        DnsMessage.ReadAnswer(answer, Id, DnsRecordType.Mx).ShouldBe([new DnsRecord(10, 0, 0, "mx.firma.example")]);
    }

    [Fact]
    public void Answer_to_another_question_is_none()
    {
        DnsMessage.ReadAnswer(answer, 0x1235, DnsRecordType.Mx).ShouldBeNull();
        DnsMessage.ReadAnswer(DnsMessage.WriteQuestion(Id, "firma.example", DnsRecordType.Mx), Id, DnsRecordType.Mx).ShouldBeNull("a question is no answer");
        DnsMessage.ReadAnswer([], Id, DnsRecordType.Mx).ShouldBeNull();
        DnsMessage.ReadAnswer(answer, Id, DnsRecordType.Srv).ShouldBe([]);
    }

    [Fact]
    public void Every_prefix_of_an_answer_is_read_without_a_record_or_a_fault()
    {
        for (var length = 0; length < answer.Length; length++)
        {
            var records = DnsMessage.ReadAnswer(answer.AsSpan(0, length), Id, DnsRecordType.Mx);

            (records ?? []).ShouldBeEmpty($"after {length} bytes");
        }
    }

    [Fact]
    public void Every_byte_may_be_any_other()
    {
        for (var at = 0; at < answer.Length; at++)
        {
            for (var value = 0; value < 256; value++)
            {
                var changed = (byte[])answer.Clone();
                changed[at] = (byte)value;

                Should.NotThrow(() => DnsMessage.ReadAnswer(changed, Id, DnsRecordType.Mx));
                Should.NotThrow(() => DnsMessage.ReadAnswer(changed, Id, DnsRecordType.Srv));
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 12 })] // points at itself
    [InlineData(new byte[] { 0xC0, 14, 0xC0, 12 })] // two that point at each other
    [InlineData(new byte[] { 0xFF, 0xFF })] // beyond the end
    [InlineData(new byte[] { 0xC0 })] // half a pointer
    [InlineData(new byte[] { 63, 1, 2 })] // a label beyond the end
    [InlineData(new byte[] { 0x80, 0 })] // a kind of label that there is not
    public void Name_that_never_ends_is_no_name(byte[] name)
    {
        byte[] hostile = [0x12, 0x34, 0x81, 0x80, 0, 1, 0xFF, 0xFF, 0, 0, 0, 0, .. name];

        DnsMessage.ReadAnswer(hostile, Id, DnsRecordType.Mx).ShouldBe([]);
    }

    [Fact]
    public void Counts_are_not_believed()
    {
        var lying = (byte[])answer.Clone();
        (lying[6], lying[7]) = (0xFF, 0xFF);

        DnsMessage.ReadAnswer(lying, Id, DnsRecordType.Mx)!.Count.ShouldBe(1);
    }

    [Fact]
    public void Records_beyond_the_limit_are_left()
    {
        byte[] record = [0, 0, 15, 0, 1, 0, 0, 0, 60, 0, 5, 0, 10, 1, (byte)'a', 0];
        byte[] many = [0x12, 0x34, 0x81, 0x80, 0, 0, 0x01, 0, 0, 0, 0, 0, .. Enumerable.Repeat(record, 256).SelectMany(r => r)];

        DnsMessage.ReadAnswer(many, Id, DnsRecordType.Mx)!.Count.ShouldBe(64);
    }

    [Theory]
    [InlineData(0x83, true)]
    [InlineData(0x81, false)]
    public void Truncation_is_seen(byte flags, bool isTruncated)
    {
        DnsMessage.IsTruncated([0, 0, flags]).ShouldBe(isTruncated);
        DnsMessage.IsTruncated([0]).ShouldBeFalse();
    }
}
