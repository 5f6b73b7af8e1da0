using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.OAuth;
using MailDaemon.Engine.Sync;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.Sync;

/// <summary>The timer of an account whose sign-in has ended.</summary>
public sealed class EndedConsentTests
{
    private static readonly AccountKey Gina = new(ProviderKind.Gmail, "gina@gmail.test");

    [Fact]
    public async Task Timer_starts_no_pass_however_much_time_goes_by_until_there_is_a_new_consent()
    {
        await using var engine = await EngineFixture.StartAsync();
        await engine.Get<AccountStore>().AddAsync(new Account { Key = Gina, Email = Gina.Email, CreatedAt = engine.Clock.GetUtcNow() }, default);
        var passes = engine.Get<SyncPasses>();
        var before = passes.Status(Gina).State;

        var first = passes.StartUnlessBackingOff(Gina, out var pass);
        await Should.ThrowAsync<MailException>(() => pass);
        engine.Clock.Advance(TimeSpan.FromDays(2));
        var later = passes.StartUnlessBackingOff(Gina, out _);
        var other = passes.StartUnlessBackingOff(engine.Account, out var works);
        await works;

        (before, first, later, other).ShouldBe((SyncState.AuthRequired, true, false, true));
        passes.Status(Gina).LastError!.Code.ShouldBe("not_authorized");
        engine.Get<TokenSources>().Problem(engine.Account).ShouldBeNull();
    }
}
