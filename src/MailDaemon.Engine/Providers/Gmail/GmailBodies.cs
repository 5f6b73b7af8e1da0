using Google.Apis.Gmail.v1;
using Google.Apis.Gmail.v1.Data;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Providers.Gmail;

/// <summary>Reads messages over the API: 20 units each, in batches.</summary>
internal sealed class GmailBodies(GmailClient client)
{
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
                refused.Add(failure.MayPass || failure.Fault == MailFault.TooMany ? throw failure : new RefusedMessage(id, failure.Code, failure.Message));
        }

        return new GmailRead(messages, refused);
    }

    /// <exception cref="MailException">NotFound <c>message_gone</c>.</exception>
    public async Task<GmailPayload> ReadAsync(string id, CancellationToken ct) => new(await client.RunAsync(GmailLane.Person, Full(id), ct));

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
