using System.Globalization;
using System.Text;

namespace MailDaemon.Tests.Support;

/// <summary>On which mail rules ran: one rule is there, which gives each new mail to an agent, and a task is a run of it.</summary>
/// <param name="daemon">The daemon of now: it may be started again.</param>
/// <param name="bringAsync">Delivers a mail of this subject, and brings it into the cache.</param>
internal sealed class RuleRuns(Func<DaemonApp> daemon, Func<string, Task> bringAsync)
{
    private int marks;

    /// <summary>A small mail of now.</summary>
    public static byte[] Mail(string subject, string to) => Encoding.UTF8.GetBytes(
        $"From: Tom <tom@sandbox.test>\r\nTo: {to}\r\nMessage-ID: <{Guid.NewGuid():N}@sandbox.test>\r\nSubject: {subject}\r\nDate: Tue, 01 Dec 2026 10:00:00 +0000\r\n\r\nbody of {subject}\r\n");

    public async Task BeginAsync()
    {
        var rule = await daemon().PostAsync("/api/rules", new { name = "every mail", matchAll = true, actions = new[] { new { type = "agent_handle", value = "complaints" } } });
        rule.Status.ShouldBe(201, rule.Text);
    }

    /// <summary>The rule ran on mails of these subjects and on no other, once on each. Whatever waits for rules has had them by then: a last mail was waited for.</summary>
    public async Task ShouldBeAsync(params string[] subjects)
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $"mark {++marks}");
        await bringAsync(mark);
        IReadOnlyList<string> ran = [];
        await Eventually.UntilAsync(async () => (ran = await SubjectsAsync()).Contains(mark, StringComparer.Ordinal), "the rule ran on the last mail");
        ran.Where(subject => !subject.StartsWith("mark ", StringComparison.Ordinal)).ShouldBe(subjects, ignoreOrder: true);
    }

    private async Task<IReadOnlyList<string>> SubjectsAsync()
    {
        var tasks = await daemon().GetAsync("/api/agents/tasks?limit=500");
        tasks.Status.ShouldBe(200, tasks.Text);
        return [.. tasks.Result.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("message").GetProperty("subject").GetString()!)];
    }
}
