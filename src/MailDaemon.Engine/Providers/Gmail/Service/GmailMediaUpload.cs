using Google.Apis.Services;
using Google.Apis.Upload;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <summary>What all uploads share: their address and the parameters of every method.</summary>
/// <typeparam name="TBody">What the request says of the mail besides its bytes.</typeparam>
/// <typeparam name="TResponse">What becomes of it.</typeparam>
internal abstract class GmailMediaUpload<TBody, TResponse> : ResumableUpload<TBody, TResponse>
{
    protected GmailMediaUpload(IClientService service, TBody body, string userId, string path, string httpMethod, Stream stream, string contentType)
        : base(service, "upload/" + path, httpMethod, stream, contentType)
    {
        Body = body;
        UserId = userId;
    }

    [RequestParameter("userId", RequestParameterType.Path)]
    public string UserId { get; }

    /// <summary>Which fields the reply holds; null for all.</summary>
    [RequestParameter("fields", RequestParameterType.Query)]
    public string? Fields { get; set; }

    [RequestParameter("prettyPrint", RequestParameterType.Query)]
    public bool? PrettyPrint { get; set; }

    /// <summary>Whose quota it is; at most 40 characters.</summary>
    [RequestParameter("quotaUser", RequestParameterType.Query)]
    public string? QuotaUser { get; set; }
}
