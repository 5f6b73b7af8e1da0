namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>
/// The methods of the API that the sandbox has, with what they cost. The units are those that Google publishes; a get costs 20, as for new projects.
/// </summary>
internal static class GmailMethods
{
    public static IReadOnlyList<GmailMethod> Create(GmailContext context)
    {
        var attachmentIds = new AttachmentIds(context.Time, context.Options.AttachmentIdLifetime);
        var json = new MessageJson(attachmentIds, context.Options.DecodesHeaders);
        var reading = new MessageReading(context, json, attachmentIds);
        var writing = new MessageWriting(context);
        return
        [
            new("gmail.users.getProfile", "GET", "gmail/v1/users/{userId}/profile", 1, GmailScopes.ForProfile, MessageReading.Profile),
            new("gmail.users.history.list", "GET", "gmail/v1/users/{userId}/history", 2, GmailScopes.ForLists, new HistoryCalls(context.Faults).List),
            .. Messages(reading, writing),
            .. Labels(),
            .. Drafts(new DraftCalls(context, json, reading, writing)),
            .. Threads(new ThreadCalls(context, json, reading)),
            .. SendAs(new SendAsCalls(writing)),
        ];
    }

    private static IEnumerable<GmailMethod> Messages(MessageReading reading, MessageWriting writing)
    {
        const string All = "gmail/v1/users/{userId}/messages";
        const string One = All + "/{id}";
        return
        [
            new("gmail.users.messages.list", "GET", All, 5, GmailScopes.ForLists, reading.List),
            new("gmail.users.messages.get", "GET", One, 20, GmailScopes.ForMessages, reading.Get),
            new("gmail.users.messages.attachments.get", "GET", All + "/{messageId}/attachments/{id}", 20, GmailScopes.ForAttachments, reading.Attachment),
            new("gmail.users.messages.send", "POST", All + "/send", 100, GmailScopes.ForSending, writing.Send, TakesMedia: true),
            new("gmail.users.messages.import", "POST", All + "/import", 25, GmailScopes.ForInserting, writing.Import, TakesMedia: true),
            new("gmail.users.messages.insert", "POST", All, 25, GmailScopes.ForInserting, writing.Insert, TakesMedia: true),
            new("gmail.users.messages.batchModify", "POST", All + "/batchModify", 50, GmailScopes.ForChanges, writing.BatchModify),
            new("gmail.users.messages.batchDelete", "POST", All + "/batchDelete", 50, GmailScopes.ForDeleting, writing.BatchDelete),
            new("gmail.users.messages.modify", "POST", One + "/modify", 5, GmailScopes.ForChanges, writing.Modify),
            new("gmail.users.messages.trash", "POST", One + "/trash", 20, GmailScopes.ForChanges, writing.Trash),
            new("gmail.users.messages.untrash", "POST", One + "/untrash", 20, GmailScopes.ForChanges, writing.Untrash),
            new("gmail.users.messages.delete", "DELETE", One, 20, GmailScopes.ForDeleting, writing.Delete),
        ];
    }

    private static IEnumerable<GmailMethod> Labels()
    {
        const string All = "gmail/v1/users/{userId}/labels";
        const string One = All + "/{id}";
        return
        [
            new("gmail.users.labels.list", "GET", All, 1, GmailScopes.ForReadingLabels, LabelCalls.List),
            new("gmail.users.labels.get", "GET", One, 1, GmailScopes.ForReadingLabels, LabelCalls.Get),
            new("gmail.users.labels.create", "POST", All, 5, GmailScopes.ForWritingLabels, LabelCalls.Create),
            new("gmail.users.labels.update", "PUT", One, 5, GmailScopes.ForWritingLabels, LabelCalls.Update),
            new("gmail.users.labels.patch", "PATCH", One, 5, GmailScopes.ForWritingLabels, LabelCalls.Patch),
            new("gmail.users.labels.delete", "DELETE", One, 5, GmailScopes.ForWritingLabels, LabelCalls.Delete),
        ];
    }

    private static IEnumerable<GmailMethod> Drafts(DraftCalls drafts)
    {
        const string All = "gmail/v1/users/{userId}/drafts";
        const string One = All + "/{id}";
        return
        [
            new("gmail.users.drafts.list", "GET", All, 5, GmailScopes.ForReadingDrafts, drafts.List),
            new("gmail.users.drafts.get", "GET", One, 20, GmailScopes.ForReadingDrafts, drafts.Get),
            new("gmail.users.drafts.create", "POST", All, 10, GmailScopes.ForWritingDrafts, drafts.Create, TakesMedia: true),
            new("gmail.users.drafts.update", "PUT", One, 15, GmailScopes.ForWritingDrafts, drafts.Update, TakesMedia: true),
            new("gmail.users.drafts.send", "POST", All + "/send", 100, GmailScopes.ForWritingDrafts, drafts.Send, TakesMedia: true),
            new("gmail.users.drafts.delete", "DELETE", One, 10, GmailScopes.ForWritingDrafts, drafts.Delete),
        ];
    }

    private static IEnumerable<GmailMethod> Threads(ThreadCalls threads)
    {
        const string All = "gmail/v1/users/{userId}/threads";
        const string One = All + "/{id}";
        return
        [
            new("gmail.users.threads.list", "GET", All, 10, GmailScopes.ForLists, threads.List),
            new("gmail.users.threads.get", "GET", One, 40, GmailScopes.ForMessages, threads.Get),
            new("gmail.users.threads.modify", "POST", One + "/modify", 10, GmailScopes.ForChanges, threads.Modify),
            new("gmail.users.threads.trash", "POST", One + "/trash", 40, GmailScopes.ForChanges, threads.Trash),
            new("gmail.users.threads.untrash", "POST", One + "/untrash", 40, GmailScopes.ForChanges, threads.Untrash),
            new("gmail.users.threads.delete", "DELETE", One, 40, GmailScopes.ForDeleting, threads.Delete),
        ];
    }

    private static IEnumerable<GmailMethod> SendAs(SendAsCalls sendAs)
    {
        const string All = "gmail/v1/users/{userId}/settings/sendAs";
        return
        [
            new("gmail.users.settings.sendAs.list", "GET", All, 1, GmailScopes.ForSettings, sendAs.List),
            new("gmail.users.settings.sendAs.get", "GET", All + "/{sendAsEmail}", 1, GmailScopes.ForSettings, sendAs.Get),
        ];
    }
}
