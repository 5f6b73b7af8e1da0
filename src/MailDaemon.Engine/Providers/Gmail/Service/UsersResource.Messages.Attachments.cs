using Google.Apis.Gmail.v1.Data;
using Google.Apis.Services;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <content>The methods of attachments.</content>
internal sealed partial class UsersResource
{
    public sealed partial class MessagesResource
    {
        public sealed class AttachmentsResource(IClientService service)
        {
            public GetRequest Get(string userId, string messageId, string id) => new(service, userId, messageId, id);

            public sealed class GetRequest(IClientService service, string userId, string messageId, string id) : GmailBaseServiceRequest<MessagePartBody>(service)
            {
                [RequestParameter("userId", RequestParameterType.Path)]
                public string UserId { get; } = userId;

                [RequestParameter("messageId", RequestParameterType.Path)]
                public string MessageId { get; } = messageId;

                [RequestParameter("id", RequestParameterType.Path)]
                public string Id { get; } = id;

                public override string MethodName => "get";

                public override string HttpMethod => "GET";

                public override string RestPath => "gmail/v1/users/{userId}/messages/{messageId}/attachments/{id}";
            }
        }
    }
}
