using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Providers.Http;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Where requests go, and what stands on each: the signed-in user is <c>/me</c>, and ids are those that stay when a message moves.</summary>
internal sealed class GraphAddress : DelegatingHandler
{
    public const string PreferHeader = "Prefer";

    /// <summary>Ids that a message keeps as long as it is in the mailbox (Graph, "Obtain immutable identifiers for Outlook resources").</summary>
    public const string ImmutableIds = "IdType=\"ImmutableId\"";

    /// <summary>Stands for the signed-in user where the SDK wants a user's id; on the way it becomes <c>/me</c>.</summary>
    public const string MeUser = "signed-in-user";

    private const string MePath = "/users/" + MeUser;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (GraphCall.Of(request) is not { IsAnonymous: true })
        {
            request.RequestUri = Resolve(request.RequestUri ?? throw GraphFaults.Foreign());
            request.Headers.TryAddWithoutValidation(PreferHeader, ImmutableIds);
        }

        return base.SendAsync(request, cancellationToken);
    }

    /// <summary>The address as it goes over the wire.</summary>
    /// <exception cref="MailException">NotFound <c>message_gone</c>: an id of dots would have led to something else.</exception>
    public static Uri Resolve(Uri address)
    {
        var text = address.OriginalString;
        if (text.Split('?')[0].Split('/').Any(segment => segment is "." or ".."))
            throw MailException.NotFound(GraphFaults.MessageGone, "There is no message, folder or attachment of such an id.");
        return text.Contains(MePath, StringComparison.Ordinal) ? new Uri(text.Replace(MePath, "/me", StringComparison.Ordinal)) : address;
    }

    /// <summary>Whether an address is within the API that is configured: of its server, and below its path.</summary>
    /// <param name="server">With a base that ends with a slash.</param>
    public static bool IsWithin(ConfiguredServer server, Uri address) =>
        server.Has(address) && address.UserInfo.Length == 0 && address.AbsolutePath.StartsWith(server.BaseUrl.AbsolutePath, StringComparison.Ordinal);
}
