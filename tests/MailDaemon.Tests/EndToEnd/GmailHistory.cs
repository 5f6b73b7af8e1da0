using System.Net;
using System.Text.RegularExpressions;
using MailDaemon.Sandbox;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <summary>
/// Random things over a Gmail mailbox: another client and the API deliver, flag, label, move and delete mail, and Gmail forgets its history,
/// slips and refuses.
/// </summary>
internal sealed partial class GmailHistory(SandboxServers servers, string directory, int seed) : ServiceHistory("gmail", directory, seed)
{
    private static readonly string[] Verbs = ["read", "unread", "star", "unstar", "archive", "spam", "not-spam"];
    private static readonly string[] Places = ["inbox", "archive", "spam", "trash"];

    protected override string Email => Gmail.Users[0].Address;

    protected override IReadOnlyList<string> Arguments =>
    [
        $"--Gmail:ClientId={GmailServer.ClientId}",
        $"--Gmail:ClientSecret={GmailServer.ClientSecret}",
        $"--Gmail:ApiBaseUrl={Gmail.Url}",
        $"--Gmail:AuthUrl={Gmail.AuthUrl}",
        $"--Gmail:TokenUrl={Gmail.TokenUrl}",
        $"--Gmail:UserInfoUrl={Gmail.UserInfoUrl}",
        $"--Gmail:RevokeUrl={Gmail.RevokeUrl}",
        "--Gmail:FirstPassByImap=false",
        "--Gmail:UnitsPerMinute=1000000",
    ];

    protected override IEnumerable<string> Ids => Mailbox.Messages.Select(message => message.Id);

    private GmailServer Gmail => servers.Gmail;

    private GmailMailbox Mailbox => Gmail.First;

    protected override void Fill() => Mailbox.Fill(150);

    protected override void Slow() => Gmail.Faults.Delay.Arm("batch", TimeSpan.FromMilliseconds(40));

    protected override void Calm() => Gmail.Faults.Reset();

    protected override string Deliver(byte[] mail) => Mailbox.Deliver(mail).Id;

    protected override string DraftPath(string id) => $"/api/gmail/drafts/{id}";

    protected override void ShouldBeWithinContract()
    {
        Gmail.Violations.ShouldBeEmpty();
        Gmail.ClearRequests();
    }

    protected override async Task StepAsync()
    {
        switch (Random.Next(1_000))
        {
            case < 240:
                Deliver(isInFirstPass: false);
                break;
            case < 620:
                Elsewhere();
                break;
            case < 640:
                Labels();
                break;
            case < 645:
                Note("history forgotten");
                Mailbox.ForgetHistory();
                break;
            case < 670:
                Trouble();
                break;
            case < 970:
                await ActAsync(isKilled: false);
                break;
            case < 990:
                await ActAsync(isKilled: true);
                break;
            default:
                await KillDuringAsync(SyncAsync);
                break;
        }
    }

    protected override void Elsewhere()
    {
        if (AnyMessage() is not { } message)
            return;
        var what = Random.Next(12);
        Note($"elsewhere {what}: {message.Id} {string.Join(' ', message.LabelIds)}");
        switch (what)
        {
            case 0 or 1:
                Modify(message, Random.Next(2) == 0, "STARRED");
                break;
            case 2 or 3:
                Modify(message, Random.Next(2) == 0, "UNREAD");
                break;
            case 4 or 5 when Mailbox.Labels is { Count: > 0 } labels:
                Modify(message, Random.Next(3) > 0, Any(labels).Id);
                break;
            case 6:
                Modify(message, isGiven: false, "INBOX");
                break;
            case 7:
                Modify(message, isGiven: true, "INBOX");
                break;
            case 8:
                Marks.Moved(message.Id);
                Mailbox.Trash(message.Id);
                break;
            case 9:
                Mailbox.Untrash(message.Id);
                break;
            case 10:
                Marks.Moved(message.Id);
                Modify(message, Random.Next(2) == 0, "SPAM");
                break;
            case 11:
                Marks.Moved(message.Id);
                Mailbox.Delete(message.Id);
                break;
        }
    }

    private void Modify(GmailMessage message, bool isGiven, string label) => Mailbox.Modify(message.Id, isGiven ? [label] : [], isGiven ? [] : [label]);

    private void Labels()
    {
        var labels = Mailbox.Labels;
        switch (Random.Next(4))
        {
            case 0 when labels.Count > 2:
                Note("label deleted");
                Mailbox.DeleteLabel(Any(labels).Id);
                break;
            case 1 when labels.Count > 0:
                Note("label renamed");
                Mailbox.RenameLabel(Any(labels).Id, NewName("标签"));
                break;
            default:
                Note("label made");
                Mailbox.CreateLabel(NewName("Label"));
                break;
        }
    }

    /// <summary>Gmail refuses, slips and lags, a few times.</summary>
    private void Trouble()
    {
        var (what, times) = (Random.Next(8), Random.Next(1, 4));
        Note($"trouble {what}");
        var faults = Gmail.Faults;
        switch (what)
        {
            case 0:
                faults.Error.Arm("gmail.users.history.list", GmailError.RateLimit, times);
                break;
            case 1:
                faults.PartError.Arm("gmail.users.messages.get", GmailError.UserRateLimit, times);
                break;
            case 2:
                faults.HistoryLags.Arm(Random.Next(1, 6), times);
                break;
            case 3:
                faults.HistoryRepeats.Arm(Random.Next(1, 60), times);
                break;
            case 4:
                faults.EmptyHistoryPage.Arm(true, times);
                break;
            case 5:
                faults.DropAfter.Arm("gmail.users.messages.modify", true, times: 1);
                break;
            case 6:
                faults.HistoryIsTooOld.Arm(true, times: 1);
                break;
            default:
                faults.DropBefore.Arm("batch", true, times: 1);
                break;
        }
    }

    /// <summary>An action over HTTP on a message that another client may have changed or deleted meanwhile.</summary>
    private async Task ActAsync(bool isKilled)
    {
        if (AnyMessage() is not { } message)
            return;
        var path = $"/api/gmail/messages/{message.Id}";
        var (name, call) = Random.Next(12) switch
        {
            < 6 => Verb(path),
            6 or 7 => Move(path),
            8 => ("delete", () => SendAsync("DELETE", $"{path}?email={Email}")),
            9 => ("label", () => LabelAsync(message.Id)),
            10 => ("draft", DraftAsync),
            _ => ("change draft", ChangeDraftAsync),
        };
        if (name is "delete" or "spam" or "move spam" or "move trash")
            Marks.Moved(message.Id);
        await ActAsync($"{name}: {message.Id}", call, isKilled);
    }

    private (string Name, Func<Task<Reply>> Call) Verb(string path)
    {
        var verb = Any(Verbs);
        return (verb, () => SendAsync("POST", $"{path}/{verb}?email={Email}"));
    }

    private (string Name, Func<Task<Reply>> Call) Move(string path)
    {
        var target = Any(Places);
        return ($"move {target}", () => SendAsync("POST", $"{path}/move?email={Email}", new { target }));
    }

    private async Task<Reply> LabelAsync(string id)
    {
        var labels = await SendAsync("GET", $"/api/labels?provider=gmail&email={Email}");
        return labels.Result.EnumerateArray().Select(l => l.GetProperty("id").GetString()!).ToList() is { Count: > 0 } ids
            ? await SendAsync(Random.Next(3) == 0 ? "DELETE" : "POST", $"/api/mails/gmail/{Email}/labels", new { mailId = id, labelId = Any(ids) })
            : labels;
    }

    protected override async Task SignInAsync()
    {
        var link = await SendAsync("POST", $"/api/gmail/auth/initiate?loginHint={Email}");
        link.Status.ShouldBe(200, link.Text);
        using var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var page = await browser.GetStringAsync(new Uri(link.Result.GetProperty("authUrl").GetString()!));
        var fields = Field().Matches(page).Select(m => new KeyValuePair<string, string>(m.Groups["name"].Value, WebUtility.HtmlDecode(m.Groups["value"].Value))).ToList();
        using var form = new FormUrlEncodedContent([.. fields, new("action", "allow")]);
        using var done = await browser.PostAsync(new Uri($"{Gmail.Url}/o/oauth2/v2/auth/consent"), form);
        done.StatusCode.ShouldBe(HttpStatusCode.OK, await done.Content.ReadAsStringAsync());
    }

    /// <summary>Mostly one of the newest; drafts and what was sent are not for others to move.</summary>
    private GmailMessage? AnyMessage()
    {
        var messages = Mailbox.Messages.Where(m => !m.LabelIds.Contains("DRAFT") && !m.LabelIds.Contains("SENT")).ToList();
        return messages.Count == 0 ? null : messages[Random.Next(3) == 0 ? Random.Next(messages.Count) : Random.Next(Math.Min(20, messages.Count))];
    }

    [GeneratedRegex("<input type=\"(?:hidden|radio|checkbox)\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"(?: checked)?>", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Field();
}
