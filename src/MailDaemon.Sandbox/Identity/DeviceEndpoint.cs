using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MailDaemon.Sandbox.Net;
using MailDaemon.Sandbox.OAuth;

namespace MailDaemon.Sandbox.Identity;

/// <summary>Sign-in of a device without a browser ("Microsoft identity platform and the OAuth 2.0 device authorization grant flow"). Thread-safe.</summary>
internal sealed class DeviceEndpoint(IdentityContext context)
{
    public const string PagePath = "/common/oauth2/deviceauth";

    private const int MaxWaiting = 1000;
    private const string Letters = "BCDFGHJKLMNPQRSTVWXYZ";

    private readonly Lock gate = new();
    private readonly Dictionary<string, DeviceCode> byDeviceCode = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DeviceCode> byUserCode = new(StringComparer.OrdinalIgnoreCase);

    public HttpReply Begin(HttpIn request, string tenant, string url)
    {
        string? One(string name) => request.Form.FirstOrDefault(pair => pair.Key == name).Value;
        if (One("client_id") != IdentityServer.ClientId)
            return IdentityReply.Error(IdentityError.UnknownClient(One("client_id")), context.Now);
        var scopes = MicrosoftScopes.Read(One("scope"));
        if (scopes.FirstOrDefault(scope => !MicrosoftScopes.IsKnown(scope)) is { } unknown)
            return IdentityReply.Error(IdentityError.UnknownScope(unknown), context.Now);
        var userCode = RandomNumberGenerator.GetString(Letters, 9);
        var deviceCode = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(48));
        lock (gate)
        {
            RemoveOld();
            if (byUserCode.Count >= MaxWaiting)
                return IdentityReply.Error(IdentityError.TooManyRequests, context.Now);
            byDeviceCode[deviceCode] = byUserCode[userCode] = new DeviceCode(tenant, scopes, context.Now + context.Options.DeviceCodeLifetime);
        }

        var page = url + PagePath;
        return IdentityReply.Json(new JsonObject
        {
            ["user_code"] = userCode,
            ["device_code"] = deviceCode,
            ["verification_uri"] = page,
            ["expires_in"] = (int)context.Options.DeviceCodeLifetime.TotalSeconds,
            ["interval"] = context.Options.DeviceCodeInterval,
            ["message"] = $"To sign in, use a web browser to open the page {page} and enter the code {userCode} to authenticate.",
        });
    }

    /// <summary>The page where a user gives the code.</summary>
    public HttpReply Page(HttpIn request)
    {
        var userCode = request.Query.FirstOrDefault(pair => pair.Key == "user_code").Value ?? "";
        return IdentityReply.Page(new ConsentPage
        {
            Title = "Enter the code that your device shows",
            Action = PagePath,
            Field = ("user_code", userCode, IsHidden: false),
            Addresses = context.Users.Addresses,
        }.Write());
    }

    public HttpReply Submit(HttpIn request)
    {
        string? One(string name) => request.Form.FirstOrDefault(pair => pair.Key == name).Value;
        var userCode = One("user_code") ?? "";
        if (One("action") != "allow")
            return Decline(userCode) ? Told("Declined", "The device was not let in. You can close this page.") : NoSuchCode();
        if (context.Users.Find(context.Faults.ConsentsAs ?? One("account")) is not { } user)
            return Told("There is no such account", "Go back and choose another.", 400);
        if (Find(userCode) is not { } code)
            return NoSuchCode();
        if (!user.MayUse(code.Tenant))
            return Told("You can't sign in here with this account", $"AADSTS50020: {IdentityError.NotOfTenant(user, code.Tenant).Message}", 400);
        return Approve(userCode, user) ? Told("Signed in", "You can close this page and go back to your device.") : NoSuchCode();
    }

    /// <returns>False when there is no such code that waits.</returns>
    public bool Approve(string userCode, IdentityUser user) => End(userCode, code => code.User = user);

    /// <returns>False when there is no such code that waits.</returns>
    public bool Decline(string userCode) => End(userCode, code => code.IsDeclined = true);

    /// <summary>What a device code has come to: a grant, or the error to answer.</summary>
    public (OAuthGrant? Grant, IdentityError? Error) Take(string deviceCode)
    {
        lock (gate)
        {
            if (!byDeviceCode.TryGetValue(deviceCode, out var code))
                return (null, IdentityError.BadDeviceCode);
            if (code.Until <= context.Now)
                return (null, IdentityError.DeviceCodeExpired);
            if (code.IsDeclined)
                return (null, IdentityError.Declined);
            if (code.User is { } user)
            {
                byDeviceCode.Remove(deviceCode);
                return (new OAuthGrant(user.Address, code.Scopes.Where(scope => !context.Faults.WithheldScopes.Any(w => MicrosoftScopes.AreSame(w, scope))).ToHashSet(StringComparer.Ordinal)), null);
            }

            var isEarly = context.Now < code.NotBefore;
            code.NotBefore = context.Now + TimeSpan.FromSeconds(context.Options.DeviceCodeInterval) - Tolerance;
            return (null, isEarly ? IdentityError.SlowDown : IdentityError.Pending);
        }
    }

    /// <summary>A client that waits for the interval may be a little early by the clock here.</summary>
    private static TimeSpan Tolerance => TimeSpan.FromMilliseconds(200);

    private DeviceCode? Find(string userCode)
    {
        lock (gate)
            return byUserCode.GetValueOrDefault(userCode);
    }

    private bool End(string userCode, Action<DeviceCode> end)
    {
        lock (gate)
        {
            if (!byUserCode.Remove(userCode.Trim(), out var code) || code.Until <= context.Now)
                return false;
            end(code);
            return true;
        }
    }

    private void RemoveOld()
    {
        foreach (var all in (Dictionary<string, DeviceCode>[])[byDeviceCode, byUserCode])
        {
            // An hour longer, so that a late device hears that its code is too old.
            foreach (var old in all.Where(one => one.Value.Until + TimeSpan.FromHours(1) < context.Now).Select(one => one.Key).ToArray())
                all.Remove(old);
        }
    }

    private static HttpReply NoSuchCode() => Told("That code didn't work", "Check the code and try again.", 400);

    private static HttpReply Told(string title, string text, int status = 200) => IdentityReply.Page(ConsentPage.Told(title, text), status);
}
