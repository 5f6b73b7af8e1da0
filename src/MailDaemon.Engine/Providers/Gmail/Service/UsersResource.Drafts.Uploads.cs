using Google.Apis.Gmail.v1.Data;
using Google.Apis.Services;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <content>Uploads of drafts.</content>
internal sealed partial class UsersResource
{
    public sealed partial class DraftsResource
    {
        public sealed class CreateMediaUpload : GmailMediaUpload<Draft, Draft>
        {
            public CreateMediaUpload(IClientService service, Draft body, string userId, Stream stream, string contentType)
                : base(service, body, userId, "gmail/v1/users/{userId}/drafts", "POST", stream, contentType)
            {
            }
        }

        public sealed class UpdateMediaUpload : GmailMediaUpload<Draft, Draft>
        {
            public UpdateMediaUpload(IClientService service, Draft body, string userId, string id, Stream stream, string contentType)
                : base(service, body, userId, "gmail/v1/users/{userId}/drafts/{id}", "PUT", stream, contentType)
            {
                Id = id;
            }

            [RequestParameter("id", RequestParameterType.Path)]
            public string Id { get; }
        }

        public sealed class SendMediaUpload : GmailMediaUpload<Draft, Message>
        {
            public SendMediaUpload(IClientService service, Draft body, string userId, Stream stream, string contentType)
                : base(service, body, userId, "gmail/v1/users/{userId}/drafts/send", "POST", stream, contentType)
            {
            }
        }
    }
}
