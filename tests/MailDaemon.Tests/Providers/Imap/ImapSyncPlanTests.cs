using MailDaemon.Engine.Providers.Imap;

namespace MailDaemon.Tests.Providers.Imap;

public sealed class ImapSyncPlanTests
{
    private static readonly ImapCursor cursor = new() { UidValidity = 7, UidNext = 100, ModSeq = 50, Backfill = 1, Baseline = 10, Exists = 20 };

    private static readonly ImapFolderState same = new(UidValidity: 7, UidNext: 100, ModSeq: 50, Exists: 20, HasVanished: true);

    [Fact]
    public void First_contact_reads_all_there_is()
    {
        ImapSyncPlan.Choose(null, same).ShouldBe(new ImapSyncPlan(Reset: false, ImapReconcile.None, ReadsNew: false, ReadsBackfill: true));
    }

    [Fact]
    public void First_contact_with_an_empty_folder_does_nothing()
    {
        ImapSyncPlan.Choose(null, same with { Exists = 0 }).IsNothing.ShouldBeTrue();
    }

    [Fact]
    public void Unchanged_folder_gives_nothing()
    {
        ImapSyncPlan.Choose(cursor, same).IsNothing.ShouldBeTrue();
    }

    [Theory]
    [InlineData(8, 100, 20, true)] // another UIDVALIDITY
    [InlineData(6, 500, 20, true)]
    [InlineData(7, 99, 20, true)] // UIDNEXT went down: the ids are not those of before
    [InlineData(8, 1, 0, false)]
    public void Void_ids_give_reset(uint uidValidity, uint uidNext, uint exists, bool readsBackfill)
    {
        var plan = ImapSyncPlan.Choose(cursor, same with { UidValidity = uidValidity, UidNext = uidNext, Exists = exists });

        plan.ShouldBe(new ImapSyncPlan(Reset: true, ImapReconcile.None, ReadsNew: false, readsBackfill));
    }

    [Theory]
    [InlineData(51, 20, 100, true, ImapReconcile.ChangesAndVanished)] // flags
    [InlineData(51, 20, 100, false, ImapReconcile.ChangesThenUids)]
    [InlineData(50, 19, 100, true, ImapReconcile.ChangesAndVanished)] // an expunge that raised no mod-sequence
    [InlineData(50, 19, 100, false, ImapReconcile.ChangesThenUids)]
    [InlineData(50, 20, 101, true, ImapReconcile.ChangesAndVanished)] // one came, one went, no mod-sequence
    [InlineData(49, 20, 100, true, ImapReconcile.Everything)] // mod-sequences that went down
    [InlineData(0, 20, 100, false, ImapReconcile.Everything)] // a server without them
    public void State_of_the_server_says_how_changes_are_found(ulong modSeq, uint exists, uint uidNext, bool hasVanished, object expected)
    {
        var plan = ImapSyncPlan.Choose(cursor, new ImapFolderState(7, uidNext, modSeq, exists, hasVanished));

        plan.Reconcile.ShouldBe((ImapReconcile)expected);
        plan.Reset.ShouldBeFalse();
    }

    [Fact]
    public void Mod_sequences_that_appear_later_are_not_trusted_for_the_time_before()
    {
        ImapSyncPlan.Choose(cursor with { ModSeq = 0 }, same).Reconcile.ShouldBe(ImapReconcile.Everything);
    }

    [Fact]
    public void Folder_that_stays_empty_has_nothing_to_compare()
    {
        var plan = ImapSyncPlan.Choose(cursor with { ModSeq = 0, Exists = 0 }, same with { ModSeq = 0, Exists = 0 });

        plan.IsNothing.ShouldBeTrue();
    }

    [Fact]
    public void Folder_without_mod_sequences_that_was_emptied_is_compared()
    {
        ImapSyncPlan.Choose(cursor with { ModSeq = 0 }, same with { ModSeq = 0, Exists = 0 }).Reconcile.ShouldBe(ImapReconcile.Everything);
    }

    [Fact]
    public void New_mail_is_read()
    {
        var plan = ImapSyncPlan.Choose(cursor, same with { UidNext = 101, ModSeq = 51, Exists = 21 });

        plan.ShouldBe(new ImapSyncPlan(Reset: false, ImapReconcile.ChangesAndVanished, ReadsNew: true, ReadsBackfill: false));
    }

    [Fact]
    public void First_pass_that_was_cut_off_goes_on()
    {
        var plan = ImapSyncPlan.Choose(cursor with { Backfill = 40 }, same);

        plan.ShouldBe(new ImapSyncPlan(Reset: false, ImapReconcile.None, ReadsNew: false, ReadsBackfill: true));
        plan.IsNothing.ShouldBeFalse();
    }

    [Fact]
    public void Beginning_takes_everything_there_as_baseline()
    {
        ImapSyncPlan.Begin(same, since: null, horizon: null).ShouldBe(new ImapCursor
        {
            UidValidity = 7, UidNext = 100, ModSeq = 50, Backfill = 100, Baseline = 100, Exists = 20, BackfillTotal = 20,
        });
        ImapSyncPlan.Begin(same with { Exists = 0 }, since: null, horizon: null).IsBackfilled.ShouldBeTrue();
    }
}
