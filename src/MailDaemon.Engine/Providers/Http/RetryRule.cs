namespace MailDaemon.Engine.Providers.Http;

/// <summary>When a request may be sent once more.</summary>
internal enum RetryRule
{
    /// <summary>Whoever calls sees to it.</summary>
    Never,

    /// <summary>Only when it surely was not acted upon: refused for its rate, or never sent.</summary>
    IfRefused,

    /// <summary>Whatever became of it, because twice is the same as once.</summary>
    Always,
}
