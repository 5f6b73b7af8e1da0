using Google.Apis.Gmail.v1.Data;
using Google.Apis.Services;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <content>The methods of drafts.</content>
internal sealed partial class UsersResource
{
    public DraftsResource Drafts { get; } = new(service);

    public sealed partial class DraftsResource(IClientService service)
    {
        public ListRequest List(string userId) => new(service, userId);

        public GetRequest Get(string userId, string id) => new(service, userId, id);

        public CreateRequest Create(Draft body, string userId) => new(service, body, userId);

        public UpdateRequest Update(Draft body, string userId, string id) => new(service, body, userId, id);

        public SendRequest Send(Draft body, string userId) => new(service, body, userId);

        public DeleteRequest Delete(string userId, string id) => new(service, userId, id);

        public CreateMediaUpload Create(Draft body, string userId, Stream stream, string contentType) => new(service, body, userId, stream, contentType);

        public UpdateMediaUpload Update(Draft body, string userId, string id, Stream stream, string contentType) => new(service, body, userId, id, stream, contentType);

        public SendMediaUpload Send(Draft body, string userId, Stream stream, string contentType) => new(service, body, userId, stream, contentType);

        public sealed class ListRequest(IClientService service, string userId) : GmailBaseServiceRequest<ListDraftsResponse>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("includeSpamTrash", RequestParameterType.Query)]
            public bool? IncludeSpamTrash { get; set; }

            [RequestParameter("maxResults", RequestParameterType.Query)]
            public long? MaxResults { get; set; }

            [RequestParameter("pageToken", RequestParameterType.Query)]
            public string? PageToken { get; set; }

            [RequestParameter("q", RequestParameterType.Query)]
            public string? Q { get; set; }

            public override string MethodName => "list";

            public override string HttpMethod => "GET";

            public override string RestPath => "gmail/v1/users/{userId}/drafts";
        }

        public sealed class GetRequest(IClientService service, string userId, string id) : GmailBaseServiceRequest<Draft>(service)
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

            public override string MethodName => "get";

            public override string HttpMethod => "GET";

            public override string RestPath => "gmail/v1/users/{userId}/drafts/{id}";
        }

        public sealed class CreateRequest(IClientService service, Draft body, string userId) : GmailBaseServiceRequest<Draft>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            public override string MethodName => "create";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/drafts";

            protected override object GetBody() => body;
        }

        public sealed class UpdateRequest(IClientService service, Draft body, string userId, string id) : GmailBaseServiceRequest<Draft>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "update";

            public override string HttpMethod => "PUT";

            public override string RestPath => "gmail/v1/users/{userId}/drafts/{id}";

            protected override object GetBody() => body;
        }

        public sealed class SendRequest(IClientService service, Draft body, string userId) : GmailBaseServiceRequest<Message>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            public override string MethodName => "send";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/drafts/send";

            protected override object GetBody() => body;
        }

        public sealed class DeleteRequest(IClientService service, string userId, string id) : GmailBaseServiceRequest<string>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "delete";

            public override string HttpMethod => "DELETE";

            public override string RestPath => "gmail/v1/users/{userId}/drafts/{id}";
        }
    }
}
