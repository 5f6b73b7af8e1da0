using System.Reflection;
using Google.Apis.Discovery;
using Google.Apis.Requests;
using Google.Apis.Services;
using Google.Apis.Util;

namespace Google.Apis.Gmail.v1;

/// <summary>What all requests share: the parameters of every method, and the list of them, which the runtime checks values against.</summary>
internal abstract class GmailBaseServiceRequest<TResponse> : ClientServiceRequest<TResponse>
{
    protected GmailBaseServiceRequest(IClientService service)
        : base(service) => InitParameters();

    public enum AltEnum
    {
        [StringValue("json")]
        Json,

        [StringValue("media")]
        Media,

        [StringValue("proto")]
        Proto,
    }

    [RequestParameter("alt", RequestParameterType.Query)]
    public AltEnum? Alt { get; set; }

    /// <summary>Which fields the reply holds; null for all.</summary>
    [RequestParameter("fields", RequestParameterType.Query)]
    public string? Fields { get; set; }

    [RequestParameter("prettyPrint", RequestParameterType.Query)]
    public bool? PrettyPrint { get; set; }

    /// <summary>Whose quota it is; at most 40 characters.</summary>
    [RequestParameter("quotaUser", RequestParameterType.Query)]
    public string? QuotaUser { get; set; }

    /// <summary>The generated package spells each of them out; here they are read from the attributes.</summary>
    protected sealed override void InitParameters()
    {
        base.InitParameters();
        foreach (var property in GetType().GetProperties())
        {
            if (CustomAttributeExtensions.GetCustomAttribute<RequestParameterAttribute>(property) is not { } attribute)
                continue;
            var isPath = attribute.Type == RequestParameterType.Path;

            // A repeated parameter may stand twice: as one value and as a list.
            RequestParameters[attribute.Name] = new Parameter { Name = attribute.Name, IsRequired = isPath, ParameterType = isPath ? "path" : "query" };
        }
    }
}
