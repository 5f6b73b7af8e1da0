using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Tests.Support;

namespace MailDaemon.Tests.EndToEnd;

/// <content>What is done over the API.</content>
internal sealed partial class OutlookHistory
{
    /// <summary>An action over HTTP on a message or folder that another client may have changed or deleted meanwhile.</summary>
    private async Task ActAsync(bool isKilled)
    {
        if (AnyMessage() is not { } message)
            return;
        var (name, call) = Random.Next(14) switch
        {
            < 6 => Verb(message),
            6 or 7 => Move(message),
            8 => ("delete", () => SendAsync("DELETE", PathOf(message))),
            9 => Tag(message),
            10 => ("draft", DraftAsync),
            11 => ("change draft", ChangeDraftAsync),
            12 => ("make folder", () => SendAsync("POST", "/api/outlook/folders", new { email = Email, name = NewFolderName() })),
            _ => ChangeFolder(),
        };
        if (name is "delete" or "spam" or "move spam" or "move trash")
            Marks.Moved(message.Id);
        await ActAsync($"{name}: {message.Subject} {message.Id}", call, isKilled);
    }

    private (string Name, Func<Task<Reply>> Call) Verb(GraphMessage message)
    {
        var verb = Any(Verbs);
        return (verb, () => SendAsync("POST", PathOf(message, $"/{verb}")));
    }

    private (string Name, Func<Task<Reply>> Call) Move(GraphMessage message)
    {
        var target = Random.Next(2) == 0 || UserFolders is not { Count: > 0 } folders ? Any(Places) : PathOf(Any(folders));
        return ($"move {target}", () => SendAsync("POST", PathOf(message, "/move"), new { target }));
    }

    private (string Name, Func<Task<Reply>> Call) Tag(GraphMessage message)
    {
        string[] names = [Any(Categories)];
        return Random.Next(3) == 0
            ? ("untag", () => SendAsync("POST", PathOf(message, "/categories"), new { removeCategories = names }))
            : ("tag", () => SendAsync("POST", PathOf(message, "/categories"), new { addCategories = names }));
    }

    private (string Name, Func<Task<Reply>> Call) ChangeFolder()
    {
        if (UserFolders is not { Count: > 0 } folders)
            return ("draft", DraftAsync);
        var folder = Any(folders);
        var path = $"/api/outlook/folders?email={Email}&path={Uri.EscapeDataString(PathOf(folder))}";
        if (Random.Next(3) > 0)
            return ($"rename folder {PathOf(folder)}", () => SendAsync("PUT", path, new { name = NewFolderName() }));
        Gone(folder);
        return ($"delete folder {PathOf(folder)}", () => SendAsync("DELETE", $"{path}&force=true"));
    }

    private string PathOf(GraphMessage message, string action = "") => $"/api/outlook/message{action}?id={Uri.EscapeDataString(message.Id)}&email={Email}";

    /// <summary>As the daemon calls it.</summary>
    private string PathOf(GraphFolder folder)
    {
        var name = folder.DisplayName.Replace("/", "%2F", StringComparison.Ordinal);
        return Mailbox.Folders.FirstOrDefault(above => above.Id == folder.ParentId) is { } parent ? $"{PathOf(parent)}/{name}" : name;
    }
}
