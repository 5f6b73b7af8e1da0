using System.Globalization;
using MailDaemon.Engine.Agents;
using MailDaemon.Engine.Hooks;
using MailDaemon.Engine.Messages;

namespace MailDaemon.Engine.Rules;

/// <summary>Reads the words of a rule: in one form each, or refused with the part that is wrong. Pure.</summary>
internal static class RuleCheck
{
    private const int MostConditions = 100;
    private const int MostActions = 20;
    private const int MostValue = 4_000;
    private const int MostReply = 64 * 1024;
    private const int MostDays = 365;

    /// <exception cref="MailException">InvalidInput <c>invalid_rule</c>.</exception>
    public static Rule Read(Rule rule)
    {
        if (string.IsNullOrWhiteSpace(rule.Name) || rule.Name.Length > 200)
            throw Wrong("name", "takes 1 to 200 characters");
        if (rule.Conditions.Count == 0 && !rule.MatchAll)
            throw Wrong("conditions", "is empty: a rule without conditions is for every mail, say so with matchAll: true");
        if (rule.Conditions.Count > 0 && rule.MatchAll)
            throw Wrong("matchAll", "is for rules without conditions");
        if (rule.Conditions.Count > MostConditions)
            throw Wrong("conditions", $"takes at most {MostConditions}");
        if (rule.Actions.Count is 0 or > MostActions)
            throw Wrong("actions", $"takes 1 to {MostActions}");
        return rule with
        {
            Name = rule.Name.Trim(),
            Conditions = [.. rule.Conditions.Select((condition, i) => Read(condition, $"conditions[{i}]"))],
            Actions = [.. rule.Actions.Select((action, i) => Read(action, $"actions[{i}]"))],
        };
    }

    /// <summary>Bytes, also as <c>500 KB</c> or <c>2MB</c>; null when it is no such number.</summary>
    public static long? Size(string value)
    {
        var text = value.Trim().ToUpperInvariant();
        var unit = text switch
        {
            _ when text.EndsWith("KB", StringComparison.Ordinal) => 1_000,
            _ when text.EndsWith("MB", StringComparison.Ordinal) => 1_000_000,
            _ => 1,
        };
        return long.TryParse(unit == 1 ? text : text[..^2], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) && number < 1_000_000_000_000
            ? number * unit
            : null;
    }

    private static RuleCondition Read(RuleCondition condition, string at)
    {
        var field = Field(condition.Field, at);
        var kind = RuleWords.KindOf(field)!.Value;
        var read = condition with { Field = field, Operator = Operator(condition, kind, at) };
        if (kind == FieldKind.Flag)
            return Flag(condition, read, at);
        if (read.Value.Length is 0 or > MostValue)
            throw Wrong($"{at}.value", $"takes 1 to {MostValue} characters");
        if (kind == FieldKind.Number && Size(read.Value) is null)
            throw Wrong($"{at}.value", "takes bytes as a number, or a number with KB or MB");
        if (read.Operator == "matches_regex")
            CheckRegex(read.Value, at);
        return read;
    }

    private static string Field(string field, string at)
    {
        var word = field.Trim();
        var name = word.StartsWith(RuleWords.HeaderPrefix, StringComparison.OrdinalIgnoreCase) ? RuleWords.HeaderPrefix + word[RuleWords.HeaderPrefix.Length..].Trim() : word.ToLowerInvariant();
        if (RuleWords.KindOf(name) is null)
            throw Wrong($"{at}.field", $"'{field}' is unknown; there are {string.Join(", ", RuleWords.Fields)} and header:<Name>");
        if (name.StartsWith(RuleWords.HeaderPrefix, StringComparison.Ordinal) && name.AsSpan(RuleWords.HeaderPrefix.Length).ContainsAnyExceptInRange('!', '~'))
            throw Wrong($"{at}.field", "names no header field: those are of ASCII letters, digits and hyphens");
        return name;
    }

    private static string Operator(RuleCondition condition, FieldKind kind, string at)
    {
        var word = condition.Operator.Trim().ToLowerInvariant();
        word = word switch
        {
            "regex" => "matches_regex",
            "equals" when kind == FieldKind.Flag => "is_true",
            "not_equals" when kind == FieldKind.Flag => "is_false",
            _ => word,
        };
        return RuleWords.OperatorsOf(kind).Contains(word, StringComparer.Ordinal)
            ? word
            : throw Wrong($"{at}.operator", $"'{condition.Operator}' is not for {condition.Field}; there are {string.Join(", ", RuleWords.OperatorsOf(kind))}");
    }

    /// <summary>Also <c>equals true</c> and <c>is_true</c> with nothing or anything behind it.</summary>
    private static RuleCondition Flag(RuleCondition asked, RuleCondition read, string at)
    {
        if (!asked.Operator.Contains("equals", StringComparison.OrdinalIgnoreCase))
            return read with { Value = "" };
        if (!bool.TryParse(asked.Value, out var value))
            throw Wrong($"{at}.value", "takes true or false");
        return read with { Operator = value == (read.Operator == "is_true") ? "is_true" : "is_false", Value = "" };
    }

    private static void CheckRegex(string pattern, string at)
    {
        try
        {
            RuleRegex.Create(pattern).IsMatch("");
        }
        catch (NotSupportedException)
        {
            throw Wrong($"{at}.value", "is a regular expression with look-around, back-references or too much repetition, which are not taken because their cost has no bound");
        }
        catch (ArgumentException e)
        {
            throw Wrong($"{at}.value", $"is no regular expression: {e.Message}");
        }
    }

    private static RuleAction Read(RuleAction action, string at)
    {
        var type = action.Type.Trim().ToLowerInvariant();
        if (!RuleWords.Actions.TryGetValue(type, out var takesValue))
            throw Wrong($"{at}.type", $"'{action.Type}' is unknown; there are {string.Join(", ", RuleWords.Actions.Keys)}");
        if (takesValue && string.IsNullOrWhiteSpace(action.Value))
            throw Wrong($"{at}.value", $"is missing: {type} takes {What(type)}");
        if (action.Value.Length > (type == "auto_reply" ? MostReply : MostValue))
            throw Wrong($"{at}.value", "is too long");
        if (action.Days is not null && (type != "auto_reply" || action.Days is < 1 or > MostDays))
            throw Wrong($"{at}.days", $"is for auto_reply and takes 1 to {MostDays}");
        var contentType = ContentType(action, type, at);
        var allowed = Allowed(action, type, at);
        switch (type)
        {
            case "forward_to" when EmailAddress.TryParseList(action.Value) is not { Count: > 0 }:
                throw Wrong($"{at}.value", "takes addresses, separated by commas");
            case "webhook" when HookUrl.Problem(action.Value) is { } problem:
                throw Wrong($"{at}.value", problem);
            case "okki_sync" when OkkiValue.Read(action.Value) is null:
                throw Wrong($"{at}.value", "takes nothing, or JSON such as {\"remarkType\":110,\"minConfidence\":0.9}");
            case "agent_handle" when !AgentTask.IsAgentId(action.Value.Trim()):
                throw Wrong($"{at}.value", "takes an agent's id: 1 to 100 letters, digits, and . _ - within");
        }

        return new RuleAction
        {
            Type = type,
            Value = type == "auto_reply" ? action.Value : takesValue || type == "okki_sync" ? action.Value.Trim() : "",
            ContentType = contentType,
            Days = action.Days,
            AllowedActions = allowed,
        };
    }

    private static string? ContentType(RuleAction action, string type, string at)
    {
        if (type == "auto_reply")
            return AnswerType.Read(action.ContentType) ?? throw Wrong($"{at}.contentType", $"takes {AnswerType.Forms}");
        return action.ContentType is null ? null : throw Wrong($"{at}.contentType", "is for auto_reply");
    }

    private static IReadOnlyList<string>? Allowed(RuleAction action, string type, string at)
    {
        if (action.AllowedActions is not { } asked)
            return null;
        if (type != "agent_handle")
            throw Wrong($"{at}.allowedActions", "is for agent_handle");
        var words = asked.Select(word => word.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToList();
        return words.Find(word => !AgentAbilities.All.Contains(word, StringComparer.Ordinal)) is { } unknown
            ? throw Wrong($"{at}.allowedActions", $"'{unknown}' is unknown; there are {string.Join(", ", AgentAbilities.All)}")
            : words;
    }

    private static string What(string type) => type switch
    {
        "add_label" or "remove_label" => "a label's id",
        "move_to_folder" => "a folder, by path or role",
        "auto_reply" => "the text of the answer",
        "forward_to" => "addresses",
        "agent_handle" => "an agent's id",
        _ => "a URL",
    };

    internal static MailException Wrong(string part, string what) => new(MailFault.InvalidInput, "invalid_rule", $"{part} {what}.")
    {
        Details = new Dictionary<string, string>(StringComparer.Ordinal) { [part] = what },
    };
}
