using Google.Apis.Gmail.v1.Data;
using Google.Apis.Services;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <content>The methods of labels.</content>
internal sealed partial class UsersResource
{
    public LabelsResource Labels { get; } = new(service);

    public sealed class LabelsResource(IClientService service)
    {
        public ListRequest List(string userId) => new(service, userId);

        public GetRequest Get(string userId, string id) => new(service, userId, id);

        public CreateRequest Create(Label body, string userId) => new(service, body, userId);

        public UpdateRequest Update(Label body, string userId, string id) => new(service, body, userId, id);

        public PatchRequest Patch(Label body, string userId, string id) => new(service, body, userId, id);

        public DeleteRequest Delete(string userId, string id) => new(service, userId, id);

        public sealed class ListRequest(IClientService service, string userId) : GmailBaseServiceRequest<ListLabelsResponse>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            public override string MethodName => "list";

            public override string HttpMethod => "GET";

            public override string RestPath => "gmail/v1/users/{userId}/labels";
        }

        public sealed class GetRequest(IClientService service, string userId, string id) : GmailBaseServiceRequest<Label>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "get";

            public override string HttpMethod => "GET";

            public override string RestPath => "gmail/v1/users/{userId}/labels/{id}";
        }

        public sealed class CreateRequest(IClientService service, Label body, string userId) : GmailBaseServiceRequest<Label>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            public override string MethodName => "create";

            public override string HttpMethod => "POST";

            public override string RestPath => "gmail/v1/users/{userId}/labels";

            protected override object GetBody() => body;
        }

        public sealed class UpdateRequest(IClientService service, Label body, string userId, string id) : GmailBaseServiceRequest<Label>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "update";

            public override string HttpMethod => "PUT";

            public override string RestPath => "gmail/v1/users/{userId}/labels/{id}";

            protected override object GetBody() => body;
        }

        public sealed class PatchRequest(IClientService service, Label body, string userId, string id) : GmailBaseServiceRequest<Label>(service)
        {
            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; } = id;

            public override string MethodName => "patch";

            public override string HttpMethod => "PATCH";

            public override string RestPath => "gmail/v1/users/{userId}/labels/{id}";

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

            public override string RestPath => "gmail/v1/users/{userId}/labels/{id}";
        }
    }
}
