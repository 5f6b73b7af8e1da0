using MailDaemon.Accounts;
using MailDaemon.Agents;
using MailDaemon.Attachments;
using MailDaemon.Engine.Messages;
using MailDaemon.Events;
using MailDaemon.Folders;
using MailDaemon.Imap;
using MailDaemon.Labels;
using MailDaemon.Messages;
using MailDaemon.Offline;
using MailDaemon.Okki;
using MailDaemon.Operating;
using MailDaemon.Outbox;
using MailDaemon.Rules;
using MailDaemon.Sending;
using MailDaemon.Sync;
using MailDaemon.Threads;

namespace MailDaemon.Api;

/// <summary>Every route of the API, one line each.</summary>
internal static class Routes
{
    public static void MapApi(this WebApplication app)
    {
        app.MapGet("/ping", Ping.Handle);
        app.MapGet("/health", GetHealth.Handle);
        app.MapGet("/metrics", GetMetrics.Handle);

        var api = app.MapGroup("/api");
        api.AddEndpointFilter(app.Services.GetRequiredService<IdempotentReplies>());
        api.MapGet("/accounts", ListAccounts.Handle);
        api.MapGet("/accounts-with-settings", ListAccountsWithSettings.Handle);
        api.MapDelete("/accounts/{p}/{email}", DeleteAccount.HandleAsync);
        api.MapGet("/accounts/{p}/{email}/settings", GetSettings.Handle);
        api.MapPut("/accounts/{p}/{email}/settings", UpdateSettings.HandleAsync);
        api.MapPut("/accounts/{p}/{email}/displayName", SetDisplayName.HandleAsync);

        api.MapPost("/sync", SyncNow.HandleAsync);
        api.MapGet("/sync/verify", VerifySync.HandleAsync);
        api.MapGet("/sync-status", GetSyncStatus.HandleAsync);
        api.MapGet("/polling/status", GetPollingStatus.HandleAsync);
        api.MapGet("/messages", ListAllMessages.Handle);
        api.MapGet("/search", SearchAllMessages.HandleAsync);
        api.MapGet("/threads/{threadId}", GetThread.Handle);
        api.MapGet("/attachments", StreamAttachment.HandleAsync);
        api.MapPost("/attachments/save", SaveAttachment.HandleAsync);
        api.MapGet("/labels", ListLabels.Handle);
        api.MapPost("/labels", CreateLabel.HandleAsync);
        api.MapGet("/labels/{labelId}", GetLabel.Handle);
        api.MapPut("/labels/{labelId}", UpdateLabel.HandleAsync);
        api.MapDelete("/labels/{labelId}", DeleteLabel.HandleAsync);
        api.MapGet("/labels/{labelId}/mails", ListLabelMails.Handle);
        api.MapGet("/mails/{p}/{email}/labels", GetMailLabels.Handle);
        api.MapPost("/mails/{p}/{email}/labels", AddMailLabel.HandleAsync);
        api.MapPut("/mails/{p}/{email}/labels", SetMailLabels.HandleAsync);
        api.MapDelete("/mails/{p}/{email}/labels", RemoveMailLabel.HandleAsync);

        api.MapGet("/rules", ListRules.Handle);
        api.MapPost("/rules", CreateRule.HandleAsync);
        api.MapPost("/rules/execute", ExecuteRules.HandleAsync);
        api.MapGet("/rules/runs", ListAllRuns.Handle);
        api.MapGet("/rules/{ruleId}", GetRule.Handle);
        api.MapPut("/rules/{ruleId}", UpdateRule.HandleAsync);
        api.MapDelete("/rules/{ruleId}", DeleteRule.HandleAsync);
        api.MapPost("/rules/{ruleId}/toggle", ToggleRule.HandleAsync);
        api.MapPost("/rules/{ruleId}/test", TestRule.HandleAsync);
        api.MapGet("/rules/{ruleId}/runs", ListRuns.Handle);
        api.MapPost("/rules/{ruleId}/apply", ApplyRule.Handle);
        api.MapGet("/rules/{ruleId}/apply", GetRuleProgress.Handle);
        api.MapGet("/agents/{agentId}/tasks", TakeTasks.HandleAsync);
        api.MapPost("/agents/{agentId}/tasks/lease", LeaseTasks.HandleAsync);
        api.MapGet("/agents/tasks", ListTasks.Handle);
        api.MapGet("/agents/tasks/{taskId}", GetTask.Handle);
        api.MapDelete("/agents/tasks/{taskId}", CancelTask.HandleAsync);
        api.MapPost("/agents/tasks/{taskId}/complete", CompleteTask.HandleAsync);
        api.MapPost("/agents/tasks/{taskId}/fail", FailTask.HandleAsync);
        api.MapPost("/agents/tasks/{taskId}/extend", ExtendTask.HandleAsync);
        api.MapPost("/agents/tasks/{taskId}/requeue", RequeueTask.HandleAsync);

        api.MapGet("/okki/config", GetOkkiConfig.Handle);
        api.MapPut("/okki/config", UpdateOkkiConfig.HandleAsync);
        api.MapPost("/okki/test", TestOkki.HandleAsync);
        api.MapPost("/okki/match", MatchCustomer.HandleAsync);
        api.MapPost("/okki/sync", SyncMailToOkki.HandleAsync);
        api.MapGet("/okki/trails", ListTrails.Handle);
        api.MapPost("/okki/trails/email", CreateEmailTrail.HandleAsync);
        api.MapPost("/okki/trails/quotation", CreateQuotationTrail.HandleAsync);
        api.MapGet("/okki/trails/{id}", GetTrail.Handle);
        api.MapPost("/okki/trails/{id}/retry", RetryTrail.HandleAsync);
        api.MapPost("/okki/trails/{id}/settle", SettleTrail.HandleAsync);
        api.MapGet("/okki/unmatched", ListUnmatched.Handle);
        api.MapPost("/okki/unmatched/{id}/assign", AssignCustomer.HandleAsync);
        api.MapGet("/okki/pins", ListPins.Handle);
        api.MapPost("/okki/pins", CreatePin.HandleAsync);
        api.MapDelete("/okki/pins", DeletePin.HandleAsync);
        api.MapGet("/okki/customers", ListCustomers.Handle);
        api.MapGet("/okki/customers/sync", GetCustomersSync.Handle);
        api.MapPost("/okki/customers/sync", SyncCustomers.Handle);
        api.MapGet("/okki/backfill", GetBackfill.Handle);
        api.MapPost("/okki/backfill", BackfillTrails.Handle);

        api.MapGet("/events", StreamEvents.HandleAsync);
        api.MapGet("/outbox", ListOutbox.Handle);
        api.MapGet("/outbox/{id}", GetOutboxItem.Handle);
        api.MapDelete("/outbox/{id}", DeleteOutboxItem.HandleAsync);
        api.MapPost("/outbox/{id}/retry", RetryOutboxItem.HandleAsync);
        api.MapGet("/offline/status", GetOfflineStatus.Handle);
        api.MapGet("/offline/queue", ListOfflineQueue.Handle);
        api.MapPost("/offline/queue", QueueMessages.HandleAsync);
        api.MapDelete("/offline/queue", ClearOfflineQueue.HandleAsync);
        api.MapDelete("/offline/queue/{operationId}", DeleteOfflineOperation.HandleAsync);
        api.MapDelete("/offline/failed", ClearOfflineFailures.HandleAsync);
        api.MapPost("/offline/process", ProcessOfflineQueue.HandleAsync);

        var imap = api.MapGroup("/imap").WithMetadata(new RouteProvider(ProviderKind.Imap));
        imap.MapGet("/presets", ListPresets.Handle);
        imap.MapPost("/test", TestImap.HandleAsync);
        imap.MapPost("/accounts", AddImapAccount.HandleAsync);
        imap.MapPost("/accounts/verify-smtp", VerifySmtp.HandleAsync);
        imap.MapPost("/attachment", GetAttachment.HandleAsync);

        var outlook = api.MapGroup("/outlook").WithMetadata(new RouteProvider(ProviderKind.Outlook));
        outlook.MapPost("/auth/initiate", InitiateSignIn.HandleAsync);
        outlook.MapPost("/auth/device", InitiateDeviceSignIn.HandleAsync);
        outlook.MapGet("/auth/status", GetSignInStatus.Handle);
        outlook.MapGet("/message", GetMessage.HandleAsync);
        outlook.MapDelete("/message", DeleteMessage.HandleAsync);
        outlook.MapPost("/message/read", MarkRead.HandleAsync);
        outlook.MapPost("/message/unread", MarkUnread.HandleAsync);
        outlook.MapPost("/message/star", StarMessage.HandleAsync);
        outlook.MapPost("/message/unstar", UnstarMessage.HandleAsync);
        outlook.MapPost("/message/archive", ArchiveMessage.HandleAsync);
        outlook.MapPost("/message/move", MoveMessage.HandleAsync);
        outlook.MapPost("/message/spam", MarkSpam.HandleAsync);
        outlook.MapPost("/message/not-spam", MarkNotSpam.HandleAsync);
        outlook.MapPost("/message/reply", ReplyMessage.HandleAsync);
        outlook.MapPost("/message/categories", ChangeOutlookCategories.HandleAsync);
        outlook.MapGet("/categories", ListOutlookCategories.Handle);
        outlook.MapPost("/categories/sync", SyncOutlookCategories.HandleAsync);
        outlook.MapPost("/categories/create", CreateOutlookCategory.HandleAsync);
        outlook.MapPut("/categories/update", UpdateOutlookCategory.HandleAsync);
        outlook.MapDelete("/categories/delete", DeleteOutlookCategory.HandleAsync);
        outlook.MapPost("/attachment", GetAttachment.HandleAsync);
        outlook.MapGet("/draft", GetDraft.HandleAsync);
        outlook.MapPut("/drafts", UpdateDraft.HandleAsync);
        outlook.MapDelete("/drafts", DeleteDraft.HandleAsync);
        outlook.MapPost("/drafts/send", SendDraft.HandleAsync);

        var gmail = api.MapGroup("/gmail").WithMetadata(new RouteProvider(ProviderKind.Gmail));
        gmail.MapPost("/auth/initiate", InitiateSignIn.HandleAsync);
        gmail.MapGet("/auth/status", GetSignInStatus.Handle);
        gmail.MapPost("/messages/{messageId}/attachment", GetAttachment.HandleAsync);
        gmail.MapGet("/labels", ListGmailLabels.Handle);
        gmail.MapPost("/labels/sync", SyncGmailLabels.HandleAsync);
        gmail.MapPost("/messages/{id}/labels", ChangeGmailLabels.HandleAsync);

        var any = api.MapGroup("/{p}");
        any.MapGet("/messages", ListMessages.Handle);
        any.MapPost("/messages/fetch", FetchMessages.HandleAsync);
        any.MapGet("/search", SearchMessages.HandleAsync);
        any.MapPost("/messages/batch", BatchMessages.HandleAsync);
        any.MapGet("/messages/{id}", GetMessage.HandleAsync);
        any.MapDelete("/messages/{id}", DeleteMessage.HandleAsync);
        any.MapPost("/messages/{id}/read", MarkRead.HandleAsync);
        any.MapPost("/messages/{id}/unread", MarkUnread.HandleAsync);
        any.MapPost("/messages/{id}/star", StarMessage.HandleAsync);
        any.MapPost("/messages/{id}/unstar", UnstarMessage.HandleAsync);
        any.MapPost("/messages/{id}/archive", ArchiveMessage.HandleAsync);
        any.MapPost("/messages/{id}/move", MoveMessage.HandleAsync);
        any.MapPost("/messages/{id}/spam", MarkSpam.HandleAsync);
        any.MapPost("/messages/{id}/not-spam", MarkNotSpam.HandleAsync);
        any.MapGet("/threads", ListThreads.Handle);
        any.MapGet("/folders", ListFolders.Handle);
        any.MapPost("/folders", CreateFolder.HandleAsync);
        any.MapPut("/folders", RenameFolder.HandleAsync);
        any.MapDelete("/folders", DeleteFolder.HandleAsync);
        any.MapPost("/send", SendMessage.HandleAsync);
        any.MapPost("/reply", ReplyMessage.HandleAsync);
        any.MapPost("/forward", ForwardMessage.HandleAsync);
        any.MapGet("/drafts", ListDrafts.Handle);
        any.MapPost("/drafts", CreateDraft.HandleAsync);
        any.MapGet("/drafts/{id}", GetDraft.HandleAsync);
        any.MapPut("/drafts/{id}", UpdateDraft.HandleAsync);
        any.MapDelete("/drafts/{id}", DeleteDraft.HandleAsync);
        any.MapPost("/drafts/{id}/send", SendDraft.HandleAsync);
    }
}
