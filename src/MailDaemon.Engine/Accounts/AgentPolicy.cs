using System.Text.Json;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Accounts;

/// <summary>What a policy says of one thing.</summary>
public enum PolicyWord
{
    Allow,

    /// <summary>A person has to approve it.</summary>
    Hold,

    Deny,
}

/// <summary>
/// What agents may send from an account, whatever their rules allow: the stricter of the two counts. Without a word it is what the rule and
/// the settings say.
/// </summary>
public sealed record AgentPolicy
{
    /// <summary>The members that it takes.</summary>
    public const string Form = "send, forward, replyToDiffers: \"allow\", \"hold\" or \"deny\"; maxRecipients: 1 to 100; perHour, perDay: 0 to 100000";

    private const int MaxCount = 100_000;

    /// <summary>Any mail of agents.</summary>
    public PolicyWord Send { get; init; }

    /// <summary>Mails that send another one on.</summary>
    public PolicyWord Forward { get; init; }

    /// <summary>Answers to mail whose Reply-To names another address than its From.</summary>
    public PolicyWord ReplyToDiffers { get; init; }

    /// <summary>Recipients of one mail; null for what the settings say.</summary>
    public int? MaxRecipients { get; init; }

    /// <summary>Mails of all agents within an hour; null for what the settings say.</summary>
    public int? PerHour { get; init; }

    /// <summary>Mails of all agents within 24 hours; null for no limit.</summary>
    public int? PerDay { get; init; }

    /// <summary>The policy that an account's settings hold.</summary>
    /// <param name="policy">Null, and a JSON null, allow all.</param>
    /// <exception cref="MailException">InvalidInput <c>invalid_settings</c>, which names the member.</exception>
    public static AgentPolicy Read(JsonElement? policy)
    {
        if (policy is not { ValueKind: not JsonValueKind.Null } given)
            return new AgentPolicy();
        if (given.ValueKind != JsonValueKind.Object)
            throw Wrong("agentPolicy", $"must be an object with {Form}");
        var read = new AgentPolicy();
        foreach (var member in given.EnumerateObject())
        {
            read = member.Name switch
            {
                "send" => read with { Send = Word(member) },
                "forward" => read with { Forward = Word(member) },
                "replyToDiffers" => read with { ReplyToDiffers = Word(member) },
                "maxRecipients" => read with { MaxRecipients = Count(member, 1, 100) },
                "perHour" => read with { PerHour = Count(member, 0, MaxCount) },
                "perDay" => read with { PerDay = Count(member, 0, MaxCount) },
                _ => throw Wrong($"agentPolicy.{TextCut.At(member.Name, 50)}", $"is unknown; there are {Form}"),
            };
        }

        return read;
    }

    private static PolicyWord Word(JsonProperty member) => (member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null) switch
    {
        "allow" => PolicyWord.Allow,
        "hold" => PolicyWord.Hold,
        "deny" => PolicyWord.Deny,
        _ => throw Wrong($"agentPolicy.{member.Name}", "must be \"allow\", \"hold\" or \"deny\""),
    };

    private static int Count(JsonProperty member, int min, int max) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var count) && count >= min && count <= max
            ? count
            : throw Wrong($"agentPolicy.{member.Name}", $"must be a number from {min} to {max}");

    private static MailException Wrong(string part, string what) => new(MailFault.InvalidInput, "invalid_settings", $"{part} {what}.")
    {
        Details = new Dictionary<string, string>(StringComparer.Ordinal) { [part] = what },
    };
}
