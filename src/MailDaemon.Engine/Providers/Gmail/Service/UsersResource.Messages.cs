using Google.Apis.Gmail.v1.Data;
using Google.Apis.Services;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <content>The methods of messages.</content>
internal sealed partial class UsersResource
{
    public MessagesResource Messages { get; } = new(service);

    public sealed partial class MessagesResource(IClientService service)
    {
        public AttachmentsResource Attachments { get; } = new(service);

        public ListRequest List(string userId) => new(service, userId);

        public GetRequest Get(string userId, string id) => new(service, userId, id);

        public SendRequest Send(Message body, string userId) => new(service, body, userId);

        public ImportRequest Import(Message body, string userId) => new(service, body, userId);

        public InsertRequest Insert(Message body, string userId) => new(service, body, userId);

        public ModifyRequest Modify(ModifyMessageRequest body, string userId, string id) => new(service, body, userId, id);

        public BatchModifyRequest BatchModify(BatchModifyMessagesRequest body, string userId) => new(service, body, userId);

        public BatchDeleteRequest BatchDelete(BatchDeleteMessagesRequest body, string userId) => new(service, body, userId);

        public TrashRequest Trash(string userId, string id) => new(service, userId, id);

        public UntrashRequest Untrash(string userId, string id) => new(service, userId, id);

        public DeleteRequest Delete(string userId, string id) => new(service, userId, id);

        public SendMediaUpload Send(Message body, string userId, Stream stream, string contentType) => new(service, body, userId, stream, contentType);

        public ImportMediaUpload Import(Message body, string userId, Stream stream, string contentType) => new(service, body, userId, stream, contentType);

        public InsertMediaUpload Insert(Message body, string userId, Stream stream, string contentType) => new(service, body, userId, stream, contentType);

        public sealed class ListRequest(IClientService service, string userId) : GmailBaseServiceRequest<ListMessagesResponse>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("includeSpamTrash", RequestParameterType.Query)]
            public bool? IncludeSpamTrash { get; set; }

            [RequestParameter("labelIds", RequestParameterType.Query)]
            public Repeatable<string>? LabelIds { get; set; }

            [RequestParameter("maxResults", RequestParameterType.Query)]
            public long? MaxResults { get; set; }

            [RequestParameter("pageToken", RequestParameterType.Query)]
            public string? PageToken { get; set; }

            [RequestParameter("q", RequestParameterType.Query)]
            public string? Q { get; set; }

            public override string MethodName => "list";

            public override string HttpMethod => "GET";

            public override string RestPath => "gmail/v1/users/{userId}/messages";
        }

        public sealed class GetRequest(IClientService service, string userId, string id) : GmailBaseServiceRequest<Message>(service)
        {
            public enum FormatEnum
            {
                [StringValue("minimal")]
                Minimal,

                [StringValue("full")]
                Full,

                [StringValue("raw")]
                Raw,

                [StringValue("metadata")]
                Metadata,
            }

            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            [RequestParameter("format", RequestParameterType.Query)]
            public FormatEnum? Format { get; set; }

            [RequestParameter("metadataHeaders", RequestParameterType.Query)]
            public Repeatable<string>? MetadataHeaders { get; set; }

            public override string MethodName => "get";

            public override string HttpMethod => "GET";

            public override string RestPath => "gmail/v1/users/{userId}/messages/{id}";
        }

        public sealed class SendRequest(IClientService service, Message body, string userId) : GmailBaseServiceRequest<Message>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            public override string MethodName => "send";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/messages/send";

            protected override object GetBody() => body;
        }

        public sealed class ImportRequest(IClientService service, Message body, string userId) : GmailBaseServiceRequest<Message>(service)
        {
            public enum InternalDateSourceEnum
            {
                [StringValue("receivedTime")]
                ReceivedTime,

                [StringValue("dateHeader")]
                DateHeader,
            }

            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("deleted", RequestParameterType.Query)]
            public bool? Deleted { get; set; }

            [RequestParameter("internalDateSource", RequestParameterType.Query)]
            public InternalDateSourceEnum? InternalDateSource { get; set; }

            [RequestParameter("neverMarkSpam", RequestParameterType.Query)]
            public bool? NeverMarkSpam { get; set; }

            [RequestParameter("processForCalendar", RequestParameterType.Query)]
            public bool? ProcessForCalendar { get; set; }

            public override string MethodName => "import";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/messages/import";

            protected override object GetBody() => body;
        }

        public sealed class InsertRequest(IClientService service, Message body, string userId) : GmailBaseServiceRequest<Message>(service)
        {
            public enum InternalDateSourceEnum
            {
                [StringValue("receivedTime")]
                ReceivedTime,

                [StringValue("dateHeader")]
                DateHeader,
            }

            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("deleted", RequestParameterType.Query)]
            public bool? Deleted { get; set; }

            [RequestParameter("internalDateSource", RequestParameterType.Query)]
            public InternalDateSourceEnum? InternalDateSource { get; set; }

            public override string MethodName => "insert";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/messages";

            protected override object GetBody() => body;
        }

        public sealed class ModifyRequest(IClientService service, ModifyMessageRequest body, string userId, string id) : GmailBaseServiceRequest<Message>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "modify";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/messages/{id}/modify";

            protected override object GetBody() => body;
        }

        public sealed class BatchModifyRequest(IClientService service, BatchModifyMessagesRequest body, string userId) : GmailBaseServiceRequest<string>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            public override string MethodName => "batchModify";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/messages/batchModify";

            protected override object GetBody() => body;
        }

        public sealed class BatchDeleteRequest(IClientService service, BatchDeleteMessagesRequest body, string userId) : GmailBaseServiceRequest<string>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            public override string MethodName => "batchDelete";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/messages/batchDelete";

            protected override object GetBody() => body;
        }

        public sealed class TrashRequest(IClientService service, string userId, string id) : GmailBaseServiceRequest<Message>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "trash";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/messages/{id}/trash";
        }

        public sealed class UntrashRequest(IClientService service, string userId, string id) : GmailBaseServiceRequest<Message>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "untrash";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/messages/{id}/untrash";
        }

        public sealed class DeleteRequest(IClientService service, string userId, string id) : GmailBaseServiceRequest<string>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "delete";

            public override string HttpMethod => "DELETE";

            public override string RestPath => "gmail/v1/users/{userId}/messages/{id}";
        }
    }
}
