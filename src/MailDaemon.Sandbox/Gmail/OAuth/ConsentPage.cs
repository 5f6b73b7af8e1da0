using System.Net;
using System.Text;

namespace MailDaemon.Sandbox.Gmail.OAuth;

/// <summary>The page on which a user picks an account and says what a client may do; no script, one form.</summary>
internal static class ConsentPage
{
    public static string Write(string requestId, AuthorizationRequest request, IReadOnlyList<string> addresses, IReadOnlyList<string> withheld)
    {
        var chosen = addresses.FirstOrDefault(address => address.Equals(request.LoginHint, StringComparison.OrdinalIgnoreCase)) ?? addresses[0];
        var form = new StringBuilder();
        form.Append("<form method=\"post\" action=\"/o/oauth2/v2/auth/consent\">\n<input type=\"hidden\" name=\"request\" value=\"").Append(Html(requestId)).Append("\">\n<fieldset><legend>Account</legend>\n");
        foreach (var address in addresses)
        {
            form.Append("<label><input type=\"radio\" name=\"account\" value=\"").Append(Html(address)).Append(address == chosen ? "\" checked> " : "\"> ").Append(Html(address)).Append("</label><br>\n");
        }

        form.Append("</fieldset>\n<fieldset><legend>This application wants to</legend>\n");
        foreach (var scope in request.Scopes)
        {
            // Who somebody is goes with signing in: there is no box for it.
            if (GoogleScopes.IsIdentity(scope))
            {
                form.Append("<p>").Append(Html(scope)).Append("</p>\n");
                continue;
            }

            form.Append("<label><input type=\"checkbox\" name=\"scope\" value=\"").Append(Html(scope)).Append(withheld.Contains(scope, StringComparer.Ordinal) ? "\"> " : "\" checked> ").Append(Html(scope)).Append("</label><br>\n");
        }

        form.Append("</fieldset>\n<button id=\"allow\" name=\"action\" value=\"allow\">Allow</button>\n<button id=\"cancel\" name=\"action\" value=\"cancel\">Cancel</button>\n</form>");
        return Page("Sign in to the sandbox's Gmail", form.ToString());
    }

    /// <summary>What is shown in place of the form when the client made a mistake: nothing may be sent to its redirect address.</summary>
    public static string Error(string error, string reason) => Page("Access blocked", $"<p>Error 400: {Html(error)}</p>\n<p>{Html(reason)}</p>");

    private static string Page(string title, string body) =>
        $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Html(title)}</title></head>\n<body>\n<h1>{Html(title)}</h1>\n{body}\n</body></html>\n";

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
