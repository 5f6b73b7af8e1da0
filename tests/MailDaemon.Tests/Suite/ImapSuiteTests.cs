namespace MailDaemon.Tests.Suite;

/// <summary>The suite over IMAP and SMTP. Each group of tests has an account and a daemon of its own.</summary>
public static class ImapSuiteTests
{
    public sealed class Lists(ImapMailAccount account) : ListTests(account), IClassFixture<ImapMailAccount>;

    public sealed class Details(ImapMailAccount account) : DetailTests(account), IClassFixture<ImapMailAccount>;

    public sealed class Changes(ImapMailAccount account) : ChangeTests(account), IClassFixture<ImapMailAccount>;

    public sealed class Sends(ImapMailAccount account) : SendTests(account), IClassFixture<ImapMailAccount>;

    public sealed class Drafts(ImapMailAccount account) : DraftTests(account), IClassFixture<ImapMailAccount>;

    public sealed class Searches(ImapMailAccount account) : SearchTests(account), IClassFixture<ImapMailAccount>;

    public sealed class Labels(ImapMailAccount account) : LabelTests(account), IClassFixture<ImapMailAccount>;

    public sealed class Threads(ImapMailAccount account) : ThreadTests(account), IClassFixture<ImapMailAccount>;

    public sealed class Rules(ImapMailAccount account) : RuleTests(account), IClassFixture<ImapMailAccount>;

    public sealed class AgentTasks(ImapMailAccount account) : AgentTests(account), IClassFixture<ImapMailAccount>;

    public sealed class OkkiRecords(ImapMailAccount account) : OkkiTests(account), IClassFixture<ImapMailAccount>;
}
