using System.Collections.Concurrent;
using MailDaemon.Engine.Actions;
using MailDaemon.Engine.Messages;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace MailDaemon.Api;

/// <summary>
/// Gives whoever repeats a POST under the same <c>Idempotency-Key</c> its first reply, before anything that the request names is looked up. Routes
/// that send keep theirs in the outbox, together with the mail, and take the key themselves.
/// </summary>
internal sealed class IdempotentReplies(ReplyStore replies, RequestHashKey hashes, IOptions<JsonOptions> json) : IEndpointFilter
{
    /// <summary>Larger replies are reports of what is there; nothing happens by asking again.</summary>
    private const int MaxBytes = 1024 * 1024;

    private readonly ConcurrentDictionary<(string Route, string Key), Task> running = new();

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (!HttpMethods.IsPost(request.Method) || IdempotencyKey.Of(context.HttpContext) is not { Value: { } key } given || context.Arguments.OfType<IdempotencyKey>().Any())
            return await next(context);
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<RepliesSecretAttribute>() is not null)
            throw MailException.InvalidInput("invalid_parameter", "Idempotency-Key: this route hands out a token, which is not kept for a repeat. Leave the header out: a lease that is lost is given again when it ends, and a sign-in is simply begun again.");
        var route = $"POST {request.Path}";
        var hash = hashes.Of(given.Hash(context.Arguments.OfType<IInput>().FirstOrDefault()));
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (true)
        {
            if (replies.Find(route, key) is { } kept)
                return Again(kept, hash);
            var first = running.GetOrAdd((route, key), mine.Task);
            if (ReferenceEquals(first, mine.Task))
                break;
            await first.WaitAsync(context.HttpContext.RequestAborted);
        }

        try
        {
            // The one before may have ended between the look and the turn.
            if (replies.Find(route, key) is { } kept)
                return Again(kept, hash);
            var reply = await next(context);
            if (reply is IEnvelope envelope)
            {
                using var body = envelope.Write(json.Value.SerializerOptions);
                if (body.Written.Length <= MaxBytes)
                    await replies.SaveAsync(route, key, new KeptReply(hash, envelope.Status, body.Written.ToArray()), CancellationToken.None);
            }

            return reply;
        }
        finally
        {
            running.TryRemove((route, key), out _);
            mine.SetResult();
        }
    }

    private static IResult Again(KeptReply kept, byte[] hash) => kept.RequestHash.AsSpan().SequenceEqual(hash)
        ? Results.Text(kept.Body, "application/json; charset=utf-8", kept.Status)
        : throw MailException.Conflict("idempotency_conflict", "This Idempotency-Key was used for another request. Use a new key for a new request.");
}
