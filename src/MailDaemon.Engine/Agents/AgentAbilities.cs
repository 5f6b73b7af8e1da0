namespace MailDaemon.Engine.Agents;

/// <summary>What an agent may be allowed to do with a mail, and which actions that means.</summary>
public static class AgentAbilities
{
    /// <summary>An answer may go to the Reply-To of a mail, which whoever sent it can set to any address.</summary>
    public const string ReplyTo = "reply_to";

    private static readonly Dictionary<string, string> ByAction = new(StringComparer.Ordinal)
    {
        ["add_label"] = "label",
        ["remove_label"] = "label",
        ["mark_as_read"] = "mark",
        ["mark_as_unread"] = "mark",
        ["star"] = "mark",
        ["unstar"] = "mark",
        ["archive"] = "archive",
        ["create_draft"] = "draft",
        ["move_to_folder"] = "move",
        ["mark_as_spam"] = "spam",
        ["delete"] = "delete",
        ["reply"] = "reply",
        ["forward_to"] = "forward",
    };

    /// <summary>Without a word from the rule: nothing that leaves the mailbox or hides mail in it.</summary>
    public static IReadOnlyList<string> Default { get; } = ["label", "draft", "mark", "archive"];

    public static IReadOnlyList<string> All { get; } = [.. ByAction.Values.Distinct(StringComparer.Ordinal), ReplyTo];

    public static IReadOnlyList<string> Actions { get; } = [.. ByAction.Keys];

    /// <summary>The ability that an action needs; null: there is no such action.</summary>
    public static string? For(string action) => ByAction.GetValueOrDefault(action);
}
