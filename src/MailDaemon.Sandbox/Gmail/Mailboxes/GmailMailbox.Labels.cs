using System.Globalization;
using MailDaemon.Sandbox.Mail;

namespace MailDaemon.Sandbox.Gmail.Mailboxes;

/// <content>The user's labels.</content>
public sealed partial class GmailMailbox
{
    /// <summary>Labels of a mailbox (Gmail API v1, labels.create).</summary>
    private const int MaxLabels = 10_000;

    private const int MaxLabelName = 225;

    private readonly Dictionary<MailFolder, GmailLabel> labels = [];
    private int lastLabel;
    private long learntVersion = -1;

    /// <summary>The user's labels by name.</summary>
    public IReadOnlyList<GmailLabel> Labels
    {
        get
        {
            using var gate = user.Gate.EnterScope();
            LearnLabels();
            return [.. labels.Values.OrderBy(label => label.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>The user's label of this id, null when there is none.</summary>
    public GmailLabel? FindLabel(string id)
    {
        using var gate = user.Gate.EnterScope();
        LearnLabels();
        return labels.Values.FirstOrDefault(label => label.Id == id);
    }

    /// <summary>Makes a label, nested by <c>/</c>.</summary>
    /// <exception cref="GmailException">The name is taken, whatever its case, or cannot be one.</exception>
    public GmailLabel CreateLabel(string name)
    {
        using var gate = user.Gate.EnterScope();
        ThrowIfNotFree(name, except: null);
        if (Labels.Count >= MaxLabels)
        {
            throw GmailException.InvalidArgument("Too many labels");
        }

        var folder = user.CreateFolder(name);
        user.Subscribe(folder.Path);
        LearnLabels();
        return labels[folder];
    }

    /// <summary>Renames a label and those below it; the ids stay.</summary>
    /// <exception cref="GmailException">There is none of this id, or the name is taken or cannot be one.</exception>
    public GmailLabel RenameLabel(string id, string name)
    {
        using var gate = user.Gate.EnterScope();
        var label = FindLabel(id) ?? throw GmailException.NotFound();
        if (name == label.Name)
        {
            return label;
        }

        ThrowIfNotFree(name, except: label);
        try
        {
            user.RenameFolder(label.Name, name);
        }
        catch (InvalidOperationException)
        {
            throw GmailException.LabelExists();
        }

        user.Subscribe(name);
        return label;
    }

    /// <summary>Deletes a label and takes it from all messages; labels below it stay.</summary>
    /// <exception cref="GmailException">There is none of this id.</exception>
    public void DeleteLabel(string id)
    {
        using var gate = user.Gate.EnterScope();
        var label = FindLabel(id) ?? throw GmailException.NotFound();

        user.DeleteFolder(label.Name);
        LearnLabels();
    }

    /// <summary>Clients of IMAP make, rename and delete folders without a word to us.</summary>
    private void LearnLabels()
    {
        var version = user.FoldersVersion;
        if (version == learntVersion)
        {
            return;
        }

        var present = user.Folders.Where(IsLabel).ToHashSet();
        var gone = labels.Where(label => !present.Contains(label.Key)).Select(label => label.Value).ToList();
        foreach (var label in gone)
        {
            labels.Remove(label.Folder);
        }

        foreach (var folder in present.Where(folder => !labels.ContainsKey(folder)))
        {
            labels.Add(folder, new GmailLabel(string.Create(CultureInfo.InvariantCulture, $"Label_{++lastLabel}"), folder));
        }

        learntVersion = version;

        // Messages in Spam and Trash have the label too, and are not in the folder that is gone.
        var goneIds = gone.ConvertAll(label => label.Id);
        foreach (var message in goneIds.Count == 0 ? [] : messages.Values.Where(message => goneIds.Exists(message.Has)).ToArray())
        {
            Store(message with { LabelIds = message.LabelIds.Except(goneIds) });
        }
    }

    private bool IsLabel(MailFolder folder) => folder is { Use: SpecialUse.None, IsSelectable: true } && folder != user.Inbox;

    private void ThrowIfNotFree(string name, GmailLabel? except)
    {
        var levels = name.Split(MailUser.Delimiter);
        if (name.Length is 0 or > MaxLabelName || name.Any(char.IsControl) || levels.Any(level => level.Trim().Length == 0) || IsReserved(levels[0]) || IsReserved(name))
        {
            throw GmailException.InvalidArgument("Invalid label name");
        }

        if (Labels.Any(label => label != except && label.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw GmailException.LabelExists();
        }
    }

    private static bool IsReserved(string name) =>
        SystemLabels.All.Contains(name, StringComparer.OrdinalIgnoreCase) || name.Equals("[Gmail]", StringComparison.OrdinalIgnoreCase);
}
