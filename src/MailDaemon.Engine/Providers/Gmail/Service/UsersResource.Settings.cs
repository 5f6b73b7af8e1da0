using Google.Apis.Gmail.v1.Data;
using Google.Apis.Services;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <content>The methods of settings.</content>
internal sealed partial class UsersResource
{
    public SettingsResource Settings { get; } = new(service);

    public sealed class SettingsResource(IClientService service)
    {
        public SendAsResource SendAs { get; } = new(service);

        public sealed class SendAsResource(IClientService service)
        {
            public ListRequest List(string userId) => new(service, userId);

            public GetRequest Get(string userId, string sendAsEmail) => new(service, userId, sendAsEmail);

            public sealed class ListRequest(IClientService service, string userId) : GmailBaseServiceRequest<ListSendAsResponse>(service)
            {
                [RequestParameter("userId", RequestParameterType.Path)]
                public string UserId { get; } = userId;

                public override string MethodName => "list";

                public override string HttpMethod => "GET";

                public override string RestPath => "gmail/v1/users/{userId}/settings/sendAs";
            }

            public sealed class GetRequest(IClientService service, string userId, string sendAsEmail) : GmailBaseServiceRequest<SendAs>(service)
            {
                [RequestParameter("userId", RequestParameterType.Path)]
                public string UserId { get; } = userId;

                [RequestParameter("sendAsEmail", RequestParameterType.Path)]
                public string SendAsEmail { get; } = sendAsEmail;

                public override string MethodName => "get";

                public override string HttpMethod => "GET";

                public override string RestPath => "gmail/v1/users/{userId}/settings/sendAs/{sendAsEmail}";
            }
        }
    }
}
