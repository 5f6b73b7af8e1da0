namespace MailDaemon.Engine.Messages;

/// <summary>Shortens text without leaving half of a character at its end.</summary>
public static class TextCut
{
    /// <param name="length">At most so many UTF-16 units, from 1.</param>
    public static string At(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        return char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)] : text[..length];
    }
}
