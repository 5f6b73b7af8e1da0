using System.Net;
using System.Text;

namespace MailDaemon.Sandbox.OAuth;

/// <summary>The page on which a user picks an account and says what a client may do; no script, one form.</summary>
internal sealed record ConsentPage
{
    public required string Title { get; init; }

    /// <summary>Where the form is posted to.</summary>
    public required string Action { get; init; }

    /// <summary>A field of the form: hidden with what says which request it is for, or one that the user fills in.</summary>
    public required (string Name, string Value, bool IsHidden) Field { get; init; }

    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The account that is chosen at first; another than these: the first.</summary>
    public string? LoginHint { get; init; }

    public IReadOnlyList<ConsentScope> Scopes { get; init; } = [];

    /// <summary>What is shown in place of the form when the client made a mistake: nothing may be sent to its redirect address.</summary>
    public static string Error(string error, string reason) => Page("Access blocked", $"<p>Error 400: {Html(error)}</p>\n<p>{Html(reason)}</p>");

    /// <summary>A page that says something and leads nowhere.</summary>
    public static string Told(string title, string text) => Page(title, $"<p>{Html(text)}</p>");

    public string Write()
    {
        var chosen = Addresses.FirstOrDefault(address => address.Equals(LoginHint, StringComparison.OrdinalIgnoreCase)) ?? Addresses[0];
        var form = new StringBuilder();
        form.Append("<form method=\"post\" action=\"").Append(Html(Action)).Append("\">\n<input type=\"").Append(Field.IsHidden ? "hidden" : "text")
            .Append("\" name=\"").Append(Field.Name).Append("\" value=\"").Append(Html(Field.Value)).Append("\">\n<fieldset><legend>Account</legend>\n");
        foreach (var address in Addresses)
        {
            form.Append("<label><input type=\"radio\" name=\"account\" value=\"").Append(Html(address)).Append(address == chosen ? "\" checked> " : "\"> ").Append(Html(address)).Append("</label><br>\n");
        }

        form.Append("</fieldset>\n<fieldset><legend>This application wants to</legend>\n");
        foreach (var scope in Scopes)
        {
            if (scope.HasBox)
            {
                form.Append("<label><input type=\"checkbox\" name=\"scope\" value=\"").Append(Html(scope.Name)).Append(scope.IsTicked ? "\" checked> " : "\"> ").Append(Html(scope.Name)).Append("</label><br>\n");
            }
            else
            {
                form.Append("<p>").Append(Html(scope.Name)).Append("</p>\n");
            }
        }

        form.Append("</fieldset>\n<button id=\"allow\" name=\"action\" value=\"allow\">Allow</button>\n<button id=\"cancel\" name=\"action\" value=\"cancel\">Cancel</button>\n</form>");
        return Page(Title, form.ToString());
    }

    private static string Page(string title, string body) =>
        $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Html(title)}</title></head>\n<body>\n<h1>{Html(title)}</h1>\n{body}\n</body></html>\n";

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>A scope on the page.</summary>
/// <param name="HasBox">Whether the user may leave it out.</param>
internal sealed record ConsentScope(string Name, bool HasBox = false, bool IsTicked = true);
