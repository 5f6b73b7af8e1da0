using System.Text.Json.Nodes;

namespace MailDaemon.Sandbox.Gmail.Rest;

/// <summary>A method of the API.</summary>
/// <param name="Id">As in the discovery document.</param>
/// <param name="Path">With <c>{names}</c>.</param>
/// <param name="Units">The quota units of one call.</param>
/// <param name="Scopes">A token needs one of them.</param>
/// <param name="Answer">Null for an empty answer.</param>
/// <param name="TakesMedia">Whether the message can be uploaded.</param>
internal sealed record GmailMethod(
    string Id, string Verb, string Path, int Units, IReadOnlyList<string> Scopes, Func<GmailCall, JsonNode?> Answer, bool TakesMedia = false)
{
    private readonly string[] segments = Path.Split('/');

    /// <summary>The values in the path; null when the path is another method's.</summary>
    public Dictionary<string, string>? Match(string path)
    {
        var given = path.TrimStart('/').Split('/');
        if (given.Length != segments.Length)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < given.Length; i++)
        {
            if (segments[i][0] == '{')
            {
                values[segments[i][1..^1]] = Uri.UnescapeDataString(given[i]);
            }
            else if (segments[i] != given[i])
            {
                return null;
            }
        }

        return values;
    }
}
