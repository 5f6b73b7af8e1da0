namespace MailDaemon.Tests.Suite;

/// <summary>The suite over Microsoft Graph. Each group of tests has an account and a daemon of its own.</summary>
public static class OutlookSuiteTests
{
    public sealed class Lists(OutlookMailAccount account) : ListTests(account), IClassFixture<OutlookMailAccount>;

    public sealed class Details(OutlookMailAccount account) : DetailTests(account), IClassFixture<OutlookMailAccount>;

    public sealed class Changes(OutlookMailAccount account) : ChangeTests(account), IClassFixture<OutlookMailAccount>;

    public sealed class Sends(OutlookMailAccount account) : SendTests(account), IClassFixture<OutlookMailAccount>;

    public sealed class Drafts(OutlookMailAccount account) : DraftTests(account), IClassFixture<OutlookMailAccount>;

    public sealed class Searches(OutlookMailAccount account) : SearchTests(account), IClassFixture<OutlookMailAccount>;

    public sealed class Labels(OutlookMailAccount account) : LabelTests(account), IClassFixture<OutlookMailAccount>;

    public sealed class Threads(OutlookMailAccount account) : ThreadTests(account), IClassFixture<OutlookMailAccount>;

    public sealed class Rules(OutlookMailAccount account) : RuleTests(account), IClassFixture<OutlookMailAccount>;

    public sealed class AgentTasks(OutlookMailAccount account) : AgentTests(account), IClassFixture<OutlookMailAccount>;

    public sealed class OkkiRecords(OutlookMailAccount account) : OkkiTests(account), IClassFixture<OutlookMailAccount>;
}
