namespace MailDaemon.Api;

/// <summary>The input of any endpoint.</summary>
internal interface IInput
{
    /// <summary>Its request record.</summary>
    object Request { get; }
}
