namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>The operations of the API that the sandbox has.</summary>
internal static class GraphOperations
{
    private const string Folder = "me/mailFolders/{mailFolder-id}";

    public static IReadOnlyList<GraphOperation> Create(GraphContext context, GraphSending sending, GraphUploads uploads)
    {
        GraphOperation[] ofMessages = [.. Messages(new MessageCalls(context), sending), .. Attachments(new AttachmentCalls(context), uploads), .. Replies(new ReplyCalls(context, sending))];
        return
        [
            new("me.get", "GET", "me", UserCalls.Me, TouchesMessages: false),
            new("me.sendMail", "POST", "me/sendMail", sending.SendMail),
            new("me.translateExchangeIds", "POST", "me/translateExchangeIds", UserCalls.TranslateIds, TouchesMessages: false),
            .. Categories(new CategoryCalls(context)),
            .. Folders(new FolderCalls(context)),
            .. Lists(new MessageLists(context), new DeltaCalls(context), new MessageCalls(context)),
            .. ofMessages,

            // A message can be named through its folder as well.
            .. ofMessages.Select(one => one.At(one.Path.Replace("me/messages/", $"{Folder}/messages/", StringComparison.Ordinal))),
        ];
    }

    private static IEnumerable<GraphOperation> Categories(CategoryCalls categories)
    {
        const string All = "me/outlook/masterCategories";
        const string One = All + "/{outlookCategory-id}";
        return
        [
            new("me.outlook.listMasterCategories", "GET", All, categories.List, TouchesMessages: false),
            new("me.outlook.createMasterCategory", "POST", All, CategoryCalls.Create, TouchesMessages: false),
            new("me.outlook.getMasterCategory", "GET", One, CategoryCalls.Get, TouchesMessages: false),
            new("me.outlook.updateMasterCategory", "PATCH", One, CategoryCalls.Update, TouchesMessages: false),
            new("me.outlook.deleteMasterCategory", "DELETE", One, CategoryCalls.Delete, TouchesMessages: false),
        ];
    }

    private static IEnumerable<GraphOperation> Folders(FolderCalls folders)
    {
        const string All = "me/mailFolders";
        return
        [
            new("me.mailFolders.list", "GET", All, folders.List, TouchesMessages: false),
            new("me.mailFolders.create", "POST", All, FolderCalls.Create, TouchesMessages: false),
            new("me.mailFolders.delta", "GET", All + "/delta", folders.Delta, TouchesMessages: false),
            new("me.mailFolder.get", "GET", Folder, FolderCalls.Get, TouchesMessages: false),
            new("me.mailFolder.update", "PATCH", Folder, FolderCalls.Update, TouchesMessages: false),
            new("me.mailFolder.delete", "DELETE", Folder, folders.Delete, TouchesMessages: false),
            new("me.mailFolder.listChildFolders", "GET", Folder + "/childFolders", folders.ListChildren, TouchesMessages: false),
            new("me.mailFolder.createChildFolder", "POST", Folder + "/childFolders", FolderCalls.CreateChild, TouchesMessages: false),
            new("me.mailFolder.move", "POST", Folder + "/move", FolderCalls.Move, TouchesMessages: false),
            new("me.mailFolder.copy", "POST", Folder + "/copy", FolderCalls.Copy, TouchesMessages: false),
        ];
    }

    private static IEnumerable<GraphOperation> Lists(MessageLists lists, DeltaCalls deltas, MessageCalls messages) =>
    [
        new("me.listMessages", "GET", "me/messages", lists.OfAll),
        new("me.createMessage", "POST", "me/messages", messages.Create),
        new("me.messages.delta", "GET", "me/messages/delta", DeltaCalls.OfAll),
        new("me.mailFolder.listMessages", "GET", Folder + "/messages", lists.OfFolder),
        new("me.mailFolder.createMessage", "POST", Folder + "/messages", messages.Create),
        new("me.mailFolder.messages.delta", "GET", Folder + "/messages/delta", deltas.OfFolder),
    ];

    private static IEnumerable<GraphOperation> Messages(MessageCalls messages, GraphSending sending)
    {
        const string One = "me/messages/{message-id}";
        return
        [
            new("me.message.get", "GET", One, MessageCalls.Get),
            new("me.message.getMime", "GET", One + "/$value", MessageCalls.Mime),
            new("me.message.update", "PATCH", One, messages.Update),
            new("me.message.delete", "DELETE", One, MessageCalls.Delete),
            new("me.message.permanentDelete", "POST", One + "/permanentDelete", MessageCalls.DeleteForGood),
            new("me.message.move", "POST", One + "/move", MessageCalls.Move),
            new("me.message.copy", "POST", One + "/copy", MessageCalls.Copy),
            new("me.message.send", "POST", One + "/send", sending.SendDraft),
        ];
    }

    private static IEnumerable<GraphOperation> Attachments(AttachmentCalls attachments, GraphUploads uploads)
    {
        const string All = "me/messages/{message-id}/attachments";
        const string One = All + "/{attachment-id}";
        return
        [
            new("me.message.listAttachments", "GET", All, AttachmentCalls.List),
            new("me.message.addAttachment", "POST", All, attachments.Add),
            new("me.message.createUploadSession", "POST", All + "/createUploadSession", uploads.Start),
            new("me.message.getAttachment", "GET", One, AttachmentCalls.Get),
            new("me.message.getAttachmentContent", "GET", One + "/$value", AttachmentCalls.Content),
            new("me.message.deleteAttachment", "DELETE", One, AttachmentCalls.Delete),
        ];
    }

    private static IEnumerable<GraphOperation> Replies(ReplyCalls replies)
    {
        const string One = "me/messages/{message-id}";
        return
        [
            new("me.message.createReply", "POST", One + "/createReply", replies.CreateReply),
            new("me.message.createReplyAll", "POST", One + "/createReplyAll", replies.CreateReplyAll),
            new("me.message.createForward", "POST", One + "/createForward", replies.CreateForward),
            new("me.message.reply", "POST", One + "/reply", replies.Reply),
            new("me.message.replyAll", "POST", One + "/replyAll", replies.ReplyAll),
            new("me.message.forward", "POST", One + "/forward", replies.Forward),
        ];
    }
}
