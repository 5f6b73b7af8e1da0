using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MailDaemon.Accounts;
using MailDaemon.Agents;
using MailDaemon.Attachments;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Cache;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Storage;
using MailDaemon.Engine.Sync;
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
using Microsoft.AspNetCore.Http.Json;

namespace MailDaemon.Api;

/// <summary>What the API reads and writes as JSON. Every request and every result type of an endpoint has its line here.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ErrorReply.Body), TypeInfoPropertyName = "ErrorReplyBody")]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(Ping.Response), TypeInfoPropertyName = "PingResponse")]
[JsonSerializable(typeof(GetHealth.Response), TypeInfoPropertyName = "GetHealthResponse")]
[JsonSerializable(typeof(AccountRequest))]
[JsonSerializable(typeof(InitiateDeviceSignIn.Request), TypeInfoPropertyName = "InitiateDeviceSignInRequest")]
[JsonSerializable(typeof(InitiateDeviceSignIn.Response), TypeInfoPropertyName = "InitiateDeviceSignInResponse")]
[JsonSerializable(typeof(InitiateSignIn.Request), TypeInfoPropertyName = "InitiateSignInRequest")]
[JsonSerializable(typeof(InitiateSignIn.Response), TypeInfoPropertyName = "InitiateSignInResponse")]
[JsonSerializable(typeof(GetSignInStatus.Request), TypeInfoPropertyName = "GetSignInStatusRequest")]
[JsonSerializable(typeof(GetSignInStatus.Response), TypeInfoPropertyName = "GetSignInStatusResponse")]
[JsonSerializable(typeof(DeleteAccount.Request), TypeInfoPropertyName = "DeleteAccountRequest")]
[JsonSerializable(typeof(DeleteAccount.Response), TypeInfoPropertyName = "DeleteAccountResponse")]
[JsonSerializable(typeof(IReadOnlyList<AccountSummary>))]
[JsonSerializable(typeof(IReadOnlyList<ListAccountsWithSettings.Response>), TypeInfoPropertyName = "ListAccountsWithSettingsResponseList")]
[JsonSerializable(typeof(SettingsView))]
[JsonSerializable(typeof(SetDisplayName.Request), TypeInfoPropertyName = "SetDisplayNameRequest")]
[JsonSerializable(typeof(SetDisplayName.Response), TypeInfoPropertyName = "SetDisplayNameResponse")]
[JsonSerializable(typeof(UpdateSettings.Request), TypeInfoPropertyName = "UpdateSettingsRequest")]
[JsonSerializable(typeof(IReadOnlyList<ListPresets.Response>), TypeInfoPropertyName = "ListPresetsResponseList")]
[JsonSerializable(typeof(TestImap.Response), TypeInfoPropertyName = "TestImapResponse")]
[JsonSerializable(typeof(AddImapAccount.Request), TypeInfoPropertyName = "AddImapAccountRequest")]
[JsonSerializable(typeof(AddImapAccount.Response), TypeInfoPropertyName = "AddImapAccountResponse")]
[JsonSerializable(typeof(VerifySmtp.Request), TypeInfoPropertyName = "VerifySmtpRequest")]
[JsonSerializable(typeof(MessageRequest))]
[JsonSerializable(typeof(ListMessages.Request), TypeInfoPropertyName = "ListMessagesRequest")]
[JsonSerializable(typeof(ListAllMessages.Request), TypeInfoPropertyName = "ListAllMessagesRequest")]
[JsonSerializable(typeof(MessagePage))]
[JsonSerializable(typeof(SearchMessages.Request), TypeInfoPropertyName = "SearchMessagesRequest")]
[JsonSerializable(typeof(SearchAllMessages.Request), TypeInfoPropertyName = "SearchAllMessagesRequest")]
[JsonSerializable(typeof(SearchPage))]
[JsonSerializable(typeof(ListThreads.Request), TypeInfoPropertyName = "ListThreadsRequest")]
[JsonSerializable(typeof(ThreadPage))]
[JsonSerializable(typeof(GetThread.Request), TypeInfoPropertyName = "GetThreadRequest")]
[JsonSerializable(typeof(GetThread.Response), TypeInfoPropertyName = "GetThreadResponse")]
[JsonSerializable(typeof(GetMessage.Request), TypeInfoPropertyName = "GetMessageRequest")]
[JsonSerializable(typeof(FetchMessages.Request), TypeInfoPropertyName = "FetchMessagesRequest")]
[JsonSerializable(typeof(FetchMessages.Response), TypeInfoPropertyName = "FetchMessagesResponse")]
[JsonSerializable(typeof(MessageDetail))]
[JsonSerializable(typeof(MessageItem))]
[JsonSerializable(typeof(Relocation))]
[JsonSerializable(typeof(Deletion))]
[JsonSerializable(typeof(MoveMessage.Request), TypeInfoPropertyName = "MoveMessageRequest")]
[JsonSerializable(typeof(ListFolders.Request), TypeInfoPropertyName = "ListFoldersRequest")]
[JsonSerializable(typeof(IReadOnlyList<FolderView>))]
[JsonSerializable(typeof(CreateFolder.Request), TypeInfoPropertyName = "CreateFolderRequest")]
[JsonSerializable(typeof(RenameFolder.Request), TypeInfoPropertyName = "RenameFolderRequest")]
[JsonSerializable(typeof(DeleteFolder.Request), TypeInfoPropertyName = "DeleteFolderRequest")]
[JsonSerializable(typeof(DeleteFolder.Response), TypeInfoPropertyName = "DeleteFolderResponse")]
[JsonSerializable(typeof(BatchMessages.Request), TypeInfoPropertyName = "BatchMessagesRequest")]
[JsonSerializable(typeof(BatchMessages.Response), TypeInfoPropertyName = "BatchMessagesResponse")]
[JsonSerializable(typeof(SendMessage.Request), TypeInfoPropertyName = "SendMessageRequest")]
[JsonSerializable(typeof(ReplyMessage.Request), TypeInfoPropertyName = "ReplyMessageRequest")]
[JsonSerializable(typeof(LabelRequest))]
[JsonSerializable(typeof(MailRequest))]
[JsonSerializable(typeof(LabelAnswer))]
[JsonSerializable(typeof(IReadOnlyList<Engine.Actions.GmailLabel>))]
[JsonSerializable(typeof(LabelsRequest))]
[JsonSerializable(typeof(IReadOnlyList<Engine.Actions.OutlookCategory>))]
[JsonSerializable(typeof(CreateOutlookCategory.Request), TypeInfoPropertyName = "CreateOutlookCategoryRequest")]
[JsonSerializable(typeof(UpdateOutlookCategory.Request), TypeInfoPropertyName = "UpdateOutlookCategoryRequest")]
[JsonSerializable(typeof(UpdateOutlookCategory.Response), TypeInfoPropertyName = "UpdateOutlookCategoryResponse")]
[JsonSerializable(typeof(DeleteOutlookCategory.Request), TypeInfoPropertyName = "DeleteOutlookCategoryRequest")]
[JsonSerializable(typeof(DeleteOutlookCategory.Response), TypeInfoPropertyName = "DeleteOutlookCategoryResponse")]
[JsonSerializable(typeof(ChangeOutlookCategories.Request), TypeInfoPropertyName = "ChangeOutlookCategoriesRequest")]
[JsonSerializable(typeof(ChangeOutlookCategories.Response), TypeInfoPropertyName = "ChangeOutlookCategoriesResponse")]
[JsonSerializable(typeof(ChangeGmailLabels.Request), TypeInfoPropertyName = "ChangeGmailLabelsRequest")]
[JsonSerializable(typeof(ChangeGmailLabels.Response), TypeInfoPropertyName = "ChangeGmailLabelsResponse")]
[JsonSerializable(typeof(IReadOnlyList<LabelAnswer>))]
[JsonSerializable(typeof(ListLabels.Request), TypeInfoPropertyName = "ListLabelsRequest")]
[JsonSerializable(typeof(CreateLabel.Request), TypeInfoPropertyName = "CreateLabelRequest")]
[JsonSerializable(typeof(UpdateLabel.Request), TypeInfoPropertyName = "UpdateLabelRequest")]
[JsonSerializable(typeof(DeleteLabel.Response), TypeInfoPropertyName = "DeleteLabelResponse")]
[JsonSerializable(typeof(AddMailLabel.Request), TypeInfoPropertyName = "AddMailLabelRequest")]
[JsonSerializable(typeof(RemoveMailLabel.Request), TypeInfoPropertyName = "RemoveMailLabelRequest")]
[JsonSerializable(typeof(SetMailLabels.Request), TypeInfoPropertyName = "SetMailLabelsRequest")]
[JsonSerializable(typeof(ListLabelMails.Request), TypeInfoPropertyName = "ListLabelMailsRequest")]
[JsonSerializable(typeof(ListLabelMails.Response), TypeInfoPropertyName = "ListLabelMailsResponse")]
[JsonSerializable(typeof(ForwardMessage.Request), TypeInfoPropertyName = "ForwardMessageRequest")]
[JsonSerializable(typeof(SentMail))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(SaveAttachment.Request), TypeInfoPropertyName = "SaveAttachmentRequest")]
[JsonSerializable(typeof(SavedFile))]
[JsonSerializable(typeof(Outbox.OutboxRequest), TypeInfoPropertyName = "OutboxItemRequest")]
[JsonSerializable(typeof(OfflineRequest))]
[JsonSerializable(typeof(GetOfflineStatus.Response), TypeInfoPropertyName = "GetOfflineStatusResponse")]
[JsonSerializable(typeof(ListOfflineQueue.Response), TypeInfoPropertyName = "ListOfflineQueueResponse")]
[JsonSerializable(typeof(QueueMessages.Request), TypeInfoPropertyName = "QueueMessagesRequest")]
[JsonSerializable(typeof(DeleteOfflineOperation.Request), TypeInfoPropertyName = "DeleteOfflineOperationRequest")]
[JsonSerializable(typeof(RemovedOperations))]
[JsonSerializable(typeof(ProcessOfflineQueue.Response), TypeInfoPropertyName = "ProcessOfflineQueueResponse")]
[JsonSerializable(typeof(StreamEvents.Request), TypeInfoPropertyName = "StreamEventsRequest")]
[JsonSerializable(typeof(EventView))]
[JsonSerializable(typeof(OutboxView))]
[JsonSerializable(typeof(ListOutbox.Request), TypeInfoPropertyName = "ListOutboxRequest")]
[JsonSerializable(typeof(ListOutbox.Response), TypeInfoPropertyName = "ListOutboxResponse")]
[JsonSerializable(typeof(DraftRequest))]
[JsonSerializable(typeof(CreateDraft.Request), TypeInfoPropertyName = "CreateDraftRequest")]
[JsonSerializable(typeof(UpdateDraft.Request), TypeInfoPropertyName = "UpdateDraftRequest")]
[JsonSerializable(typeof(ListDrafts.Request), TypeInfoPropertyName = "ListDraftsRequest")]
[JsonSerializable(typeof(SendDraft.Request), TypeInfoPropertyName = "SendDraftRequest")]
[JsonSerializable(typeof(GetAttachment.Request), TypeInfoPropertyName = "GetAttachmentRequest")]
[JsonSerializable(typeof(GetAttachment.Response), TypeInfoPropertyName = "GetAttachmentResponse")]
[JsonSerializable(typeof(StreamAttachment.Request), TypeInfoPropertyName = "StreamAttachmentRequest")]
[JsonSerializable(typeof(SyncNow.Request), TypeInfoPropertyName = "SyncNowRequest")]
[JsonSerializable(typeof(SyncNow.Response), TypeInfoPropertyName = "SyncNowResponse")]
[JsonSerializable(typeof(IReadOnlyList<SyncNow.Response>), TypeInfoPropertyName = "SyncNowResponseList")]
[JsonSerializable(typeof(VerifySync.Request), TypeInfoPropertyName = "VerifySyncRequest")]
[JsonSerializable(typeof(SyncProof))]
[JsonSerializable(typeof(GetSyncStatus.Request), TypeInfoPropertyName = "GetSyncStatusRequest")]
[JsonSerializable(typeof(SyncStatusView))]
[JsonSerializable(typeof(IReadOnlyList<SyncStatusView>))]
[JsonSerializable(typeof(IReadOnlyList<RuleView>))]
[JsonSerializable(typeof(RuleView))]
[JsonSerializable(typeof(RuleRequest))]
[JsonSerializable(typeof(NamedMail))]
[JsonSerializable(typeof(RuleProgress))]
[JsonSerializable(typeof(ListRules.Request), TypeInfoPropertyName = "ListRulesRequest")]
[JsonSerializable(typeof(CreateRule.Request), TypeInfoPropertyName = "CreateRuleRequest")]
[JsonSerializable(typeof(UpdateRule.Request), TypeInfoPropertyName = "UpdateRuleRequest")]
[JsonSerializable(typeof(ToggleRule.Request), TypeInfoPropertyName = "ToggleRuleRequest")]
[JsonSerializable(typeof(TestRule.Request), TypeInfoPropertyName = "TestRuleRequest")]
[JsonSerializable(typeof(ListRuns.Request), TypeInfoPropertyName = "ListRunsRequest")]
[JsonSerializable(typeof(ListAllRuns.Request), TypeInfoPropertyName = "ListAllRunsRequest")]
[JsonSerializable(typeof(ApplyRule.Request), TypeInfoPropertyName = "ApplyRuleRequest")]
[JsonSerializable(typeof(DeleteRule.Response), TypeInfoPropertyName = "DeleteRuleResponse")]
[JsonSerializable(typeof(TestRule.Response), TypeInfoPropertyName = "TestRuleResponse")]
[JsonSerializable(typeof(ExecuteRules.Response), TypeInfoPropertyName = "ExecuteRulesResponse")]
[JsonSerializable(typeof(ListRuns.Response), TypeInfoPropertyName = "ListRunsResponse")]
[JsonSerializable(typeof(ListAllRuns.Response), TypeInfoPropertyName = "ListAllRunsResponse")]
[JsonSerializable(typeof(AgentTask))]
[JsonSerializable(typeof(TaskRequest))]
[JsonSerializable(typeof(TakeTasks.Request), TypeInfoPropertyName = "TakeTasksRequest")]
[JsonSerializable(typeof(ListTasks.Request), TypeInfoPropertyName = "ListTasksRequest")]
[JsonSerializable(typeof(CompleteTask.Request), TypeInfoPropertyName = "CompleteTaskRequest")]
[JsonSerializable(typeof(FailTask.Request), TypeInfoPropertyName = "FailTaskRequest")]
[JsonSerializable(typeof(ExtendTask.Request), TypeInfoPropertyName = "ExtendTaskRequest")]
[JsonSerializable(typeof(TakeTasks.Response), TypeInfoPropertyName = "TakeTasksResponse")]
[JsonSerializable(typeof(ListTasks.Response), TypeInfoPropertyName = "ListTasksResponse")]
[JsonSerializable(typeof(ListPresets.Response), TypeInfoPropertyName = "ListPresetsResponse")]
[JsonSerializable(typeof(ListAccountsWithSettings.Response), TypeInfoPropertyName = "ListAccountsWithSettingsResponse")]
[JsonSerializable(typeof(OkkiConfigView))]
[JsonSerializable(typeof(UpdateOkkiConfig.Request), TypeInfoPropertyName = "UpdateOkkiConfigRequest")]
[JsonSerializable(typeof(TestOkki.Response), TypeInfoPropertyName = "TestOkkiResponse")]
[JsonSerializable(typeof(MatchCustomer.Request), TypeInfoPropertyName = "MatchCustomerRequest")]
[JsonSerializable(typeof(CustomerMatch))]
[JsonSerializable(typeof(TrailView))]
[JsonSerializable(typeof(TrailRequest))]
[JsonSerializable(typeof(CreateEmailTrail.Request), TypeInfoPropertyName = "CreateEmailTrailRequest")]
[JsonSerializable(typeof(CreateQuotationTrail.Request), TypeInfoPropertyName = "CreateQuotationTrailRequest")]
[JsonSerializable(typeof(SyncMailToOkki.Request), TypeInfoPropertyName = "SyncMailToOkkiRequest")]
[JsonSerializable(typeof(ListTrails.Request), TypeInfoPropertyName = "ListTrailsRequest")]
[JsonSerializable(typeof(ListTrails.Response), TypeInfoPropertyName = "ListTrailsResponse")]
[JsonSerializable(typeof(ListUnmatched.Response), TypeInfoPropertyName = "ListUnmatchedResponse")]
[JsonSerializable(typeof(AssignCustomer.Request), TypeInfoPropertyName = "AssignCustomerRequest")]
[JsonSerializable(typeof(SettleTrail.Request), TypeInfoPropertyName = "SettleTrailRequest")]
[JsonSerializable(typeof(PageRequest))]
[JsonSerializable(typeof(ListPins.Response), TypeInfoPropertyName = "ListPinsResponse")]
[JsonSerializable(typeof(Pin))]
[JsonSerializable(typeof(CreatePin.Request), TypeInfoPropertyName = "CreatePinRequest")]
[JsonSerializable(typeof(CreatePin.Response), TypeInfoPropertyName = "CreatePinResponse")]
[JsonSerializable(typeof(DeletePin.Request), TypeInfoPropertyName = "DeletePinRequest")]
[JsonSerializable(typeof(DeletePin.Response), TypeInfoPropertyName = "DeletePinResponse")]
[JsonSerializable(typeof(MirrorView))]
[JsonSerializable(typeof(SyncCustomers.Request), TypeInfoPropertyName = "SyncCustomersRequest")]
[JsonSerializable(typeof(ListCustomers.Request), TypeInfoPropertyName = "ListCustomersRequest")]
[JsonSerializable(typeof(ListCustomers.Response), TypeInfoPropertyName = "ListCustomersResponse")]
[JsonSerializable(typeof(BackfillState))]
[JsonSerializable(typeof(BackfillTrails.Request), TypeInfoPropertyName = "BackfillTrailsRequest")]
[JsonSerializable(typeof(GetBackfill.Request), TypeInfoPropertyName = "GetBackfillRequest")]
internal sealed partial class ApiJson : JsonSerializerContext
{
    public const int MaxDepth = 64;

    /// <summary>Chinese text stays readable, names are camelCase and exact, a key given twice is a fault.</summary>
    public static void Configure(JsonOptions options)
    {
        var json = options.SerializerOptions;
        json.Encoder = ReadableJsonEncoder.Instance;
        json.MaxDepth = MaxDepth;
        json.AllowDuplicateProperties = false;
        json.PropertyNameCaseInsensitive = false;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.Converters.Add(new UtcInstantConverter());
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        json.TypeInfoResolverChain.Clear();
        json.TypeInfoResolverChain.Add(Default.WithAddedModifier(InitialValues.Keep));
    }
}
