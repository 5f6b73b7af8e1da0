namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>An operation of the API.</summary>
/// <param name="Id">As in the contract, without the folder that a message is named through.</param>
/// <param name="Path">With <c>{names}</c>, below the version.</param>
/// <param name="TouchesMessages">Whether ids of messages stand in it or in its answer.</param>
internal sealed record GraphOperation(string Id, string Verb, string Path, Func<GraphCall, GraphReply> Answer, bool TouchesMessages = true)
{
    private readonly string[] segments = Path.Split('/');

    /// <summary>The same at another path.</summary>
    public GraphOperation At(string path) => new(Id, Verb, path, Answer, TouchesMessages);

    /// <summary>The values in the path; null when the path is another operation's.</summary>
    public Dictionary<string, string>? Match(IReadOnlyList<string> given)
    {
        if (given.Count != segments.Length)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < given.Count; i++)
        {
            if (segments[i][0] == '{')
            {
                values[segments[i][1..^1]] = given[i];
            }
            else if (!segments[i].Equals(given[i], StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

        return values;
    }
}
