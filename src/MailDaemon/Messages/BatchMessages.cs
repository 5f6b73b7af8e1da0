using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Messages;

/// <summary>Does one thing to many messages.</summary>
internal static class BatchMessages
{
    private const int MostMessages = 1000;

    [EndpointSummary("Do one thing to many messages")]
    [EndpointDescription("Up to 1,000, in a command or two a folder. Each has a result of its own, in the order given; one that is not there, is malformed or could be several (ambiguous_id) keeps none of the others.")]
    [Tags("Messages")]
    [Replies(200, 202)]
    [Fails(401, 404, 429, 502, 503, 504)]
    public static async Task<Envelope<Response>> HandleAsync(RouteProvider p, Input<Request> input, MessageLookup lookup, MessageActions actions, MailLabels labels, CancellationToken ct)
    {
        var response = await RunAsync(p.Kind, input.Value, lookup, actions, labels, ct);
        return Envelope.Done(response, response.Queued > 0);
    }

    internal static async Task<Response> RunAsync(ProviderKind provider, Request request, MessageLookup lookup, MessageActions actions, MailLabels labels, CancellationToken ct)
    {
        request.Check();
        var asked = request.Keys.Concat(request.Ids).ToList();
        var found = asked.Select(id => Find(lookup, provider, id, request)).ToList();
        var there = found.Select(f => f.Message).OfType<FoundMessage>().DistinctBy(m => m.Message.Key, StringComparer.Ordinal).ToList();
        var outcomes = (await DoAsync(actions, labels, there, request, ct)).Zip(there).ToDictionary(o => o.Second.Message.Key, o => o.First, StringComparer.Ordinal);
        var results = found.Select((f, i) => f.Message is { } message ? Result.Of(asked[i], outcomes[message.Message.Key]) : Result.Failed(asked[i], f.Error!)).ToList();
        var done = results.Count(r => r.Status == Result.Done);
        var queued = results.Count(r => r.Status == Result.Queued);
        return new Response(results, done, queued, results.Count - done - queued);
    }

    private static (FoundMessage? Message, MailException? Error) Find(MessageLookup lookup, ProviderKind provider, string id, Request request)
    {
        if (!MessageLookup.IsKey(id) && MessageIds.TryRead(provider, id) is null)
            return (null, MessageIds.Invalid(id));
        try
        {
            return (lookup.Message(new MessageAddress(provider, id, request.Email, request.Folder)), null);
        }
        catch (MailException e) when (e.Code is "message_not_found" or "ambiguous_id")
        {
            return (null, e);
        }
    }

    private static Task<IReadOnlyList<MessageOutcome>> DoAsync(MessageActions actions, MailLabels labels, IReadOnlyList<FoundMessage> messages, Request request, CancellationToken ct) => request.Action switch
    {
        "read" => actions.SetFlagAsync(messages, MessageFlags.Read, on: true, ct),
        "unread" => actions.SetFlagAsync(messages, MessageFlags.Read, on: false, ct),
        "star" => actions.SetFlagAsync(messages, MessageFlags.Starred, on: true, ct),
        "unstar" => actions.SetFlagAsync(messages, MessageFlags.Starred, on: false, ct),
        "archive" => actions.ArchiveAsync(messages, ct),
        "delete" => actions.DeleteAsync(messages, ct),
        "spam" => actions.MarkSpamAsync(messages, ct),
        "not-spam" => actions.MarkNotSpamAsync(messages, ct),
        "add_label" => labels.SetAsync(messages, [request.Value!], [], ct),
        "remove_label" => labels.SetAsync(messages, [], [request.Value!], ct),
        _ => actions.MoveAsync(messages, request.Value!, ct),
    };

    public record Request
    {
        [Description("The account's address; not needed with keys"), Example("me@example.com")]
        public string? Email { get; init; }

        [Description("Keys of messages (m_…)"), MaxLength(MostMessages), Example("[\"m_5d41402abc4b2a76\"]")]
        public IReadOnlyList<string> Keys { get; init; } = [];

        [Description("Ids of messages: imap:<uid> or the bare uid for IMAP"), MaxLength(MostMessages), OrNumber, Alias("messageIds", "mailIds", "uids"), Example("[]")]
        public IReadOnlyList<string> Ids { get; init; } = [];

        [Description("IMAP: the folder the uids belong to; INBOX when left out, as long as no other folder has a mail of this uid"), Alias("folderPath"), Example("INBOX")]
        public string? Folder { get; init; }

        [Description("What to do"), AllowedValues("read", "unread", "star", "unstar", "archive", "delete", "spam", "not-spam", "move", "add_label", "remove_label"), Example("read"), Required]
        public required string Action { get; init; }

        [Description("For move: the folder, by path or role; for add_label and remove_label: the label's id"), NotCalled("target", "label", "labelId", "destination"), Example("archive")]
        public string? Value { get; init; }

        internal void Check()
        {
            if (Keys.Count + Ids.Count is 0 or > MostMessages)
                throw MailException.InvalidInput("invalid_parameter", $"Name 1 to {MostMessages} messages in keys or ids");
            if (Action is "move" or "add_label" or "remove_label" && string.IsNullOrWhiteSpace(Value))
                throw MailException.InvalidInput("missing_parameter", "Missing value parameter: the folder to move to, or the label's id");
        }
    }

    public sealed record Response(IReadOnlyList<Result> Results, int Done, [property: Description("Those of which the server hears later")] int Queued, int Failed);

    /// <summary>What became of one of them.</summary>
    public sealed record Result(
        [property: Description("As it was given")] string Asked,
        [property: Description("done, queued or failed"), Example("done")] string Status)
    {
        internal const string Done = "done";
        internal const string Queued = "queued";

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Key { get; init; }

        [Description("Its id where it is now; left out when the server did not tell"), Example("imap:12")]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Id { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Folder { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? FolderPath { get; init; }

        [Description("true: deleted for good")]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Permanent { get; init; }

        [Description("The stable word of a failure")]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Error { get; init; }

        [Description("Why it failed or is queued")]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Msg { get; init; }

        internal static Result Of(string asked, MessageOutcome outcome) => outcome.Error is { } error
            ? Failed(asked, error) with { Key = outcome.Key }
            : new Result(asked, outcome.IsQueued ? Queued : Done)
            {
                Msg = outcome.Place!.Reason, Key = outcome.Place.Key, Id = outcome.Place.Id, Folder = outcome.Place.Folder, FolderPath = outcome.Place.FolderPath, Permanent = outcome.IsPermanent,
            };

        internal static Result Failed(string asked, MailException error) => new(asked, "failed") { Error = error.Code, Msg = error.Message };
    }
}
