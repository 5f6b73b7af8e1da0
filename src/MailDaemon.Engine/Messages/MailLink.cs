using System.Buffers;
using AngleSharp.Dom;

namespace MailDaemon.Engine.Messages;

/// <summary>Where a link of a mail leads.</summary>
internal static class MailLink
{
    /// <summary>Longer ones carry data, not a place.</summary>
    private const int MaxLength = 2_000;

    private static readonly SearchValues<char> Breaking = SearchValues.Create(" \t\r\n<>");

    /// <summary>Only what a person would follow: nothing that runs, nothing that breaks out of brackets; null for anything else.</summary>
    public static string? Target(IElement link)
    {
        var target = link.GetAttribute("href")?.Trim() ?? "";
        return target.Length is > 0 and <= MaxLength && IsPlace(target) && !target.AsSpan().ContainsAny(Breaking)
            ? target.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal)
            : null;
    }

    /// <summary>Whether the text of a link is its address, as people write it.</summary>
    public static bool IsSame(string label, string target) => Bare(label).Equals(Bare(target), StringComparison.OrdinalIgnoreCase);

    private static bool IsPlace(string target) =>
        target.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || target.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || target.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) || target.StartsWith("tel:", StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> address)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["https://", "http://", "mailto:", "tel:"])
        {
            if (address.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                address = address[scheme.Length..];
                break;
            }
        }

        return address.TrimEnd('/');
    }
}
