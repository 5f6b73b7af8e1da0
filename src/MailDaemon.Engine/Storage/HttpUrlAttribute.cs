using System.ComponentModel.DataAnnotations;

namespace MailDaemon.Engine.Storage;

/// <summary>An address that can be called: http or https with a host, no user name in it; null means none.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HttpUrlAttribute : ValidationAttribute
{
    public override string FormatErrorMessage(string name) => "must be an address like https://host/path, with http or https and without a user name";

    public override bool IsValid(object? value) => value switch
    {
        null or "" => true,
        string text => Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri.Host.Length > 0
            && uri.UserInfo.Length == 0
            && !text.Any(c => char.IsControl(c) || c == ' '),
        _ => false,
    };
}
