using System.Text.Json;
using System.Text.Json.Serialization;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Okki;
using MailDaemon.Engine.Storage;

namespace MailDaemon.Engine.Actions;

/// <summary>Where a mail in the outbox stands.</summary>
public enum OutboxState
{
    /// <summary>To be sent when its time comes; no server has accepted it.</summary>
    Pending,

    /// <summary>The server has all but the last word.</summary>
    Sending,

    Sent,

    /// <summary>Refused for good, or given up; no server has accepted it.</summary>
    Failed,

    /// <summary>The server's answer to the last word was lost: it may have accepted the mail. It is not sent again by itself.</summary>
    Uncertain,
}

/// <summary>A mail in the outbox.</summary>
public sealed record OutboxItem
{
    public required string Id { get; init; }

    /// <summary><c>send, reply, forward</c> or <c>draft</c>.</summary>
    public required string Kind { get; init; }

    public required AccountKey Account { get; init; }

    public required OutboxState State { get; init; }

    public required MailEnvelope Envelope { get; init; }

    /// <summary>Tries that failed.</summary>
    public int Attempts { get; init; }

    /// <summary>When it is tried next, or what follows the sending is.</summary>
    public required DateTimeOffset NextAttemptAt { get; init; }

    /// <summary>Why the last try failed; null when none did.</summary>
    public MailException? Error { get; init; }

    /// <summary>Recipients that were refused while it went to the others, with the server's words.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The id of the copy in Sent; null when there is none or the server did not tell.</summary>
    public string? SentId { get; init; }

    /// <summary>What is left to be done once it is sent; null when nothing is.</summary>
    public OutboxTodo? Todo { get; init; }

    public int TodoAttempts { get; init; }

    public string? IdempotencyKey { get; init; }

    public byte[]? RequestHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What its sender should know, such as that no copy of it can be kept; null when there is nothing. Not stored.</summary>
    public string? Notice { get; init; }

    /// <summary>What became of it for each recipient.</summary>
    [JsonIgnore]
    public IReadOnlyList<RecipientResult> Results => [.. Envelope.Recipients.Select(Result)];

    private RecipientResult Result(string address)
    {
        if (Refused.TryGetValue(address, out var why))
            return new RecipientResult(address, "refused", why);
        var isSent = State == OutboxState.Sent || Envelope.Delivered.Contains(address, StringComparer.OrdinalIgnoreCase);
        return new RecipientResult(address, isSent ? "sent" : State switch { OutboxState.Uncertain => "uncertain", OutboxState.Failed => "failed", _ => "queued" }, null);
    }
}

/// <summary>What became of a mail for one recipient.</summary>
/// <param name="Status"><c>sent, queued, refused, failed</c> or <c>uncertain</c>.</param>
/// <param name="Reason">The server's words when it refused; else null.</param>
public sealed record RecipientResult(string Address, string Status, string? Reason);

/// <summary>What follows the sending of a mail.</summary>
public sealed record OutboxTodo
{
    /// <summary>A copy belongs into Sent, and the server does not put it there.</summary>
    public bool FileCopy { get; init; }

    /// <summary>It was begun to be put there: it may be there.</summary>
    public bool IsCopyBegun { get; init; }

    /// <summary>The key of the message that it answers.</summary>
    public string? Answered { get; init; }

    /// <summary>The key of the message that it forwards.</summary>
    public string? Forwarded { get; init; }

    /// <summary>The key of the draft that it was.</summary>
    public string? Draft { get; init; }

    /// <summary>The record that it becomes in the CRM.</summary>
    public TrailSource? Record { get; init; }

    [JsonIgnore]
    public bool IsNothing => this is { FileCopy: false, Answered: null, Forwarded: null, Draft: null, Record: null };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(MailEnvelope))]
[JsonSerializable(typeof(OutboxTodo))]
[JsonSerializable(typeof(TrailSource))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class OutboxJson : JsonSerializerContext
{
    public static OutboxJson Readable => Holder.Readable;

    /// <summary>Apart, because the order of static fields over the files of a class is not defined.</summary>
    private static class Holder
    {
        public static readonly OutboxJson Readable = new(new JsonSerializerOptions(Default.Options) { Encoder = ReadableJsonEncoder.Instance });
    }
}
