namespace MailDaemon.Tests.Suite;

/// <summary>The suite over Gmail's API. Each group of tests has an account and a daemon of its own.</summary>
public static class GmailSuiteTests
{
    public sealed class Lists(GmailMailAccount account) : ListTests(account), IClassFixture<GmailMailAccount>;

    public sealed class Details(GmailMailAccount account) : DetailTests(account), IClassFixture<GmailMailAccount>;

    public sealed class Changes(GmailMailAccount account) : ChangeTests(account), IClassFixture<GmailMailAccount>;

    public sealed class Sends(GmailMailAccount account) : SendTests(account), IClassFixture<GmailMailAccount>;

    public sealed class Drafts(GmailMailAccount account) : DraftTests(account), IClassFixture<GmailMailAccount>;

    public sealed class Searches(GmailMailAccount account) : SearchTests(account), IClassFixture<GmailMailAccount>;

    public sealed class Labels(GmailMailAccount account) : LabelTests(account), IClassFixture<GmailMailAccount>;

    public sealed class Threads(GmailMailAccount account) : ThreadTests(account), IClassFixture<GmailMailAccount>;

    public sealed class Rules(GmailMailAccount account) : RuleTests(account), IClassFixture<GmailMailAccount>;

    public sealed class AgentTasks(GmailMailAccount account) : AgentTests(account), IClassFixture<GmailMailAccount>;

    public sealed class OkkiRecords(GmailMailAccount account) : OkkiTests(account), IClassFixture<GmailMailAccount>;
}
