using System.Reflection;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Sync;
using MailDaemon.Sandbox.Net;
using MailDaemon.Tests.Support;
using Quartz;

namespace MailDaemon.Tests.Sync;

public sealed class SyncPassesTests : IAsyncLifetime
{
    private EngineFixture engine = null!;

    private SyncPasses Passes => engine.Get<SyncPasses>();

    public async Task InitializeAsync() => engine = await EngineFixture.StartAsync();

    public async Task DisposeAsync() => await engine.DisposeAsync();

    [Fact]
    public async Task Two_callers_join_one_pass()
    {
        engine.Servers.ImapFaults.Silence.Arm("LIST", true, times: 1);
        var first = Passes.RunAsync(engine.Account, CancellationToken.None);
        var second = Passes.RunAsync(engine.Account, CancellationToken.None);
        await UntilListedAsync();

        Passes.Status(engine.Account).State.ShouldBe(SyncState.Syncing);
        Passes.StartUnlessBackingOff(engine.Account, out var third).ShouldBeTrue();
        await Passes.StopAsync(engine.Account);

        (await Should.ThrowAsync<MailException>(first)).Code.ShouldBe("sync_stopped");
        (await Should.ThrowAsync<MailException>(second)).Code.ShouldBe("sync_stopped");
        await Should.ThrowAsync<OperationCanceledException>(third);
        engine.Servers.ImapCounters.CountOf("LIST").ShouldBe(1);
    }

    [Fact]
    public async Task Joined_callers_get_the_same_result()
    {
        engine.Servers.World.Users[0].Inbox.Append("Subject: one\r\n\r\nx\r\n"u8.ToArray());

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Passes.RunAsync(engine.Account, CancellationToken.None)));

        results.Count(r => r.Added == 1).ShouldBeGreaterThan(0);
        results.Distinct().Count().ShouldBe(engine.Servers.ImapCounters.CountOf("LIST"));
    }

    [Fact]
    public async Task Caller_who_wants_to_see_everything_gets_one_more_pass_shared_with_others()
    {
        engine.Servers.ImapFaults.Silence.Arm("LIST", true, times: 1);
        var running = Passes.RunAsync(engine.Account, CancellationToken.None);
        await UntilListedAsync();
        engine.Servers.World.Users[0].Inbox.Append("Subject: one\r\n\r\nx\r\n"u8.ToArray());

        var afresh = Enumerable.Range(0, 5).Select(_ => Passes.RunAfreshAsync(engine.Account, PassScope.Thorough, CancellationToken.None)).ToList();
        await Passes.StopAsync(engine.Account);
        var results = await Task.WhenAll(afresh);

        (await Should.ThrowAsync<MailException>(running)).Code.ShouldBe("sync_stopped");
        results.Count(r => r.Added == 1).ShouldBeGreaterThan(0);
        results.Distinct().Count().ShouldBe(engine.Servers.ImapCounters.CountOf("LIST") - 1);
    }

    [Fact]
    public async Task Caller_that_leaves_does_not_end_the_pass()
    {
        engine.Servers.ImapFaults.Silence.Arm("LIST", true, times: 1);
        using var leaving = new CancellationTokenSource();
        var left = Passes.RunAsync(engine.Account, leaving.Token);
        await UntilListedAsync();

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(left);
        Passes.Status(engine.Account).State.ShouldBe(SyncState.Syncing);
        await Passes.StopAsync(engine.Account);
    }

    [Fact]
    public async Task Stopped_account_is_forgotten_and_can_begin_anew()
    {
        await Passes.RunAsync(engine.Account, CancellationToken.None);
        engine.Servers.ImapFaults.Silence.Arm("LIST", true, times: 1);
        var stopped = Passes.RunAsync(engine.Account, CancellationToken.None);
        await Eventually.UntilAsync(() => engine.Servers.ImapCounters.CountOf("LIST") == 2, "the pass lists the folders");

        await Passes.StopAsync(engine.Account);

        (await Should.ThrowAsync<MailException>(stopped)).Code.ShouldBe("sync_stopped");
        Passes.Status(engine.Account).State.ShouldBe(SyncState.Idle);
        (await Passes.RunAsync(engine.Account, CancellationToken.None)).Added.ShouldBe(0);
    }

    [Fact]
    public async Task Page_of_a_pass_waits_while_a_fetch_reads()
    {
        await Passes.RunAsync(engine.Account, CancellationToken.None);
        engine.Servers.World.Users[0].Inbox.Append("Subject: one\r\n\r\nx\r\n"u8.ToArray());
        Task<PassResult> pass;
        using (await engine.Get<MailCaches>().Open(engine.Account).EnterAsync(CancellationToken.None))
        {
            pass = Passes.RunAsync(engine.Account, CancellationToken.None);
            await Eventually.UntilAsync(() => engine.Servers.ImapCounters.CountOf("FETCH") >= 2, "the pass has read the mail");

            engine.Get<MailCaches>().Open(engine.Account).List(new MessageQuery()).Total.ShouldBe(0);
        }

        (await pass).Added.ShouldBe(1);
    }

    [Fact]
    public async Task Failure_is_kept_and_the_account_left_alone_for_a_while()
    {
        engine.Servers.ImapFaults.Refuse.Arm("LIST", "NO Not now", times: 2);
        var began = engine.Clock.GetUtcNow();

        (await Should.ThrowAsync<MailException>(() => Passes.RunAsync(engine.Account, CancellationToken.None))).Code.ShouldBe("server_refused");

        var failed = Passes.Status(engine.Account);
        failed.State.ShouldBe(SyncState.Error);
        failed.Failures.ShouldBe(1);
        failed.LastError!.Code.ShouldBe("server_refused");
        (failed.NotBefore!.Value - began).TotalSeconds.ShouldBeInRange(4, 6);
        Passes.StartUnlessBackingOff(engine.Account, out _).ShouldBeFalse();

        // Whoever asks by hand is not held back, and a second failure doubles the wait.
        await Should.ThrowAsync<MailException>(() => Passes.RunAsync(engine.Account, CancellationToken.None));
        Passes.Status(engine.Account).Failures.ShouldBe(2);
        (Passes.Status(engine.Account).NotBefore!.Value - began).TotalSeconds.ShouldBeInRange(8, 12);

        engine.Clock.Advance(TimeSpan.FromSeconds(13));
        Passes.StartUnlessBackingOff(engine.Account, out var pass).ShouldBeTrue();
        await pass;
        var mended = Passes.Status(engine.Account);
        mended.State.ShouldBe(SyncState.Idle);
        mended.Failures.ShouldBe(0);
        mended.LastError.ShouldBeNull();
        mended.NotBefore.ShouldBeNull();
        mended.LastSyncTime.ShouldBe(engine.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Refused_password_asks_for_authorization_and_is_tried_seldom()
    {
        engine.Servers.ImapFaults.RefuseLogin.Arm(LoginRefusal.WrongPassword);

        (await Should.ThrowAsync<MailException>(() => Passes.RunAsync(engine.Account, CancellationToken.None))).Code.ShouldBe("auth_failed");

        Passes.Status(engine.Account).State.ShouldBe(SyncState.AuthRequired);
        (Passes.Status(engine.Account).NotBefore!.Value - engine.Clock.GetUtcNow()).TotalSeconds.ShouldBeInRange(240, 360);
    }

    [Fact]
    public async Task Account_that_is_not_there_fails_at_once()
    {
        var nobody = new AccountKey(ProviderKind.Imap, "nobody@sandbox.test");

        (await Should.ThrowAsync<MailException>(() => Passes.RunAsync(nobody, CancellationToken.None))).Code.ShouldBe("account_not_found");
    }

    [Fact]
    public async Task Timer_waits_for_its_pass_and_swallows_its_failure()
    {
        engine.Servers.ImapFaults.Refuse.Arm("LIST", "NO Not now", times: 1);

        await new PollJob(Passes).Execute(Fired(), CancellationToken.None);

        Passes.Status(engine.Account).Failures.ShouldBe(1);
    }

    [Fact]
    public async Task Timer_passes_over_an_account_that_is_left_alone()
    {
        engine.Servers.ImapFaults.Refuse.Arm("LIST", "NO Not now", times: 1);
        await Should.ThrowAsync<MailException>(() => Passes.RunAsync(engine.Account, CancellationToken.None));

        await new PollJob(Passes).Execute(Fired(), CancellationToken.None);
        engine.Servers.ImapCounters.CountOf("LIST").ShouldBe(1);

        engine.Clock.Advance(TimeSpan.FromSeconds(7));
        await new PollJob(Passes).Execute(Fired(), CancellationToken.None);
        engine.Servers.ImapCounters.CountOf("LIST").ShouldBe(2);
        Passes.Status(engine.Account).State.ShouldBe(SyncState.Idle);
    }

    private Task UntilListedAsync() => Eventually.UntilAsync(() => engine.Servers.ImapCounters.CountOf("LIST") == 1, "the pass lists the folders");

    private IJobExecutionContext Fired()
    {
        var context = DispatchProxy.Create<IJobExecutionContext, Firing>();
        ((Firing)(object)context).Map = PollJob.Describe(engine.Account);
        return context;
    }

    /// <summary>What Quartz hands to a job, as far as the job looks at it.</summary>
    public class Firing : DispatchProxy
    {
        public JobDataMap? Map { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == "get_MergedJobDataMap" ? Map : throw new NotSupportedException(targetMethod.Name);
    }
}
