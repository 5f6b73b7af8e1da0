using MailDaemon.Engine.Messages;
using Microsoft.Graph.Models;
using Microsoft.Kiota.Abstractions;
using GraphMessage = Microsoft.Graph.Models.Message;

namespace MailDaemon.Engine.Providers.Outlook;

/// <summary>Reads messages, in batches: a delta tells neither the attachments of a message nor its size.</summary>
internal sealed class OutlookReader(GraphClient client)
{
    /// <summary>From so many on it is cheaper to ask for the properties of all that came between two instants than for each by itself.</summary>
    private const int Many = 5;

    private const int MaxListed = 1_000;

    private const string ServerTrouble = "server_unavailable";

    private static readonly string[] AttachmentFields = ["id", "name", "contentType", "size", "isInline", "microsoft.graph.fileAttachment/contentId"];

    /// <summary>The messages of these ids; those that are gone are left out.</summary>
    /// <exception cref="MailException">It cannot be read now.</exception>
    public async Task<OutlookRead> ReadAsync(IReadOnlyList<string> ids, Func<GraphMessage, string?> pathOf, Func<DateTimeOffset, bool> isBaseline, CancellationToken ct)
    {
        var answers = await client.RunAsync<GraphMessage>([.. ids.Select(Whole)], ct);
        var refused = new List<RefusedMessage>();
        foreach (var (id, answer) in ids.Zip(answers))
        {
            if (answer.Failure is { Fault: not MailFault.NotFound } failure)
                refused.Add(Refused(id, failure));
        }

        var messages = answers.Select(answer => answer.Value).OfType<GraphMessage>().Where(OutlookMessages.IsWhole).ToList();
        var read = await CompleteAsync(messages, messages.ToDictionary(m => m.Id!, OutlookProperties.Of, StringComparer.Ordinal), pathOf, isBaseline, ct);
        return read with { Refused = [.. refused, .. read.Refused] };
    }

    /// <summary>What a page of a delta told of messages, with what it does not tell.</summary>
    /// <param name="folderId">The folder that all of them are in.</param>
    /// <exception cref="MailException">It cannot be read now.</exception>
    public async Task<OutlookRead> CompleteAsync(
        string folderId, IReadOnlyList<GraphMessage> messages, Func<GraphMessage, string?> pathOf, Func<DateTimeOffset, bool> isBaseline, CancellationToken ct) =>
        messages.Count == 0 ? OutlookRead.Nothing : await CompleteAsync(messages, await PropertiesAsync(folderId, messages, ct), pathOf, isBaseline, ct);

    /// <summary>Where messages are now, and their flags and categories, by id; null for one that is gone.</summary>
    /// <exception cref="MailException">Of one of them it cannot be said.</exception>
    public async Task<IReadOnlyDictionary<string, GraphMessage?>> ReadStatesAsync(IReadOnlyCollection<string> ids, CancellationToken ct) =>
        (await TryStatesAsync(ids, ct)).ToDictionary(pair => pair.Key, pair => pair.Value.Failure is { } failure ? throw failure : pair.Value.Value, StringComparer.Ordinal);

    /// <summary>As <see cref="ReadStatesAsync"/>, with the failure of each that the server fails at.</summary>
    /// <exception cref="MailException">None of them can be read now.</exception>
    public async Task<IReadOnlyDictionary<string, GraphResult<GraphMessage>>> TryStatesAsync(IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        var answers = await client.RunAsync<GraphMessage>([.. ids.Select(id => client.Me.Messages[id].ToGetRequestInformation(query => query.QueryParameters.Select = OutlookMessages.State))], ct);
        return ids.Zip(answers).ToDictionary(
            pair => pair.First,
            pair => pair.Second.Failure switch
            {
                null => pair.Second,
                { Fault: MailFault.NotFound } => default,
                { MayPass: true, Code: not ServerTrouble } failure => throw failure,
                _ => pair.Second,
            },
            StringComparer.Ordinal);
    }

    /// <summary>A message that the server fails at again and again keeps nothing else waiting.</summary>
    /// <exception cref="MailException">The failure concerns more than this message.</exception>
    private static RefusedMessage Refused(string id, MailException failure) =>
        failure.MayPass && failure.Code != ServerTrouble ? throw failure : new RefusedMessage(id, failure.Code, failure.Message);

    private async Task<OutlookRead> CompleteAsync(
        IReadOnlyList<GraphMessage> messages, IReadOnlyDictionary<string, OutlookProperties> properties, Func<GraphMessage, string?> pathOf, Func<DateTimeOffset, bool> isBaseline, CancellationToken ct)
    {
        var attachments = await AttachmentsAsync([.. messages.Where(OutlookMessages.MayHaveAttachments).Select(message => message.Id!)], ct);
        List<RefusedMessage> refused = [.. from told in attachments let failure = told.Value.Failure where failure is { MayPass: true } select Refused(told.Key, failure)];
        var isRefused = refused.Select(one => one.RemoteId).ToHashSet(StringComparer.Ordinal);
        return new OutlookRead(
            [.. from message in messages
                let path = pathOf(message)
                where path is not null && !isRefused.Contains(message.Id!)
                select OutlookMessages.Read(message, attachments.GetValueOrDefault(message.Id!).Value?.Value ?? [], properties.GetValueOrDefault(message.Id!) ?? OutlookProperties.None, path, isBaseline)],
            refused);
    }

    private async Task<IReadOnlyDictionary<string, GraphResult<AttachmentCollectionResponse>>> AttachmentsAsync(IReadOnlyList<string> ids, CancellationToken ct)
    {
        var answers = await client.RunAsync<AttachmentCollectionResponse>(
            [.. ids.Select(id => client.Me.Messages[id].Attachments.ToGetRequestInformation(query => (query.QueryParameters.Select, query.QueryParameters.Top) = (AttachmentFields, MaxListed)))], ct);
        return ids.Zip(answers).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    private async Task<IReadOnlyDictionary<string, OutlookProperties>> PropertiesAsync(string folderId, IReadOnlyList<GraphMessage> messages, CancellationToken ct)
    {
        var properties = new Dictionary<string, OutlookProperties>(StringComparer.Ordinal);
        if (messages.Count >= Many)
        {
            var (first, last) = (messages.Min(m => m.ReceivedDateTime)!.Value, messages.Max(m => m.ReceivedDateTime)!.Value);
            var answer = (await client.RunAsync<MessageCollectionResponse>([Between(folderId, first, last)], ct))[0];
            foreach (var message in answer.Value?.Value ?? [])
                properties[message.Id!] = OutlookProperties.Of(message);
        }

        List<string> missing = [.. messages.Select(message => message.Id!).Where(id => !properties.ContainsKey(id))];
        var answers = await client.RunAsync<GraphMessage>([.. missing.Select(id => client.Me.Messages[id].ToGetRequestInformation(query => (query.QueryParameters.Select, query.QueryParameters.Expand) = (["id"], OutlookProperties.Expand)))], ct);
        foreach (var (id, answer) in missing.Zip(answers))
            properties[id] = answer.Failure is { MayPass: true, Code: not ServerTrouble } failure ? throw failure : answer.Value is { } message ? OutlookProperties.Of(message) : OutlookProperties.None;
        return properties;
    }

    /// <summary>Dates of Graph's filters are in seconds.</summary>
    private RequestInformation Between(string folderId, DateTimeOffset first, DateTimeOffset last) => client.Me.MailFolders[folderId].Messages.ToGetRequestInformation(query =>
    {
        query.QueryParameters.Select = ["id"];
        query.QueryParameters.Expand = OutlookProperties.Expand;
        query.QueryParameters.Top = MaxListed;
        query.QueryParameters.Filter = $"receivedDateTime ge {OutlookQuery.Instant(first)} and receivedDateTime le {OutlookQuery.Instant(last.AddSeconds(1))}";
    });

    private RequestInformation Whole(string id) => client.Me.Messages[id].ToGetRequestInformation(query => (query.QueryParameters.Select, query.QueryParameters.Expand) = (OutlookMessages.Selected, OutlookProperties.Expand));
}

/// <summary>What was read of some messages.</summary>
/// <param name="Refused">Those that Graph has and does not give.</param>
internal sealed record OutlookRead(IReadOnlyList<RemoteMessage> Messages, IReadOnlyList<RefusedMessage> Refused)
{
    public static readonly OutlookRead Nothing = new([], []);
}
