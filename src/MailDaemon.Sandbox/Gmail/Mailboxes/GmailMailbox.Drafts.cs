using System.Globalization;

namespace MailDaemon.Sandbox.Gmail.Mailboxes;

/// <content>Drafts: an id of its own for what has the label DRAFT, whichever client wrote it.</content>
public sealed partial class GmailMailbox
{
    private const long FirstDraft = 5_000_000_000_000_000_000;

    private readonly SortedDictionary<string, string> drafts = new(StringComparer.Ordinal);
    private long lastDraft = FirstDraft;

    /// <summary>The ids of the drafts and their messages, the newest draft first; drafts in Spam or Trash included.</summary>
    internal IReadOnlyList<(string DraftId, GmailMessage Message)> Drafts
    {
        get
        {
            using var gate = user.Gate.EnterScope();
            return [.. drafts.Select(draft => (draft.Key, messages[draft.Value])).OrderByDescending(draft => draft.Item2.InternalDate).ThenByDescending(draft => draft.Key, StringComparer.Ordinal)];
        }
    }

    internal GmailMessage? FindDraft(string draftId)
    {
        using var gate = user.Gate.EnterScope();
        return drafts.TryGetValue(draftId, out var emailId) ? messages[emailId] : null;
    }

    internal string DraftIdOf(GmailMessage message)
    {
        using var gate = user.Gate.EnterScope();
        return drafts.First(draft => draft.Value == message.EmailId).Key;
    }

    /// <summary>Puts another message in the place of a draft's; the old one is gone for good.</summary>
    /// <exception cref="GmailException">There is no such draft.</exception>
    internal GmailMessage ReplaceDraft(string draftId, GmailMail mail)
    {
        using var gate = user.Gate.EnterScope();
        var old = FindDraft(draftId) ?? throw GmailException.NotFound();
        drafts.Remove(draftId);
        Remove(old);
        var message = Add(mail);
        drafts.Remove(DraftIdOf(message));
        drafts[draftId] = message.EmailId;
        return message;
    }

    private void KeepDraft(GmailMessage message)
    {
        if (!message.Has(SystemLabels.Draft))
        {
            ForgetDraft(message);
        }
        else if (!drafts.ContainsValue(message.EmailId))
        {
            drafts.Add(string.Create(CultureInfo.InvariantCulture, $"r{++lastDraft}"), message.EmailId);
        }
    }

    private void ForgetDraft(GmailMessage message)
    {
        foreach (var draftId in drafts.Where(draft => draft.Value == message.EmailId).Select(draft => draft.Key).ToArray())
        {
            drafts.Remove(draftId);
        }
    }
}
