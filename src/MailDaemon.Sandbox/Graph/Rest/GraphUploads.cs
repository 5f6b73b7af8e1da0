using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MailDaemon.Sandbox.Graph.Mailboxes;
using MailDaemon.Sandbox.Net;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>
/// Large attachments in pieces (Graph, "Attach large files to Outlook messages"). The pieces go to an address of another service, which holds its own secret: a
/// token that is sent there is one too many and is noted as a violation.
/// </summary>
internal sealed partial class GraphUploads(GraphContext context, GraphGate gate, Func<string> url)
{
    private const string Root = "/outlook-uploads/";
    private const int MaxSessions = 100;

    /// <summary>Smaller files are sent in JSON.</summary>
    private const int MinFile = 3 * 1024 * 1024;

    /// <summary>Pieces but the last are multiples of this.</summary>
    private const int PieceUnit = 320 * 1024;

    private const int MaxPiece = 4 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, UploadSession> sessions = new(StringComparer.Ordinal);
    private readonly AttachmentCalls attachments = new(context);

    /// <summary>Whether the path is one for pieces.</summary>
    public static bool Takes(string path) => path.StartsWith(Root, StringComparison.Ordinal);

    public GraphReply Start(GraphCall call)
    {
        var message = AttachmentCalls.OfDraft(call.Message());
        var item = call.Json().Object("AttachmentItem") ?? throw new GraphException(400, "ErrorInvalidParameter", "The parameter 'AttachmentItem' is missing.");
        var size = item.Number("size") ?? 0;
        if (size < MinFile)
        {
            throw new GraphException(400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize", $"Attachment size must be greater than the minimum size of {MinFile} bytes.");
        }

        if (size > context.Options.MaxMessageBytes || (ForgetOld() is var _ && sessions.Count >= MaxSessions))
        {
            throw new GraphException(413, "ErrorAttachmentSizeLimitExceeded", "The attachment exceeds the maximum supported size.");
        }

        var session = new UploadSession(call.Mailbox, message.Id, item.Clone(), size, context.Time.GetUtcNow() + context.Options.UploadLifetime);
        var id = Guid.NewGuid().ToString("N");
        sessions[id] = session;
        var json = State(session, "0-");
        json.Insert(0, "@odata.context", $"{call.BaseUrl}/$metadata#microsoft.graph.uploadSession");
        json["uploadUrl"] = $"{url()}{Root}{id}?authtoken={Guid.NewGuid():N}";
        return GraphReply.Created(json);
    }

    /// <returns>Null when the connection is to be cut.</returns>
    public Task<GraphReply?> AnswerAsync(HttpIn request, CancellationToken ct)
    {
        var entry = new GraphRequest
        {
            At = context.Time.GetUtcNow(),
            Verb = request.Verb,
            Path = request.Path,
            Operation = "upload.piece",
            PrefersImmutableIds = true,
            BodyBytes = request.Body.Length,
            Violations = request.Header("Authorization") is null ? [] : ["A token was sent to the address of an upload"],
        };
        return gate.RunAsync(entry, null, (_, _) => Task.FromResult<GraphReply?>(Answer(request)), ct);
    }

    private GraphReply Answer(HttpIn request)
    {
        if (request.Header("Authorization") is not null)
        {
            return GraphReply.Of(GraphError.InvalidToken with { Message = "The request must not be authenticated." });
        }

        var id = request.Path[Root.Length..];
        if (!sessions.TryGetValue(id, out var session) || session.Until < context.Time.GetUtcNow() || context.Faults.UploadGone.TryTake(out _))
        {
            return GraphReply.Of(new GraphError(404, "ErrorItemNotFound", "The upload session was not found."));
        }

        lock (session)
        {
            try
            {
                switch (request.Verb)
                {
                    case "GET":
                        return GraphReply.Ok(State(session, Next(session)));
                    case "DELETE":
                        sessions.TryRemove(id, out _);
                        return GraphReply.NoContent();
                    case "PUT":
                        return Put(request, id, session);
                    default:
                        return GraphReply.Of(new GraphError(405, "ErrorInvalidRequest", "The method is not allowed."));
                }
            }
            catch (GraphException failure)
            {
                return GraphReply.Of(failure.Error);
            }
        }
    }

    private GraphReply Put(HttpIn request, string id, UploadSession session)
    {
        if (ContentRange().Match(request.Header("Content-Range") ?? "") is not { Success: true } range)
        {
            throw GraphException.InvalidRequest("Invalid Content-Range header.");
        }

        var (first, last, total) = (Number(range, "first"), Number(range, "last"), Number(range, "total"));
        var isLast = last + 1 == total;
        if (total != session.Size || last - first + 1 != request.Body.Length || request.Body.Length > MaxPiece || (!isLast && request.Body.Length % PieceUnit != 0))
        {
            throw GraphException.InvalidRequest("The piece has not the announced size, or is no multiple of 320 KiB, or is larger than 4 MB.");
        }

        if (first != session.Received.Length)
        {
            return GraphReply.Of(new GraphError(416, "ErrorInvalidRange", $"The piece does not follow those received; {Next(session)} is expected."));
        }

        attachments.Take(session.Mailbox, request.Body.Length);
        session.Received.Write(request.Body);
        if (!isLast)
        {
            return GraphReply.Ok(State(session, Next(session)));
        }

        sessions.TryRemove(id, out _);
        var item = session.Item;
        var part = AttachmentMime.File(item.Text("name") ?? "", item.Text("contentType"), item.Truth("isInline") ?? false, item.Text("contentId"), session.Received.GetBuffer().AsSpan(0, (int)session.Received.Length));
        var (_, attachment) = attachments.Add(session.Mailbox, session.MessageId, part);
        return new GraphReply(201) { Headers = [new("Location", $"{url()}/api/v2.0/Messages('{session.MessageId}')/Attachments('{attachment.Id}')")] };
    }

    /// <returns>How many were forgotten.</returns>
    private int ForgetOld() => sessions.Count(session => session.Value.Until < context.Time.GetUtcNow() && sessions.TryRemove(session.Key, out _));

    private static JsonObject State(UploadSession session, string next) =>
        new() { ["expirationDateTime"] = MessageJson.Date(session.Until), ["nextExpectedRanges"] = new JsonArray(next) };

    private static string Next(UploadSession session) => session.Received.Length.ToString(CultureInfo.InvariantCulture);

    private static long Number(Match range, string group) => long.Parse(range.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^bytes (?<first>\d{1,15})-(?<last>\d{1,15})/(?<total>\d{1,15})$")]
    private static partial Regex ContentRange();

    private sealed record UploadSession(GraphMailbox Mailbox, string MessageId, JsonElement Item, long Size, DateTimeOffset Until)
    {
        public MemoryStream Received { get; } = new();
    }
}
