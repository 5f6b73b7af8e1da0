using Google.Apis.Gmail.v1.Data;
using Google.Apis.Services;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <content>The methods of history.</content>
internal sealed partial class UsersResource
{
    public HistoryResource History { get; } = new(service);

    public sealed class HistoryResource(IClientService service)
    {
        public ListRequest List(string userId) => new(service, userId);

        public sealed class ListRequest(IClientService service, string userId) : GmailBaseServiceRequest<ListHistoryResponse>(service)
        {
            public enum HistoryTypesEnum
            {
                [StringValue("messageAdded")]
                MessageAdded,

                [StringValue("messageDeleted")]
                MessageDeleted,

                [StringValue("labelAdded")]
                LabelAdded,

                [StringValue("labelRemoved")]
                LabelRemoved,
            }

            [RequestParameter("userId", RequestParameterType.Path)]
            public string UserId { get; } = userId;

            [RequestParameter("historyTypes", RequestParameterType.Query)]
            public HistoryTypesEnum? HistoryTypes { get; set; }

            [RequestParameter("historyTypes", RequestParameterType.Query)]
            public Repeatable<HistoryTypesEnum>? HistoryTypesList { get; set; }

            [RequestParameter("labelId", RequestParameterType.Query)]
            public string? LabelId { get; set; }

            [RequestParameter("maxResults", RequestParameterType.Query)]
            public long? MaxResults { get; set; }

            [RequestParameter("pageToken", RequestParameterType.Query)]
            public string? PageToken { get; set; }

            [RequestParameter("startHistoryId", RequestParameterType.Query)]
            public ulong? StartHistoryId { get; set; }

            public override string MethodName => "list";

            public override string HttpMethod => "GET";

            public override string RestPath => "gmail/v1/users/{userId}/history";
        }
    }
}
