using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MailDaemon.Api;
using MailDaemon.Engine.Messages;
using MailDaemon.Engine.Rules;

namespace MailDaemon.Rules;

/// <summary>A rule as the API shows it.</summary>
public sealed record RuleView
{
    [Example("r_5d41402abc4b2a76")]
    public required string Id { get; init; }

    [Example("报价邮件")]
    public required string Name { get; init; }

    public required string Description { get; init; }

    [Description("null for the mail of all accounts"), Example("imap")]
    public required string? Provider { get; init; }

    [Example("me@example.com")]
    public required string? Email { get; init; }

    public required bool Enabled { get; init; }

    public required IReadOnlyList<ConditionText> Conditions { get; init; }

    [Description("and: all conditions; or: one of them"), Example("and")]
    public required string ConditionLogic { get; init; }

    [Description("It has no conditions and means every mail")]
    public required bool MatchAll { get; init; }

    [Example(ActionText.Examples)]
    public required IReadOnlyList<ActionText> Actions { get; init; }

    [Description("The smallest runs first; of equals the oldest"), Example("1")]
    public required int Priority { get; init; }

    [Description("Rules after it do not see a mail that it matched")]
    public required bool StopOnMatch { get; init; }

    [Description("Counts up whenever what it matches or does is changed; what a version did to a message it does not do again"), Example("1")]
    public required int Version { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    internal static RuleView Of(Rule rule) => new()
    {
        Id = rule.Id,
        Name = rule.Name,
        Description = rule.Description,
        Provider = rule.Account?.Provider.Name(),
        Email = rule.Account?.Email,
        Enabled = rule.IsEnabled,
        Conditions = [.. rule.Conditions.Select(condition => new ConditionText { Field = condition.Field, Operator = condition.Operator, Value = condition.Value })],
        ConditionLogic = rule.IsAny ? "or" : "and",
        MatchAll = rule.MatchAll,
        Actions = [.. rule.Actions.Select(ActionText.Of)],
        Priority = rule.Priority,
        StopOnMatch = rule.StopOnMatch,
        Version = rule.Version,
        CreatedAt = rule.CreatedAt,
        UpdatedAt = rule.UpdatedAt,
    };
}

/// <summary>One condition.</summary>
public sealed record ConditionText
{
    [Description("from, to, cc, any_recipient, subject, body, has_attachment, attachment_name, size, folder, list_id, dmarc (what the account's own server found: pass, fail, none …; empty when it says nothing), or header:<Name> (of Authentication-Results only that of the account's own server)"), Example("subject"), Required]
    public required string Field { get; init; }

    [Description("contains, not_contains, equals, not_equals, starts_with, ends_with, matches_regex (regex); in_domain for addresses; is_true, is_false for has_attachment; greater_than, less_than for size"), Example("contains"), Required]
    public required string Operator { get; init; }

    [Description("Text without regard to case; for addresses a value with @ is compared with the address alone, letter for letter but for case; bytes for size, also as 2 MB; left out for is_true and is_false"), MultilineText, Example("报价")]
    public string Value { get; init; } = "";
}

/// <summary>One action.</summary>
public sealed record ActionText
{
    /// <summary>For the API document: no action takes all of the members at once.</summary>
    internal const string Examples =
        """
        [{"type":"add_label","value":"l_5d41402abc4b2a76"},
         {"type":"auto_reply","value":"Dear {{from.name}}, your mail has come.","contentType":"text","days":7},
         {"type":"agent_handle","value":"sales","allowedActions":["label","draft"]}]
        """;

    [Description("add_label, remove_label, mark_as_read, mark_as_unread, star, unstar, archive, delete, move_to_folder, mark_as_spam, auto_reply, forward_to, agent_handle, webhook, okki_sync"), Example("add_label"), Required]
    public required string Type { get; init; }

    [Description("A label's id, a folder, the text of an answer (with {{from.name}}, {{subject}}, {{date}}), addresses, an agent's id, a URL"), MultilineText, Example("l_5d41402abc4b2a76")]
    public string Value { get; init; } = "";

    [Description("auto_reply: text or html, never guessed; text when left out. HTML without markup for lines keeps its line breaks"), Example("text")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContentType { get; init; }

    [Description("auto_reply: one sender is answered once in so many days, 7 when left out"), Example("7")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Days { get; init; }

    [Description("agent_handle: what the agent may do with the mail: label, mark, archive, draft (these when left out), move, spam, delete, reply, forward; reply_to: its answers may go to the Reply-To of a mail, else they go to From"), Example("[\"label\",\"draft\"]")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? AllowedActions { get; init; }

    internal RuleAction ToAction() => new() { Type = Type, Value = Value, ContentType = ContentType, Days = Days, AllowedActions = AllowedActions };

    internal static ActionText Of(RuleAction action) => new() { Type = action.Type, Value = action.Value, ContentType = action.ContentType, Days = action.Days, AllowedActions = action.AllowedActions };
}

/// <summary>Names one rule.</summary>
public sealed record RuleRequest
{
    [Description("The rule's id"), Example("r_5d41402abc4b2a76"), Required]
    public required string RuleId { get; init; }
}
