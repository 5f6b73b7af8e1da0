using MailDaemon.Engine.Accounts;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Api;

/// <summary>The account that a URL names, where it names one.</summary>
internal static class NamedAccount
{
    /// <summary>Refuses what goes to no account of ours, before its body is read.</summary>
    /// <exception cref="MailException">There is no such account.</exception>
    public static void Require(HttpRequest request)
    {
        if (request.RouteValues["p"] is not string name || !ProviderKinds.TryParse(name, out var provider))
            return;

        var services = request.HttpContext.RequestServices;
        if (request.RouteValues["email"] is string { Length: > 0 } inPath)
            services.GetRequiredService<AccountStore>().Get(new AccountKey(provider, inPath));
        else if (request.Query["email"] is [{ Length: > 0 } inQuery])
            services.GetRequiredService<MessageLookup>().Account(provider, inQuery);
    }
}
