using Google.Apis.Gmail.v1.Data;
using Google.Apis.Services;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <content>Uploads of messages.</content>
internal sealed partial class UsersResource
{
    public sealed partial class MessagesResource
    {
        public sealed class SendMediaUpload : GmailMediaUpload<Message, Message>
        {
            public SendMediaUpload(IClientService service, Message body, string userId, Stream stream, string contentType)
                : base(service, body, userId, "gmail/v1/users/{userId}/messages/send", "POST", stream, contentType)
            {
            }
        }

        public sealed class ImportMediaUpload : GmailMediaUpload<Message, Message>
        {
            public ImportMediaUpload(IClientService service, Message body, string userId, Stream stream, string contentType)
                : base(service, body, userId, "gmail/v1/users/{userId}/messages/import", "POST", stream, contentType)
            {
            }

            public enum InternalDateSourceEnum
            {
                [StringValue("receivedTime")]
                ReceivedTime,

                [StringValue("dateHeader")]
                DateHeader,
            }

            [RequestParameter("deleted", RequestParameterType.Query)]
            public bool? Deleted { get; set; }

            [RequestParameter("internalDateSource", RequestParameterType.Query)]
            public InternalDateSourceEnum? InternalDateSource { get; set; }

            [RequestParameter("neverMarkSpam", RequestParameterType.Query)]
            public bool? NeverMarkSpam { get; set; }

            [RequestParameter("processForCalendar", RequestParameterType.Query)]
            public bool? ProcessForCalendar { get; set; }
        }

        public sealed class InsertMediaUpload : GmailMediaUpload<Message, Message>
        {
            public InsertMediaUpload(IClientService service, Message body, string userId, Stream stream, string contentType)
                : base(service, body, userId, "gmail/v1/users/{userId}/messages", "POST", stream, contentType)
            {
            }

            public enum InternalDateSourceEnum
            {
                [StringValue("receivedTime")]
                ReceivedTime,

                [StringValue("dateHeader")]
                DateHeader,
            }

            [RequestParameter("deleted", RequestParameterType.Query)]
            public bool? Deleted { get; set; }

            [RequestParameter("internalDateSource", RequestParameterType.Query)]
            public InternalDateSourceEnum? InternalDateSource { get; set; }
        }
    }
}
