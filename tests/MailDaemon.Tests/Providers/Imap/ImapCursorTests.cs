using MailDaemon.Engine.Providers.Imap;

namespace MailDaemon.Tests.Providers.Imap;

public sealed class ImapCursorTests
{
    private static readonly DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

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
    [InlineData(17, 20)]
    [InlineData(23, 20)]
    [InlineData(2, 0)]
    public void Cache_that_holds_other_than_the_server_counts_is_compared_and_read_from_the_start_once(int held, uint exists)
    {
        var cursor = new ImapCursor { UidValidity = 7, UidNext = 100, ModSeq = 50, Backfill = 1, Baseline = 10, Exists = exists };
        var same = new ImapFolderState(7, 100, 50, exists, HasVanished: true);

        cursor.AccountsFor(held, now).ShouldBeFalse();
        var recounting = cursor.Recounting(same, held, now);

        ImapSyncPlan.Choose(recounting, same).ShouldBe(new ImapSyncPlan(Reset: false, ImapReconcile.Everything, ReadsNew: false, ReadsBackfill: true));
        var recounted = recounting with { ModSeq = 50, Exists = exists, Backfill = 1 };
        recounted.AccountsFor(held, now.AddHours(23)).ShouldBeTrue("what is counted and not given is let be for a day");
        recounted.AccountsFor(held, now.AddHours(25)).ShouldBeFalse();
        recounted.AccountsFor(held + 1, now).ShouldBeFalse("another number is another matter");
        recounted.AccountsFor((int)exists, now).ShouldBeTrue();
        recounted.Recounting(same, (int)exists, now).ShouldBe(cursor, "once it was right, the same number is a new matter");
    }

    [Fact]
    public void Number_of_messages_says_nothing_where_the_folder_changed_or_not_all_of_it_is_wanted()
    {
        var cursor = new ImapCursor { UidValidity = 7, UidNext = 100, ModSeq = 50, Backfill = 1, Baseline = 10, Exists = 20 };

        cursor.Recounting(new ImapFolderState(7, 101, 51, 21, HasVanished: true), held: 19, now).ShouldBe(cursor);
        (cursor with { Horizon = new DateOnly(2026, 1, 1) }).AccountsFor(3, now).ShouldBeTrue();
        (cursor with { Backfill = 50 }).AccountsFor(3, now).ShouldBeTrue();
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
