namespace MailDaemon.Engine.Rules;

/// <summary>What the value of a field is made of, which says what can be asked of it.</summary>
internal enum FieldKind
{
    Text,

    /// <summary>Names and addresses.</summary>
    Addresses,

    Flag,

    /// <summary>Bytes.</summary>
    Number,
}

/// <summary>The words of rules: fields, operators and actions (mail-engine §4).</summary>
public static class RuleWords
{
    /// <summary>Before the name of a header field.</summary>
    public const string HeaderPrefix = "header:";

    private static readonly string[] OfText =
        ["contains", "not_contains", "equals", "not_equals", "starts_with", "ends_with", "matches_regex"];

    private static readonly Dictionary<string, FieldKind> Kinds = new(StringComparer.Ordinal)
    {
        ["from"] = FieldKind.Addresses,
        ["to"] = FieldKind.Addresses,
        ["cc"] = FieldKind.Addresses,
        ["any_recipient"] = FieldKind.Addresses,
        ["subject"] = FieldKind.Text,
        ["body"] = FieldKind.Text,
        ["attachment_name"] = FieldKind.Text,
        ["folder"] = FieldKind.Text,
        ["list_id"] = FieldKind.Text,
        ["dmarc"] = FieldKind.Text,
        ["has_attachment"] = FieldKind.Flag,
        ["size"] = FieldKind.Number,
    };

    /// <summary>What can be asked for, <c>header:&lt;Name&gt;</c> aside.</summary>
    public static IReadOnlyList<string> Fields { get; } = [.. Kinds.Keys];

    /// <summary>Each action with whether it takes a value.</summary>
    public static IReadOnlyDictionary<string, bool> Actions { get; } = new Dictionary<string, bool>(StringComparer.Ordinal)
    {
        ["add_label"] = true,
        ["remove_label"] = true,
        ["mark_as_read"] = false,
        ["mark_as_unread"] = false,
        ["star"] = false,
        ["unstar"] = false,
        ["archive"] = false,
        ["delete"] = false,
        ["move_to_folder"] = true,
        ["mark_as_spam"] = false,
        ["auto_reply"] = true,
        ["forward_to"] = true,
        ["agent_handle"] = true,
        ["webhook"] = true,
        ["okki_sync"] = false,
    };

    /// <summary>Null: there is no such field.</summary>
    internal static FieldKind? KindOf(string field) =>
        Kinds.TryGetValue(field, out var kind) ? kind : field.StartsWith(HeaderPrefix, StringComparison.Ordinal) && field.Length > HeaderPrefix.Length ? FieldKind.Text : null;

    /// <summary>What can be asked of fields of a kind.</summary>
    internal static IReadOnlyList<string> OperatorsOf(FieldKind kind) => kind switch
    {
        FieldKind.Flag => ["is_true", "is_false"],
        FieldKind.Number => ["greater_than", "less_than", "equals", "not_equals"],
        FieldKind.Addresses => [.. OfText, "in_domain"],
        _ => OfText,
    };
}
