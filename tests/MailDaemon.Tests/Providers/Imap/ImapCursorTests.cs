using MailDaemon.Engine.Providers.Imap;

namespace MailDaemon.Tests.Providers.Imap;

public sealed class ImapCursorTests
{
    [Fact]
    public void Written_cursor_is_read_again()
    {
        var cursor = new ImapCursor
        {
            UidValidity = 4294967295, UidNext = 4294967295, ModSeq = 18446744073709551615, Backfill = 3, Baseline = 2, Exists = 1, BackfillTotal = 9,
        };

        ImapCursor.Read(cursor.Write()).ShouldBe(cursor);
    }

    [Fact]
    public void Form_stays_readable_for_later_versions()
    {
        var cursor = ImapCursor.Read("""{"UidValidity":7,"UidNext":100,"ModSeq":50,"Backfill":1,"Baseline":10,"Exists":20,"BackfillTotal":0,"Later":true}""");

        cursor.ShouldBe(new ImapCursor { UidValidity = 7, UidNext = 100, ModSeq = 50, Backfill = 1, Baseline = 10, Exists = 20 });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"UidValidity":7""")]
    [InlineData("""{"UidValidity":7,"UidNext":100}""")]
    [InlineData("""{"UidValidity":-1,"UidNext":100,"Backfill":1,"Baseline":1}""")]
    [InlineData("""{"UidValidity":4294967296,"UidNext":100,"Backfill":1,"Baseline":1}""")]
    [InlineData("""{"UidValidity":"7","UidNext":100,"Backfill":1,"Baseline":1}""")]
    [InlineData("https://graph.microsoft.com/v1.0/me/messages/delta?$deltatoken=x")]
    public void Garbage_is_no_cursor(string? text)
    {
        ImapCursor.Read(text).ShouldBeNull();
    }
}
