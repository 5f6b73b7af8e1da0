using System.Globalization;
using MailDaemon.Sandbox.Gmail;
using MailDaemon.Sandbox.Gmail.Mailboxes;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Tests.Sandboxes.Gmail;

/// <summary>Whatever clients of the API and of IMAP do in whatever order: folders, labels and history say the same.</summary>
public sealed class GmailViewTests : IAsyncLifetime
{
    private GmailFixture gmail = null!;

    private GmailMailbox Mailbox => gmail.Mailbox;

    private MailUser User => gmail.Mailbox.User;

    public async Task InitializeAsync() => gmail = await GmailFixture.StartAsync(new GmailServerOptions());

    public async Task DisposeAsync() => await gmail.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Random_changes_from_both_sides_keep_folders_labels_and_history_together(int seed)
    {
        var random = new Random(seed);
        var start = Mailbox.HistoryId;
        for (var step = 0; step < 300; step++)
        {
            var what = random.Next(2) == 0 ? ChangeByApi(random, step) : ChangeByImap(random, step);
            if (step % 10 == 0)
                CheckFolders($"seed {seed}, step {step}: {what}");
        }

        CheckFolders($"seed {seed}, at the end");
        Mailbox.Messages.Count.ShouldBeGreaterThan(10);
        await CheckHistoryAsync(start);
    }

    [Fact]
    public void Label_of_a_deleted_folder_is_taken_from_what_is_in_trash_too()
    {
        var label = Mailbox.CreateLabel("Work").Id;
        var id = Mailbox.Deliver(GmailFixture.Mail("one"), label).Id;
        Mailbox.Trash(id);
        User.DeleteFolder("Work");
        Mailbox.Labels.ShouldBeEmpty();
        Mailbox.Find(id)!.LabelIds.ShouldBe(["TRASH", "UNREAD"]);
    }

    private string ChangeByApi(Random random, int step)
    {
        var labels = Mailbox.Labels;
        var message = Mailbox.Messages.Count > 0 ? Mailbox.Messages[random.Next(Mailbox.Messages.Count)] : Mailbox.Deliver(GmailFixture.Mail("first"));
        string[] own = ["INBOX", "UNREAD", "STARRED", "IMPORTANT", "CATEGORY_SOCIAL", .. labels.Select(label => label.Id)];
        switch (random.Next(10))
        {
            case 0 or 1:
                Mailbox.Deliver(GmailFixture.Mail($"api {step}"));
                return "deliver";
            case 2 or 3 or 4:
                var (add, remove) = (own[random.Next(own.Length)], own[random.Next(own.Length)]);
                Mailbox.Modify(message.Id, [add], [remove]);
                return $"modify {message.Id} +{add} -{remove}";
            case 5:
                Mailbox.Trash(message.Id);
                return $"trash {message.Id}";
            case 6:
                Mailbox.Untrash(message.Id);
                return $"untrash {message.Id}";
            case 7:
                Mailbox.MoveToSpam(message.Id);
                return $"spam {message.Id}";
            case 8 when random.Next(4) == 0 && labels.Count > 2:
                Mailbox.DeleteLabel(labels[random.Next(labels.Count)].Id);
                return "delete a label";
            case 8 when labels.Count > 0:
                Mailbox.RenameLabel(labels[random.Next(labels.Count)].Id, $"renamed {step}");
                return "rename a label";
            case 9 when random.Next(3) == 0:
                Mailbox.Delete(message.Id);
                return $"delete {message.Id}";
            default:
                Mailbox.CreateLabel(random.Next(2) == 0 ? $"label {step}" : $"parent {step}/label");
                return "create a label";
        }
    }

    private string ChangeByImap(Random random, int step)
    {
        var folders = User.Folders.Where(folder => folder.IsSelectable).ToList();
        var (from, to) = (folders[random.Next(folders.Count)], folders[random.Next(folders.Count)]);
        var uid = from.Messages.Count > 0 ? from.Messages[random.Next(from.Messages.Count)].Uid : 0;
        switch (random.Next(10))
        {
            case 0 or 1:
                to.Append(GmailFixture.Mail($"imap {step}"), random.Next(2) == 0 ? ["\\Seen"] : ["\\Flagged"]);
                return $"append to {to.Path}";
            case 2 or 3:
                from.ChangeFlags([uid], flags => random.Next(2) == 0 ? flags.Add("\\Seen") : flags.Remove("\\Seen"));
                return $"flags in {from.Path}";
            case 4:
                from.ChangeFlags([uid], flags => random.Next(2) == 0 ? flags.Add("\\Flagged") : flags.Remove("\\Flagged"));
                return $"star in {from.Path}";
            case 5 or 6:
                from.MoveTo(to, [uid]);
                return $"move {from.Path} to {to.Path}";
            case 7:
                from.CopyTo(to, [uid]);
                return $"copy {from.Path} to {to.Path}";
            case 8 when random.Next(4) == 0:
                var path = User.CreateFolder($"folder {step}").Path;
                User.RenameFolder(path, $"moved {step}/{path}");
                return "create and rename a folder";
            case 8 when Mailbox.Labels.Count > 2 && random.Next(4) == 0:
                User.DeleteFolder(Mailbox.Labels[0].Name);
                return "delete a folder";
            default:
                from.Expunge([uid]);
                return $"expunge in {from.Path}";
        }
    }

    private void CheckFolders(string when)
    {
        var shown = User.Folders.ToDictionary(folder => folder, folder => folder.Messages.ToDictionary(message => message.EmailId));
        foreach (var message in Mailbox.Messages)
        {
            var homes = User.Folders.Where(folder => folder.Use is SpecialUse.All or SpecialUse.Trash or SpecialUse.Junk && shown[folder].ContainsKey(message.EmailId)).ToList();
            var home = homes.ShouldHaveSingleItem($"{when}: homes of {message.Id}");
            home.Use.ShouldBe(message.LabelIds.Contains("TRASH") ? SpecialUse.Trash : message.LabelIds.Contains("SPAM") ? SpecialUse.Junk : SpecialUse.All, when);
            foreach (var (folder, labelId) in User.Folders.Select(folder => (folder, LabelOf(folder))).Where(pair => pair.Item2 is not null))
                shown[folder].ContainsKey(message.EmailId).ShouldBe(home.Use == SpecialUse.All && message.LabelIds.Contains(labelId!), $"{when}: {message.Id} in {folder.Path}");
            foreach (var copy in shown.Values.Select(folder => folder.GetValueOrDefault(message.EmailId)).OfType<StoredMessage>())
            {
                copy.Flags.Contains("\\Seen").ShouldBe(!message.LabelIds.Contains("UNREAD"), $"{when}: seen {message.Id}");
                copy.Flags.Contains("\\Flagged").ShouldBe(message.LabelIds.Contains("STARRED"), $"{when}: flagged {message.Id}");
            }
        }

        shown.Values.SelectMany(folder => folder.Keys).Distinct().Count().ShouldBe(Mailbox.Messages.Count, when);
        Mailbox.Messages.SelectMany(message => message.LabelIds).Where(id => id.StartsWith("Label_", StringComparison.Ordinal)).Except(Mailbox.Labels.Select(label => label.Id)).ShouldBeEmpty(when);
    }

    private string? LabelOf(MailFolder folder) => folder.Use switch
    {
        SpecialUse.Drafts => "DRAFT",
        SpecialUse.Flagged => "STARRED",
        SpecialUse.Important => "IMPORTANT",
        SpecialUse.Sent => "SENT",
        SpecialUse.None => folder == User.Inbox ? "INBOX" : Mailbox.Labels.FirstOrDefault(label => label.Name == folder.Path)?.Id,
        _ => null,
    };

    /// <summary>A client that follows the history knows every message with its labels.</summary>
    private async Task CheckHistoryAsync(ulong start)
    {
        var known = new Dictionary<string, HashSet<string>>();
        var last = start;
        for (string? token = ""; token is not null;)
        {
            var page = await gmail.GetAsync($"history?startHistoryId={start}&maxResults=100{token}");
            token = page.TryGetProperty("nextPageToken", out var next) ? $"&pageToken={next.GetString()}" : null;
            foreach (var change in page.GetProperty("history").EnumerateArray())
            {
                var id = ulong.Parse(change.Text("id")!, CultureInfo.InvariantCulture);
                id.ShouldBeGreaterThan(last);
                last = id;
                foreach (var field in change.EnumerateObject().Where(field => field.Name is not ("id" or "messages")))
                    Apply(field.Name, field.Value[0]);
            }
        }

        known.Keys.ShouldBe(Mailbox.Messages.Select(message => message.Id), ignoreOrder: true);
        foreach (var message in Mailbox.Messages)
            known[message.Id].ShouldBe(message.LabelIds, ignoreOrder: true);

        void Apply(string kind, System.Text.Json.JsonElement change)
        {
            var message = change.GetProperty("message");
            var id = message.Text("id")!;
            switch (kind)
            {
                case "messagesAdded":
                    known.Add(id, [.. message.Texts("labelIds")]);
                    break;
                case "messagesDeleted":
                    known.Remove(id).ShouldBeTrue();
                    break;
                case "labelsAdded":
                    known[id].UnionWith(change.Texts("labelIds"));
                    break;
                default:
                    known[id].ExceptWith(change.Texts("labelIds"));
                    break;
            }
        }
    }
}
