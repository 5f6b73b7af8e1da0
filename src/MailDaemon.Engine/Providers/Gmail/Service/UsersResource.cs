using Google.Apis.Gmail.v1.Data;
using Google.Apis.Services;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <summary>The collection <c>users</c>: a mailbox and all that is in it.</summary>
internal sealed partial class UsersResource(IClientService service)
{
    public GetProfileRequest GetProfile(string userId) => new(service, userId);

    public sealed class GetProfileRequest(IClientService service, string userId) : GmailBaseServiceRequest<Profile>(service)
    {
        [RequestParameter("userId", RequestParameterType.Path)]
        public string UserId { get; } = userId;

        public override string MethodName => "getProfile";

        public override string HttpMethod => "GET";

        public override string RestPath => "gmail/v1/users/{userId}/profile";
    }
}
