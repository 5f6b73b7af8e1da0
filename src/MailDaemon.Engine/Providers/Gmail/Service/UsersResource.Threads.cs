using Google.Apis.Gmail.v1.Data;
using Google.Apis.Services;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <content>The methods of threads.</content>
internal sealed partial class UsersResource
{
    public ThreadsResource Threads { get; } = new(service);

    public sealed class ThreadsResource(IClientService service)
    {
        public ListRequest List(string userId) => new(service, userId);

        public GetRequest Get(string userId, string id) => new(service, userId, id);

        public ModifyRequest Modify(ModifyThreadRequest body, string userId, string id) => new(service, body, userId, id);

        public TrashRequest Trash(string userId, string id) => new(service, userId, id);

        public UntrashRequest Untrash(string userId, string id) => new(service, userId, id);

        public sealed class ListRequest(IClientService service, string userId) : GmailBaseServiceRequest<ListThreadsResponse>(service)
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

            public override string RestPath => "gmail/v1/users/{userId}/threads";
        }

        public sealed class GetRequest(IClientService service, string userId, string id) : GmailBaseServiceRequest<Data.Thread>(service)
        {
            public enum FormatEnum
            {
                [StringValue("full")]
                Full,

                [StringValue("metadata")]
                Metadata,

                [StringValue("minimal")]
                Minimal,
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

            public override string RestPath => "gmail/v1/users/{userId}/threads/{id}";
        }

        public sealed class ModifyRequest(IClientService service, ModifyThreadRequest body, string userId, string id) : GmailBaseServiceRequest<Data.Thread>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "modify";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/threads/{id}/modify";

            protected override object GetBody() => body;
        }

        public sealed class TrashRequest(IClientService service, string userId, string id) : GmailBaseServiceRequest<Data.Thread>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "trash";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/threads/{id}/trash";
        }

        public sealed class UntrashRequest(IClientService service, string userId, string id) : GmailBaseServiceRequest<Data.Thread>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "untrash";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/threads/{id}/untrash";
        }
    }
}
