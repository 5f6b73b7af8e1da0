using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;
using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.Okki;

namespace MailDaemon.Tests.Okki;

/// <summary>Records on their way into a CRM that fails in its ways, by a clock that is moved by hand.</summary>
public sealed class TrailsTests
{
    private const string Push = "/v1/dynamic/trail/push";
    private static readonly OkkiCompany Acme = new(1, "Acme") { Contacts = [new("Ann", "ann@acme.com")] };

    [Fact]
    public async Task Mail_becomes_one_record_and_the_same_again_is_a_duplicate()
    {
        await using var okki = await StartAsync();
        var first = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));
        var (again, wasThere) = await okki.Trails.CreateAsync(Trail.Email, "msgid:1", OkkiFixture.Mail("ann@acme.com"), null, CancellationToken.None);
        var given = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com") with { CompanyId = 1 });

        (first.State, first.CompanyId, first.TrailId).ShouldBe(("synced", 1, okki.Server.Trails.ShouldHaveSingleItem().Id));
        (again.Id, again.TrailId, wasThere, given.Id).ShouldBe((first.Id, first.TrailId, true, first.Id));
        okki.Server.Trails[0].Type.ShouldBe(102);
        okki.Server.Trails[0].Content.ShouldEndWith(TrailContent.Marker("email", "msgid:1", 1));
    }

    [Fact]
    public async Task Record_whose_answer_was_lost_is_found_again_and_not_written_twice()
    {
        await using var okki = await StartAsync();
        okki.Server.Faults.DropAfter.Arm(Push, true, times: 1);
        var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));
        trail.State.ShouldBe("uncertain");

        await WorkAsync(okki, TimeSpan.FromSeconds(20));
        (okki.Store.Get(trail.Id).State, okki.Store.Get(trail.Id).TrailId).ShouldBe(("synced", okki.Server.Trails.ShouldHaveSingleItem().Id));
    }

    [Fact]
    public async Task Record_whose_answer_was_lost_is_told_by_number_and_time_where_the_list_hides_contents()
    {
        await using var okki = await StartAsync();
        okki.Server.Faults.HidesMailContents = true;
        (await okki.CreateAsync("msgid:before", OkkiFixture.Mail("ann@acme.com"))).State.ShouldBe("synced");
        okki.Clock.Advance(TimeSpan.FromSeconds(1));
        okki.Server.Faults.DropAfter.Arm(Push, true, times: 1);
        var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));
        await WorkAsync(okki, TimeSpan.FromMinutes(10));

        (okki.Store.Get(trail.Id).State, okki.Store.Get(trail.Id).TrailId).ShouldBe(("synced", okki.Server.Trails[1].Id));
        okki.Server.Trails.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Several_lost_answers_are_told_apart_by_the_order_of_ids()
    {
        await using var okki = await StartAsync();
        okki.Server.Faults.HidesMailContents = true;
        okki.Server.Faults.DropAfter.Arm(Push, true, times: 2);
        var first = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));
        okki.Clock.Advance(TimeSpan.FromSeconds(30));
        okki.Rests.End("okki " + okki.Server.Url);
        var second = await okki.CreateAsync("msgid:2", OkkiFixture.Mail("ann@acme.com"));
        second.State.ShouldBe("uncertain");
        await WorkAsync(okki, TimeSpan.FromMinutes(15));

        okki.Server.Trails.Count.ShouldBe(2);
        okki.Store.Get(first.Id).TrailId.ShouldBe(okki.Server.Trails[0].Id);
        okki.Store.Get(second.Id).TrailId.ShouldBe(okki.Server.Trails[1].Id);
    }

    [Theory]
    [InlineData(true, 102)]
    [InlineData(false, 102)]
    public async Task Record_that_others_of_its_type_and_time_may_be_waits_for_a_person_and_is_never_written_twice(bool isWritten, int type)
    {
        await using var okki = await StartAsync();
        okki.Server.Faults.HidesMailContents = true;
        if (isWritten)
            okki.Server.Faults.DropAfter.Arm(Push, true, times: 1);
        else
            okki.Server.Faults.Status.Arm(Push, 500, times: 1);
        var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));
        okki.Clock.Advance(TimeSpan.FromSeconds(20));
        okki.Server.AddTrail(1, type, "colleague");
        await WorkAsync(okki, TimeSpan.FromHours(2));

        (okki.Store.Get(trail.Id).State, okki.Store.Get(trail.Id).Reason).ShouldBe(("uncertain", "okki_unclear"));
        okki.Server.Trails.Count.ShouldBe(isWritten ? 2 : 1);
        (await okki.Trails.SettleAsync(trail.Id, isWritten, isWritten ? okki.Server.Trails[0].Id : null, CancellationToken.None)).State.ShouldBe("synced");
        okki.Server.Trails.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(101, 0)]
    [InlineData(102, -120)]
    [InlineData(102, 1200)]
    public async Task Records_of_another_type_or_time_do_not_keep_a_record_from_being_written_that_did_not_get_there(int type, int seconds)
    {
        await using var okki = await StartAsync();
        okki.Server.Faults.HidesMailContents = true;
        if (seconds < 0)
        {
            okki.Server.AddTrail(1, type, "colleague");
            okki.Clock.Advance(TimeSpan.FromSeconds(-seconds));
        }

        okki.Server.Faults.Status.Arm(Push, 500, times: 1);
        var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));
        if (seconds > 0)
            okki.Server.Faults.Status.Arm("/v1/dynamic/trail/list", 503);
        if (seconds >= 0)
        {
            okki.Clock.Advance(TimeSpan.FromSeconds(seconds));
            okki.Server.AddTrail(1, type, "colleague");
            okki.Server.Faults.Reset();
            okki.Server.Faults.HidesMailContents = true;
        }

        await WorkAsync(okki, TimeSpan.FromMinutes(30));

        okki.Store.Get(trail.Id).State.ShouldBe("synced");
        okki.Server.Trails.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"code":200,"data":{"list":[],"totalItem":2},"now":"NOW"}""")]
    [InlineData("""{"code":200,"data":{"list":[{"trail_id":7,"type":102,"content":"","create_time":"1970-01-01 00:00:00"}],"totalItem":1},"now":"NOW"}""")]
    [InlineData("""{"code":200,"data":{"list":[{"trail_id":7,"content":"【收到邮件】…","created_at":"NOW"},{"trail_id":8,"content":"","created_at":"NOW"}],"totalItem":2},"now":"NOW"}""")]
    [InlineData("""{"code":200,"data":{"list":[{"trail_id":7,"type":102,"content":"","created_at":"NOW"}],"totalItem":1}}""")]
    public async Task List_that_does_not_show_enough_leaves_it_to_a_person(string list)
    {
        await using var okki = await StartAsync();
        await using var odd = new HttpListening((call, _) => Task.FromResult<HttpAnswer?>(new HttpAnswer(200, System.Text.Encoding.UTF8.GetBytes(
            call.Path.StartsWith("/v1/oauth2", StringComparison.Ordinal) ? """{"access_token":"t"}""" : list.Replace("NOW", okki.Clock.GetUtcNow().AddHours(8).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)))));
        okki.Server.Faults.DropAfter.Arm(Push, true, times: 1);
        var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));
        await okki.Settings.ChangeAsync(new OkkiChange { BaseUrl = odd.Url, ClientSecret = new Engine.Accounts.Secret(OkkiServer.ClientSecret) }, CancellationToken.None);
        okki.Clock.Advance(TimeSpan.FromSeconds(100));
        await okki.Trails.TryAsync(trail.Id);

        (okki.Store.Get(trail.Id).State, okki.Store.Get(trail.Id).Reason).ShouldBe(("uncertain", "okki_unclear"));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Record_that_did_not_get_there_is_looked_for_long_enough_and_then_written(int status)
    {
        await using var okki = await StartAsync();
        okki.Server.Faults.Status.Arm(Push, status, times: 1);
        var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));
        trail.State.ShouldBe("uncertain");

        await WorkAsync(okki, TimeSpan.FromSeconds(80));
        okki.Store.Get(trail.Id).State.ShouldBe("uncertain", "a request that is slow may still arrive");
        okki.Server.Trails.ShouldBeEmpty();
        await WorkAsync(okki, TimeSpan.FromSeconds(60));
        okki.Store.Get(trail.Id).State.ShouldBe("synced");
        okki.Server.Trails.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_was_being_sent_when_the_daemon_died_is_looked_for_before_it_is_sent_again()
    {
        await using var okki = await StartAsync();
        okki.Server.Faults.DropAfter.Arm(Push, true, times: 1);
        var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));
        await okki.Store.WaitAsync(trail.Id, "posting", null, okki.Clock.GetUtcNow());

        await WorkAsync(okki, TimeSpan.FromSeconds(30));
        okki.Store.Get(trail.Id).State.ShouldBe("synced");
        okki.Server.Trails.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Crm_that_is_down_for_an_hour_loses_nothing_and_is_asked_ever_more_rarely()
    {
        await using var okki = await StartAsync();
        okki.Server.Faults.DropBefore.Arm("*", true);
        okki.Server.Faults.Status.Arm("/v1/company/query", 502);
        for (var i = 0; i < 20; i++)
            await okki.Store.AddAsync(Trail.Email, $"msgid:{i}", OkkiFixture.Mail("ann@acme.com"), null, CancellationToken.None);
        var before = okki.Server.Requests.Count;
        await WorkAsync(okki, TimeSpan.FromHours(1));
        okki.Store.List(["pending"], 0, 50).Total.ShouldBe(20);
        (okki.Server.Requests.Count - before).ShouldBeLessThan(40);

        okki.Server.Faults.Reset();
        await WorkAsync(okki, TimeSpan.FromMinutes(30));
        okki.Store.Counts().ShouldBe(new Dictionary<string, int>(StringComparer.Ordinal) { ["synced"] = 20 });
        okki.Server.Trails.Count.ShouldBe(20);
    }

    [Fact]
    public async Task Nothing_is_written_in_a_dry_run_nor_when_it_is_not_certain_enough()
    {
        await using var okki = await StartAsync(options => options with { DryRun = true });
        var dry = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));
        (dry.State, dry.Reason, dry.CompanyId).ShouldBe(("skipped", "dry_run", 1));
        dry.Content!.ShouldContain("Inquiry");
        var nobody = await okki.CreateAsync("msgid:2", OkkiFixture.Mail("test@gmail.com"));
        nobody.State.ShouldBe("unmatched");
        (await File.ReadAllTextAsync(Path.Combine(okki.DataDirectory, "okki-unmatched.log"))).ShouldContain("\"email\":\"test@gmail.com\"");
        okki.Server.Trails.ShouldBeEmpty();

        await okki.Settings.ChangeAsync(new OkkiChange { DryRun = false, AutoWriteMin = 0.99 }, CancellationToken.None);
        (await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"))).State.ShouldBe("review");
        (await okki.Trails.AssignAsync(dry.Id, 1, "Acme", CancellationToken.None)).State.ShouldBe("synced");
        (await okki.Trails.AssignAsync(nobody.Id, 1, "Acme", CancellationToken.None)).State.ShouldBe("synced");
        (await Should.ThrowAsync<MailException>(() => okki.Trails.RetryAsync(dry.Id, CancellationToken.None))).Code.ShouldBe("trail_state");
        okki.Server.Trails.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_the_crm_refuses_fails_with_its_words_and_may_be_tried_again()
    {
        await using var okki = await StartAsync();
        okki.Server.Faults.Business.Arm(Push, "客户已锁定", times: 1);
        var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));

        (trail.State, trail.Reason, trail.Error).ShouldBe(("failed", "okki_refused", "The CRM refused: 客户已锁定"));
        (await okki.Trails.RetryAsync(trail.Id, CancellationToken.None)).State.ShouldBe("synced");
    }

    [Fact]
    public async Task Record_that_meets_a_fault_of_ours_holds_up_no_other()
    {
        await using var okki = await StartAsync();
        await okki.Store.AddAsync(Trail.Email, "msgid:1", OkkiFixture.Mail("ann@acme.com") with { Counterparties = [null!] }, null, CancellationToken.None);
        await okki.Store.AddAsync(Trail.Email, "msgid:2", OkkiFixture.Mail("ann@acme.com"), null, CancellationToken.None);

        await WorkAsync(okki, TimeSpan.FromSeconds(5));

        okki.Store.List([], 0, 10).Trails.Select(trail => (trail.Uid, trail.State, trail.Reason)).ShouldBe([("msgid:2", "synced", null), ("msgid:1", "pending", "internal_error")]);
    }

    [Fact]
    public async Task Search_that_is_away_keeps_waiting_only_what_needs_it()
    {
        var search = new HttpListening((_, _) => Task.FromResult<HttpAnswer?>(null));
        await search.DisposeAsync();
        await using var okki = await StartAsync(options => options with { Vector = new Engine.Storage.OkkiVectorOptions { Mode = "http", Url = search.Url } });
        await okki.Store.AddAsync(Trail.Email, "msgid:1", OkkiFixture.Mail("someone@gmail.com"), null, CancellationToken.None);
        await okki.Store.AddAsync(Trail.Email, "msgid:2", OkkiFixture.Mail("ann@acme.com"), null, CancellationToken.None);

        await WorkAsync(okki, TimeSpan.FromSeconds(5));

        okki.Store.List([], 0, 10).Trails.Select(trail => (trail.Uid, trail.State, trail.Reason)).ShouldBe([("msgid:2", "synced", null), ("msgid:1", "pending", "vector_unreachable")]);
        (await okki.CreateAsync("msgid:3", OkkiFixture.Mail("ann@acme.com"))).State.ShouldBe("synced");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Uncertain_record_is_settled_by_who_looked(bool isWritten)
    {
        await using var okki = await StartAsync();
        okki.Server.Faults.DropAfter.Arm(Push, true, times: 1);
        var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));

        var settled = await okki.Trails.SettleAsync(trail.Id, isWritten, isWritten ? 77 : null, CancellationToken.None);

        settled.State.ShouldBe("synced");
        (settled.TrailId == 77, okki.Server.Trails.Count).ShouldBe((isWritten, isWritten ? 1 : 2));
        settled.Source.Mail!.Text.ShouldBeEmpty("what was written is not needed any longer");
        (await Should.ThrowAsync<MailException>(() => okki.Trails.SettleAsync(trail.Id, true, null, CancellationToken.None))).Code.ShouldBe("trail_state");
        await okki.Store.WaitAsync(trail.Id, "matched", null, okki.Clock.GetUtcNow());
        okki.Store.Get(trail.Id).State.ShouldBe("synced", "who looked for it meanwhile does not undo it");
    }

    [Fact]
    public async Task Record_made_while_the_crm_is_away_does_not_ask_it()
    {
        await using var okki = await StartAsync();
        okki.Server.Faults.Status.Arm("/v1/company/query", 502, times: 1);
        (await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"))).State.ShouldBe("pending");
        var before = okki.Server.Requests.Count;

        (await okki.CreateAsync("msgid:2", OkkiFixture.Mail("ann@acme.com"))).State.ShouldBe("pending");

        okki.Server.Requests.Count.ShouldBe(before);
        await WorkAsync(okki, TimeSpan.FromMinutes(1));
        okki.Server.Trails.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Token_is_used_until_it_is_refused_or_old_and_then_got_anew()
    {
        await using var okki = await StartAsync();
        await okki.CreateAsync("msgid:1", OkkiFixture.Mail("ann@acme.com"));
        await okki.CreateAsync("msgid:2", OkkiFixture.Mail("ann@acme.com"));
        Tokens().ShouldBe(1);
        okki.Server.ExpireTokens();
        (await okki.CreateAsync("msgid:3", OkkiFixture.Mail("ann@acme.com"))).State.ShouldBe("synced");
        Tokens().ShouldBe(2);
        okki.Clock.Advance(TimeSpan.FromHours(7.95));
        (await okki.CreateAsync("msgid:4", OkkiFixture.Mail("ann@acme.com"))).State.ShouldBe("synced");
        Tokens().ShouldBe(3);
        await okki.Settings.ChangeAsync(new OkkiChange { ClientSecret = new Engine.Accounts.Secret("wrong") }, CancellationToken.None);
        var refused = await okki.CreateAsync("msgid:5", OkkiFixture.Mail("ann@acme.com"));
        (refused.State, refused.Reason).ShouldBe(("pending", "okki_unauthorized"));
        okki.Server.Trails.Count.ShouldBe(4);

        int Tokens() => okki.Server.Requests.Count(request => request.Path == "/v1/oauth2/access_token");
    }

    [Fact]
    public async Task Requests_keep_their_pace()
    {
        var clock = new Support.ManualClock();
        using var pace = new OkkiPace(clock);
        await pace.WaitAsync(2, CancellationToken.None);
        var second = pace.WaitAsync(2, CancellationToken.None);
        second.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(499));
        second.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await second;
    }

    [Fact]
    public async Task Command_finds_and_writes_as_the_seed_did()
    {
        var script = Path.Combine(Path.GetTempPath(), $"okki-{Guid.NewGuid():n}.sh");
        await File.WriteAllTextAsync(script, """
            #!/bin/sh
            if [ "$1" = company ]; then echo '{"code":200,"data":{"list":[{"company_id":"7","name":"TKS Cable"}],"totalItem":1}}'; exit; fi
            echo "$@" >> "$0.log"
            echo '{"code":200,"data":{"trail_id":"88050591907961"}}'
            """);
        try
        {
            await using var okki = await StartAsync(options => options with { Mode = "cli", Command = "sh " + script });
            var trail = await okki.CreateAsync("msgid:1", OkkiFixture.Mail("service@tkscable.com", subject: "it's \"quoted\" $HOME"));

            (trail.State, trail.TrailId, trail.Match!.MatchType).ShouldBe(("synced", 88050591907961, "domain_partial"));
            (await File.ReadAllTextAsync(script + ".log")).ShouldContain("trail add --company-id 7 --type 102 --content 【收到邮件】\n主题：it's \"quoted\" $HOME\n");
        }
        finally
        {
            File.Delete(script);
            File.Delete(script + ".log");
        }
    }

    private static Task<OkkiFixture> StartAsync(Func<Engine.Storage.OkkiOptions, Engine.Storage.OkkiOptions>? change = null)
    {
        var okki = new OkkiFixture(change);
        okki.Server.Add(Acme);
        return Task.FromResult(okki);
    }

    /// <summary>Does what is due for a while, as the runner would.</summary>
    private static async Task WorkAsync(OkkiFixture okki, TimeSpan time)
    {
        for (var over = okki.Clock.GetUtcNow() + time; okki.Clock.GetUtcNow() < over; okki.Clock.Advance(TimeSpan.FromSeconds(5)))
        {
            foreach (var id in okki.Store.Due(100))
            {
                if (okki.Trails.RestsUntil <= okki.Clock.GetUtcNow())
                    await okki.Trails.TryAsync(id);
            }
        }
    }
}
