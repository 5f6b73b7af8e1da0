namespace MailDaemon.Sandbox.Imap;

/// <summary>The command is refused: a tagged NO, with a response code of RFC 5530 where there is one.</summary>
internal sealed class ImapRefusal(string text) : Exception(text)
{
    public static ImapRefusal NoSuchFolder(string code) => new($"[{code}] There is no such folder");
}

/// <summary>The command is not of the grammar or not allowed in this state: a tagged BAD.</summary>
internal sealed class ImapSyntaxException(string text) : Exception(text);
