using Google.Apis.Gmail.v1;
using Google.Apis.Gmail.v1.Data;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Reads messages over the API: 20 units each, in batches.</summary>
internal sealed class GmailBodies(GmailClient client)
{
    private const string ServerTrouble = "server_unavailable";

    /// <summary>The messages of these ids in this order; those that are gone are left out.</summary>
    /// <param name="isBaseline">Whether a message that was received then was there before us.</param>
    /// <exception cref="MailException">All of them failed.</exception>
    public async Task<GmailRead> ReadAsync(GmailLane lane, IReadOnlyList<string> ids, Func<DateTimeOffset, bool> isBaseline, CancellationToken ct)
    {
        var results = await client.RunAsync(lane, [.. ids.Select(Full)], ct);
        var payloads = results.Select(r => r.Value?.Id is null ? null : new GmailPayload(r.Value)).ToList();
        var bodies = await ReadBodiesAsync(lane, [.. payloads.Zip(ids).SelectMany(p => (p.First?.MissingBodies ?? []).Select(body => (p.Second, body)))], ct);
        var (messages, refused) = (new List<RemoteMessage>(ids.Count), new List<RefusedMessage>());
        foreach (var ((payload, result), id) in payloads.Zip(results).Zip(ids))
        {
            if (payload is not null)
                messages.Add(payload.Read(bodies, isBaseline));
            else if (result.Failure is { Fault: not MailFault.NotFound } failure)
                refused.Add(failure.MayPass && failure.Code != ServerTrouble ? throw failure : new RefusedMessage(id, failure.Code, failure.Message));
        }

        // Where none is given, the trouble is the server's rather than the messages', unless it is well otherwise.
        if (messages.Count == 0 && refused.Exists(message => message.Code == ServerTrouble))
            await client.RunAsync(lane, client.Users.GetProfile("me"), ct);
        return new GmailRead(messages, refused);
    }

    /// <summary>The labels that messages have at this moment, by id; null for one that is gone.</summary>
    /// <exception cref="MailException">Of one of them it cannot be said.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyCollection<string>?>> ReadLabelsAsync(GmailLane lane, IReadOnlyList<string> ids, CancellationToken ct)
    {
        var results = await client.RunAsync(lane, [.. ids.Select(Minimal)], ct);
        return ids.Zip(results).ToDictionary(
            pair => pair.First,
            pair => pair.Second switch
            {
                { Value: { } message } => (IReadOnlyCollection<string>?)[.. message.LabelIds ?? []],
                { Failure: { Fault: not MailFault.NotFound } failure } => throw failure,
                _ => null,
            },
            StringComparer.Ordinal);
    }

    /// <exception cref="MailException">NotFound <c>message_gone</c>.</exception>
    public async Task<GmailPayload> ReadAsync(string id, CancellationToken ct) => new(await client.RunAsync(GmailLane.Person, Full(id), ct));

    private UsersResource.MessagesResource.GetRequest Minimal(string id)
    {
        var request = client.Users.Messages.Get("me", id);
        request.Format = UsersResource.MessagesResource.GetRequest.FormatEnum.Minimal;
        return request;
    }

    private UsersResource.MessagesResource.GetRequest Full(string id)
    {
        var request = client.Users.Messages.Get("me", id);
        request.Format = UsersResource.MessagesResource.GetRequest.FormatEnum.Full;
        return request;
    }

    private async Task<IReadOnlyDictionary<string, byte[]>> ReadBodiesAsync(GmailLane lane, IReadOnlyList<(string Message, string Attachment)> wanted, CancellationToken ct)
    {
        if (wanted.Count == 0)
            return new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var results = await client.RunAsync(lane, [.. wanted.Select(w => client.Users.Messages.Attachments.Get("me", w.Message, w.Attachment))], ct);
        return wanted.Zip(results).Where(pair => pair.Second.Value is not null).DistinctBy(pair => pair.First.Attachment)
            .ToDictionary(pair => pair.First.Attachment, pair => GmailPayload.Decode(pair.Second.Value!.Data), StringComparer.Ordinal);
    }
}

/// <summary>What was read of some messages.</summary>
/// <param name="Refused">Those that Gmail has and does not give.</param>
internal sealed record GmailRead(IReadOnlyList<RemoteMessage> Messages, IReadOnlyList<RefusedMessage> Refused);
