using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>An address that can be called: http or https with a host, no user name in it; null means none.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HttpUrlAttribute : ValidationAttribute
{
    /// <summary>Secrets are sent there: it is https, or http on this machine. Default false.</summary>
    public bool TakesSecrets { get; init; }

    public override string FormatErrorMessage(string name) => TakesSecrets
        ? "must be an address like https://host/path without a user name; http only on this machine"
        : "must be an address like https://host/path, with http or https and without a user name";

    public override bool IsValid(object? value) => value switch
    {
        null or "" => true,
        string text => Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && (!TakesSecrets || uri.IsLoopback)))
            && uri.Host.Length > 0
            && uri.UserInfo.Length == 0
            && !text.Any(c => char.IsControl(c) || c == ' '),
        _ => false,
    };
}
