namespace MailDaemon.Engine.Rules;

/// <summary>The type of a text that a rule or an agent sends. It is said and never guessed.</summary>
internal static class AnswerType
{
    public const string Html = "html";
    public const string Text = "text";

    /// <summary>What a caller may say.</summary>
    public const string Forms = "text or html";

    /// <summary>In one form, text when it is not given; null when it is neither.</summary>
    public static string? Read(string? asked) => asked?.Trim().ToLowerInvariant() switch
    {
        null or Text or "text/plain" => Text,
        Html or "text/html" => Html,
        _ => null,
    };
}
